"""Queries and their results: Filter, cursor, Page and Summary, the CQL2 parser, and shapes in WKT. No SQL.

Any module of db and timeline may import from here; may import db.events, db.dates, db.errors and geo.
"""
