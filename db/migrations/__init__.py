"""The schema: Alembic's migrations in versions/, and upgrade.py, which runs them.

A migration is frozen: it imports nothing but Alembic, SQLAlchemy and db.migrations.vocabulary, so that it always does
what it did when it was written. Imported by db.store and db.upkeep. The modules that run
the migrations import db.engines, db.events, db.dates and db.errors.
"""
