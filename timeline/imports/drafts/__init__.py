"""Make the draft of an event from one row.

Imported by timeline.imports and timeline.editing; may import timeline.imports.columns, timeline.exchange and
timeline.written_dates.
"""
