"""Make the draft of an event from one row.

Imported by timeline.imports, timeline.editing, the commands and the API; may import timeline.imports.columns,
timeline.readers, timeline.written_dates, timeline.exchange, db and geo.
"""
