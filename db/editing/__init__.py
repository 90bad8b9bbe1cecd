"""The editors' side of the database: the review queue, API keys, import jobs, and requests with an Idempotency-Key.

Imported by db.store, db.desk and, for its values, by timeline; may import db.writing and everything below it, and geo.
"""
