"""The components of the OpenAPI document: schemas of responses and bodies, the problem, and the key."""

from typing import Any

from timeline.api.description.schema import FEATURE
from timeline.api.http.media_types import PROBLEM

SECURITY_SCHEMES = {
    "Key": {"type": "http", "scheme": "bearer", "description": "A key that `timeline keys create` printed"}
}
PROBLEM_RESPONSE = {
    "description": "What was wrong, what was expected, and an example (RFC 9457)",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
CHANGE: dict[str, Any] = {
    "type": "object",
    "description": "A GeoJSON Feature, or a merge-patch of one. A place is a text (`properties.place`, or texts in "
    "`properties.places`), a Point or a MultiPoint. Further members of a response may be sent back and are ignored; "
    "any other property is refused.",
    "properties": {
        "type": {"type": "string", "enum": ["Feature", "FeatureCollection"]},
        "id": {"type": "string"},
        "geometry": {"type": "object", "nullable": True},
        "properties": {
            "type": "object",
            "properties": {
                "status": {"type": "string", "enum": ["draft", "review", "published", "retracted"]},
                "embargo_until": {"type": "string", "format": "date-time", "nullable": True},
                "place": {"type": "string"},
            },
        },
        "why": {"type": "string", "description": "The reason, for colleagues; kept in the history"},
        "correction": {
            "type": "string",
            "description": "A public explanation; shown on the card, and in the 410 of a deleted event",
        },
    },
}
_BAR = {
    "type": "object",
    "properties": {
        "start": {
            "type": "string",
            "nullable": True,
            "description": "first day; null in a bar that also counts everything before",
        },
        "end": {"type": "string", "nullable": True, "description": "last day"},
        "count": {"type": "integer", "description": "events by the first day on which they may begin"},
        "certain": {
            "type": "integer",
            "description": "events that begin in the bar, whatever their true date is",
        },
        "spread": {
            "type": "number",
            "description": "certain, plus the share of the possible first days of each other event that is in the bar",
        },
        "categories": {"type": "object", "description": "the count by category"},
        "sum": {"type": "number", "description": "sum of the measured figure"},
        "sums": {"type": "object", "description": "the sum by category"},
    },
}


def schemas() -> dict[str, Any]:
    """Return the components' schemas by name, in the dialect of OpenAPI 3.0."""
    return {
        "Event": openapi_30(FEATURE),
        "EventCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "numberMatched": {"type": "integer"},
                "numberReturned": {"type": "integer"},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": {"type": "array", "items": {"type": "object"}},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
            },
        },
        "Summary": {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in ("matched", "undated", "unplaced", "pins")}
            | {
                "interval": {"type": "string"},
                "histogram": {"type": "array", "items": _BAR},
                **{name: {"type": "object"} for name in ("categories", "countries", "figures", "extent")},
            },
        },
        "Change": CHANGE,
        "Document": {"type": "object"},
        "Binary": {"type": "string", "format": "binary"},
        "Problem": {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "parameter": {"type": "string"},
                "example": {"type": "string"},
            },
        },
    }


def openapi_30(schema: Any) -> Any:
    """Return a JSON Schema in the dialect of OpenAPI 3.0: `["string", "null"]` becomes `nullable`."""
    if isinstance(schema, list):
        return [openapi_30(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {name: openapi_30(part) for name, part in schema.items()}
    if isinstance(converted.get("type"), list):
        converted["type"] = next(kind for kind in converted["type"] if kind != "null")
        converted["nullable"] = True
    return converted
