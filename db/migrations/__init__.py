"""Alembic's scripts; see db.migrate."""
