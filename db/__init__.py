"""Storage: dates, tables, filters, and the two ways to use events: db.store for readers, db.desk for editors.

timeline imports from here; may import geo, and nothing of timeline or the web framework. The order of the folders is
in pyproject.toml.
"""

DISTRIBUTION = "dateline"
