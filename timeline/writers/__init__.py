"""Writers: stored Features become bytes, a module a format.

Import `WRITERS` from timeline.writers.registry; may import timeline.exchange, db and geo.
"""
