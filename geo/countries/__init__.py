"""Countries: the ISO code of a point or a name, names in every language, outlines, disputed land, wider regions.

Import the functions from their modules. May import the modules of geo itself, such as box, geometry and text.
"""
