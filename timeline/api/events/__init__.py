"""Routes that show events: lists, exports, summary, maps, changes, and their fast path.

Imported by timeline.app; may import timeline.api.http, timeline.api.params, timeline.writers and timeline.web.
"""
