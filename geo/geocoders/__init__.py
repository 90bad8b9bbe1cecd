"""Geocoders behind one function, text to candidates: the offline gazetteer and the network geocoders of geopy.

The only folder that imports geopy; may import geo.resolver and everything below it.
"""
