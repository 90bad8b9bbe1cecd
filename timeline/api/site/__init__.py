"""The page at `/embed`, oEmbed, still pictures, the documentation page, and the files that pages load.

timeline.app and timeline.api.description import from here; may import the rest of timeline.api except editors,
timeline.context, timeline.web, db and geo.
"""
