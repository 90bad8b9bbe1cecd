"""The way of a request to its handler and back: ASGI layers, keys, the query, media types, ETags, problems.

Any route, timeline.app, timeline.plugin and timeline.server may import from here; may import timeline.api.params,
timeline.context, timeline.editing.roles, timeline.writers, timeline.web, db and geo, and no route.
"""
