"""The editors' side of the database: the review queue, API keys, import jobs, and requests with an Idempotency-Key.

Imported by db.store and db.desk; may import db.writing and everything below it.
"""
