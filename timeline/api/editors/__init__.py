"""Routes that need a key: editing events, the review page, imports.

timeline.app imports the handlers; may import events, http and params of timeline.api, timeline.context and every folder
below it (editing, imports, readers, places, written_dates, writers, exchange, web), db and geo.
"""
