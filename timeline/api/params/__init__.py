"""Query parameters: the table of all of them, and the functions that read their values.

Any route, the command line and tests may import from here; may import db, geo, timeline.writers and
timeline.errors.
"""
