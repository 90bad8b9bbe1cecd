"""Connections of `timeline serve`: uvicorn's HTTP/1.1 with limits on size, time and number.

timeline.server imports it; may import timeline.errors, db.columns.memory, and timeline.api.http.problems for a refusal.
"""
