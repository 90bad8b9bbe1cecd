"""The offline gazetteer: its sources, its compiler, its reader, and overlays with places of one's own.

Import `reader.Gazetteer` and `reader.open_gazetteer`; may import geo.countries and the value modules of geo.
"""
