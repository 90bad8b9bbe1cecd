"""A Filter as SQL, the read statements, and what readers may see.

Imported by db.columns, db.writing, db.editing, db.store and db.desk; may import db.engines, db.query, db.events
and db.dates.
"""
