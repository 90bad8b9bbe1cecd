"""What an event is: drafts, GeoJSON Features, table classes, categories, and the difference between two versions.

Any module of db and timeline may import from here; may import db.dates, db.errors and geo.
"""
