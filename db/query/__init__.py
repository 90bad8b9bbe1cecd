"""What is asked and what comes back: Filter, cursor, results, the CQL2 parser and shapes. No SQL.

Any module of db and timeline may import from here; may import db.events, db.dates, db.errors and geo.
"""
