"""Geocoders as one function, text → candidates: the offline gazetteer and the network geocoders of geopy.

Import `registry`, `offline` and `network`. The only folder that imports geopy; may import geo.resolver and all of
geo below it.
"""
