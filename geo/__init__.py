"""Space: boxes, places, geometry, countries and the geocoder. Knows no database tables and no web."""

DISTRIBUTION = "dateline"
