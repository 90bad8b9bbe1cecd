"""Decide which column of a table is which field, by its name and its values, before anything is written.

Imported by timeline.imports and its drafts; may import timeline.readers, timeline.places,
timeline.written_dates, timeline.exchange, db and geo.
"""
