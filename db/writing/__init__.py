"""Drafts to rows: prepared rows, the writer, history, the change feed, and the places that editors chose.

Imported by db.editing, db.upkeep, db.store, db.desk and, for its values, by timeline; may import db.migrations, db.sql
and everything below them, and geo.
"""
