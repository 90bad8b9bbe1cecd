"""Where an event happened: one place text, texts that help each other, swapped coordinates.

Imported by timeline.imports, timeline.editing, the commands and the API; may import db and geo.
"""
