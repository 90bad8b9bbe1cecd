"""Which column of a table is which field, decided by its name and its values before anything is written.

Imported by timeline.imports; may import timeline.exchange, timeline.written_dates and timeline.places.
"""
