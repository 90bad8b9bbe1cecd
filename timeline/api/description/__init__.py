"""What describes the API: OpenAPI, JSON Schema, and the documents of OGC API Features.

Imported by timeline.app; may import timeline.api.params and timeline.api.http.
"""
