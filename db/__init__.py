"""Storage: time semantics, tables, the filter and the store. Knows no web."""

DISTRIBUTION = "dateline"
