"""Routes that need a key: editing events, the review page, imports.

timeline.app imports the handlers; may import events, http and params of timeline.api, and timeline.web.
"""
