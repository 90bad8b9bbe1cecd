"""The map's ground: building the file of tiles, reading it, and styling it.

May be imported by timeline.web, timeline.api and timeline.settings; imports geo and timeline.errors.
"""
