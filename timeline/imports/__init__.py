"""An import: rows become drafts, drafts become events of the store; with a report and a file of rejected rows.

Import `importer` and `options`; may import timeline.readers, timeline.places, timeline.written_dates and
timeline.exchange.
"""
