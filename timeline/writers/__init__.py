"""Writers: stored Features become bytes, a module a format.

The API and the commands import `WRITERS` from timeline.writers.registry. May import timeline.exchange, db and geo.
"""
