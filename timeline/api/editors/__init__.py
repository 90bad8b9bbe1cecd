"""Routes that need a key: editing events, the review page, imports.

Imported by timeline.app; may import timeline.api.http, timeline.api.params and timeline.web.
"""
