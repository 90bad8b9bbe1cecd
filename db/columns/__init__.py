"""Events and pins as numpy arrays in memory, and everything computed from them: counts, clusters, tiles, the index.

The filter here does the same as db.sql.filter_conditions does in SQL; a test compares them. Imported by
db.store and db.desk; may import db.sql, db.engines, db.query, db.events, db.dates and geo.
"""
