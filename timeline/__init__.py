"""Formats and the edge: readers, writers, the API, the pages and the command line."""

DISTRIBUTION = "dateline"
