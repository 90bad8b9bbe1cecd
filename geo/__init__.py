"""Space: boxes, places, geometry, countries, the offline gazetteer and geocoders.

db and timeline import from here; imports neither of them. The modules of this folder hold values and functions of
geometry and text; the folders geocoders, resolver, gazetteer and countries build on one another in that order, each
importing only those after it and the modules of this folder.
"""

DISTRIBUTION = "dateline"
