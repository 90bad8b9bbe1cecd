"""The way of a request to its handler and back: ASGI layers, keys, the query, media types, ETags, problems.

Any route may import from here; may import timeline.api.params, timeline.writers and timeline.web, and no route.
"""
