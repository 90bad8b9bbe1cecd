"""File formats, imports, the API, the pages and the command line; imports db and geo."""

DISTRIBUTION = "dateline"
