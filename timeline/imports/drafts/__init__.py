"""One row to one draft.

Imported by timeline.imports; may import timeline.exchange, timeline.written_dates and timeline.places.
"""
