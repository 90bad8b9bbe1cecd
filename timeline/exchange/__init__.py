"""The shapes that readers, writers and imports share: a row, names of fields, our own table, slugs.

Any module of timeline may import from here; may import db and geo only.
"""
