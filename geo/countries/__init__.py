"""Countries: point to ISO code, names in every language, outlines, disputed land, regions of several countries.

Import the functions from their modules; may import the value modules of geo (box, place, sphere, geometry, text).
"""
