"""The documents that describe the API: OpenAPI, JSON Schema, and those of OGC API Features.

timeline.app imports the handlers; may import every other folder of timeline.api, db and geo.
"""
