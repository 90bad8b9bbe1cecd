"""Data files of the package; NOTICE lists their sources and licences."""
