"""Query parameters: the tables of all parameters, and how their values are read.

Any route may import from here; may import db and timeline.errors.
"""
