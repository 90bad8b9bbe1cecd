"""An import: rows to drafts to the store, with report, rejected rows and background jobs.

Import `importer` and `options`; may import timeline.readers, timeline.places, timeline.written_dates and
timeline.exchange.
"""
