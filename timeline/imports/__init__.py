"""An import: rows become drafts, drafts become events of the store; with a report and a file of rejected rows.

Imported by the commands and the API; timeline.editing imports `drafts`. May import timeline.readers, timeline.places,
timeline.written_dates, timeline.exchange, timeline.settings, db and geo.
"""
