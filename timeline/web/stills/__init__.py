"""Pictures without JavaScript: the map, the timeline and the poster, as SVG and PNG.

Imported by timeline.web.render and timeline.api.site; may import timeline.web, db and geo.
"""
