"""SQLite: connections, transactions, search tables, SQL functions, backup and purge of a database file.

Imported only through db.engines; may import db.query, db.events, db.dates and geo.
"""
