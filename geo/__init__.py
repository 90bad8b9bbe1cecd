"""Space: boxes, places, geometry, countries, the offline gazetteer and geocoders.

Knows no database tables and no web. The modules of this folder are its values; the folders geocoders, resolver,
gazetteer and countries build on one another in that order, each importing only those after it.
"""

DISTRIBUTION = "dateline"
