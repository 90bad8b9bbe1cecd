"""Decide which column of a table is which field, by its name and its values, before anything is written.

Imported by timeline.imports and its drafts; may import timeline.exchange, timeline.written_dates and timeline.places.
"""
