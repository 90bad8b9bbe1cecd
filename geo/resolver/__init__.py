"""A place text to ranked candidates: parser, lookup, spelling, scoring, candidates; and points to places.

Import `resolver.Resolver`; may import geo.gazetteer, geo.countries and the value modules of geo.
"""
