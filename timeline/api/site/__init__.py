"""The page at `/embed`, oEmbed, still pictures, the documentation page, and the files that pages load.

timeline.app and timeline.api.description import from here; may import events, http and params of timeline.api, and
timeline.web.
"""
