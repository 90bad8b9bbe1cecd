"""Events and pins as numpy arrays in memory, and everything computed from them: counts, clusters, tiles, the index.

The filter here does the same as db.sql.filter_conditions does in SQL; a test compares them. Imported by
db.store and, for its values and the memory settings, by timeline; may import db.sql, everything below it, and geo.
"""
