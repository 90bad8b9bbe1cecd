"""The pages that browsers see: rendered on the server, readable without JavaScript, self-contained.

Imported by timeline.app and timeline.api; timeline.settings imports the basemap and the content security policy. May
import db, geo and timeline.errors.
"""
