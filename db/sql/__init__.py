"""A Filter as SQL, the read statements, and what readers may see.

Imported by the rest of db above it and by the API to check filters; may import db.engines, db.query, db.events,
db.dates, db.errors and geo.
"""
