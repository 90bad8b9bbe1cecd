"""Routes that show events: lists in every format, summary, maps, changes, and their fast path.

timeline.app, editors, site and description import from here; may import http and params of timeline.api,
timeline.context, timeline.writers, timeline.web, db and geo.
"""
