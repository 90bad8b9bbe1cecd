"""Drafts to rows: prepared rows, the writer, history, the change feed, and choices people made about places.

Imported by db.editing, db.upkeep, db.store and db.desk; may import db.sql, db.engines, db.events and db.dates.
"""
