"""What an event looks like, as JSON Schema: once for the schema, the queryables and the OpenAPI document."""

from typing import Any, get_args

from db.dates.edtf import DatePrecision
from db.events.draft import Verification
from geo.place import Precision


def _text(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": title, **more}


def _optional(title: str, **more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], "title": title, **more}


_PRECISIONS = [precision.value for precision in Precision]
_COUNTRY = {"pattern": "^[A-Z]{2}$"}
_PLACE = {
    "type": "object",
    "required": ["name", "country", "precision", "lon", "lat", "radius_km"],
    "properties": {
        "name": _text("Name"),
        "country": _optional("ISO 3166-1 alpha-2 code; null for a region of several countries", **_COUNTRY),
        "countries": {"type": "array", "items": _text("Code", **_COUNTRY), "title": "A region's countries"},
        "admin1": _optional("First-level administrative area"),
        "precision": _text("How finely it is known", enum=_PRECISIONS),
        "lon": {"type": "number", "title": "Longitude in degrees (CRS84)"},
        "lat": {"type": "number", "title": "Latitude in degrees (CRS84)"},
        "radius_km": {
            "type": "number",
            "title": "How far from the point the true place may lie, in kilometres",
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "geocoder": _text("Who placed it"),
        "gazetteer_id": _optional("Where the gazetteer keeps it, such as geonames:3175395"),
    },
}
_SOURCE = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": _text("Title"),
        "publisher": _optional("Publisher"),
        "url": _optional("Address", format="uri"),
        "date": _optional("When it was published (EDTF)"),
    },
}

PROPERTIES: dict[str, Any] = {
    "title": _text("Title"),
    "summary": _text("Summary"),
    "category": _text("Category (a slug of /categories)"),
    "date": _optional("Date (EDTF, ISO 8601-2); null when undated"),
    "display_date": _text("Date in words"),
    "earliest": _optional("Earliest possible start; null when open, unknown or undated"),
    "latest": _optional("Latest possible end; null when open, unknown or undated"),
    "date_precision": _text("How finely the date is known", enum=list(get_args(DatePrecision))),
    "place": _optional("Name of the first place"),
    "country": _optional("Country of the first place", **_COUNTRY),
    "countries": {"type": "array", "items": _text("Code", **_COUNTRY), "title": "Countries of all places"},
    "precision": _optional("Precision of the first place", enum=[*_PRECISIONS, None]),
    "places": {"type": "array", "items": _PLACE, "title": "Places"},
    "figures": {"type": "object", "additionalProperties": {"type": "number"}, "title": "Figures"},
    "tags": {"type": "array", "items": _text("Tag"), "title": "Tags"},
    "sources": {"type": "array", "items": _SOURCE, "title": "Sources"},
    "data": {"type": "object", "title": "What an import brought that has no field here"},
    "note": _optional("Public remark on doubt or correction"),
    "status": _text("Status", enum=["published"]),
    "verification": _text("Verification", enum=list(get_args(Verification))),
    "corrections": {
        "type": "array",
        "title": "What readers were told of corrections; left out where there is none",
        "items": {
            "type": "object",
            "required": ["at", "note"],
            "properties": {"at": _text("When", format="date-time"), "note": _text("What was corrected")},
        },
    },
    "created": _text("Created", format="date-time"),
    "updated": _text("Last changed", format="date-time"),
}

# What `filter` may compare. CQL2 knows one value a property; where an event has several, one of them is enough.
QUERYABLES: dict[str, Any] = {
    "id": _text("Id", **{"x-ogc-role": "id"}),
    "title": PROPERTIES["title"],
    "summary": PROPERTIES["summary"],
    "category": PROPERTIES["category"],
    "date": _text("Date (EDTF): equal to its like; beside DATE(…), or with < and >, it counts as earliest"),
    "earliest": _text(
        "Earliest possible start, compared by DATE(…) or TIMESTAMP(…); null when open", format="date"
    ),
    "latest": _text(
        "Latest possible end, compared by DATE(…) or TIMESTAMP(…); null when open", format="date"
    ),
    "date_precision": PROPERTIES["date_precision"],
    "datetime": _text(
        "From the earliest possible start to the latest possible end, for temporal functions; null when undated",
        **{"x-ogc-role": "primary-interval"},
    ),
    "place": _text("Name of a place"),
    "country": _text("Country of a place", **_COUNTRY),
    "precision": _text("Precision of a place", enum=_PRECISIONS),
    "verification": PROPERTIES["verification"],
    "tags": PROPERTIES["tags"],
    "geometry": {
        "title": "The places, each a point: a spatial function holds when it does for one of them",
        "x-ogc-role": "primary-geometry",
        "format": "geometry-any",
    },
}

FEATURE: dict[str, Any] = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": _text("Id"),
        "geometry": {"type": ["object", "null"], "title": "GeoJSON geometry (RFC 7946); null when unplaced"},
        "time": {"type": ["object", "null"], "title": "JSON-FG time: date, timestamp or interval"},
        "properties": {"type": "object", "properties": PROPERTIES},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}


def feature_schema(address: str) -> dict[str, Any]:
    """Describe an event as JSON Schema; `address` is where the schema lies."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "Event",
        "type": "object",
        "properties": {
            "id": {"type": "string", "title": "Id", "x-ogc-role": "id"},
            "geometry": QUERYABLES["geometry"],
            **PROPERTIES,
        },
    }
