"""The embed, oEmbed and still pictures of the map and timeline.

Imported by timeline.app; may import timeline.api.http, timeline.api.params and timeline.web.
"""
