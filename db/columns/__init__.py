"""Events and pins as numpy arrays in memory, and everything computed from them: counts, clusters, tiles, the index.

The filter here is the twin of db.sql.filter_conditions and must select the same pins. Imported by db.store and db.desk;
may import db.sql, db.engines, db.query, db.events, db.dates and geo.
"""
