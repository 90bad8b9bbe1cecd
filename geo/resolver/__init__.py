"""From a place text to ranked candidates, in steps: parser, lookup, readings, candidates; and from points to places.

Import `resolver.Resolver`. May import geo.gazetteer, geo.countries and the modules of geo itself.
"""
