"""Find where an event happened: geocoders by the settings, single texts, texts that help each other, swapped axes.

Imported by timeline.context, timeline.imports, the commands and the API; may import timeline.settings, db and geo.
"""
