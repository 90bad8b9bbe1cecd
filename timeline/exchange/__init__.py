"""What readers, writers and imports share: the row, names of fields, our own table, slugs, checks.

Every folder of timeline except web may import from here; may import db and geo.
"""
