"""The offline gazetteer: its sources, its compiler, its reader, and overlays with a user's additional places.

Import `reader.Gazetteer` and `reader.open_gazetteer`. May import geo.countries and the modules of geo itself.
"""
