"""File formats, imports, the API, the pages and the command line.

Imported by no other package; imports db, geo and seeds.
"""

DISTRIBUTION = "dateline"
