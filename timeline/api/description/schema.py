"""The JSON Schema of an event, shared by the schema, the queryables and the OpenAPI document."""

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
        "precision": _text("Precision", enum=_PRECISIONS),
        "lon": {"type": "number", "title": "Longitude in degrees (CRS84)"},
        "lat": {"type": "number", "title": "Latitude in degrees (CRS84)"},
        "radius_km": {
            "type": "number",
            "title": "Kilometres from the point within which the true place is",
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "geocoder": _text("The geocoder that found the place"),
        "gazetteer_id": _optional("Id in the gazetteer, such as geonames:3175395"),
        "text": _optional("What was written but not found; the place is the area that contains it"),
    },
}
_SOURCE = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": _text("Title"),
        "publisher": _optional("Publisher"),
        "url": _optional("Address", format="uri"),
        "date": _optional("Date of publication (EDTF)"),
    },
}
# Roles of OGC API Features 5 (23-058), with which clients find the time of a Feature.
_INTERVAL_START = {"x-ogc-role": "primary-interval-start"}
_INTERVAL_END = {"x-ogc-role": "primary-interval-end"}

PROPERTIES: dict[str, Any] = {
    "title": _text("Title"),
    "summary": _text("Summary"),
    "category": _text("Category (a slug of /categories)"),
    "date": _optional("Date (EDTF, ISO 8601-2); null when undated"),
    "display_date": _text("Date in words"),
    "earliest": _optional("Earliest possible start; null when open, unknown or undated", **_INTERVAL_START),
    "latest": _optional("Latest possible end; null when open, unknown or undated", **_INTERVAL_END),
    "date_precision": _text("Precision of the date", enum=list(get_args(DatePrecision))),
    "place": _optional("Name of the first place"),
    "country": _optional("Country of the first place", **_COUNTRY),
    "countries": {"type": "array", "items": _text("Code", **_COUNTRY), "title": "Countries of all places"},
    "precision": _optional("Precision of the first place", enum=[*_PRECISIONS, None]),
    "places": {"type": "array", "items": _PLACE, "title": "Places"},
    "figures": {"type": "object", "additionalProperties": {"type": "number"}, "title": "Figures"},
    "tags": {"type": "array", "items": _text("Tag"), "title": "Tags"},
    "sources": {"type": "array", "items": _SOURCE, "title": "Sources"},
    "data": {"type": "object", "title": "Further values of an import, without a field of their own"},
    "note": _optional("Public remark on doubt or correction"),
    "status": _text("Status", enum=["published"]),
    "verification": _text("Verification", enum=list(get_args(Verification))),
    "corrections": {
        "type": "array",
        "title": "Public corrections; left out if there are none",
        "items": {
            "type": "object",
            "required": ["at", "note"],
            "properties": {"at": _text("When", format="date-time"), "note": _text("The correction")},
        },
    },
    "created": _text("Created", format="date-time"),
    "updated": _text("Last changed", format="date-time"),
}

# The properties that `filter` may compare. In CQL2 a property has one value; where an event has several, any may match.
QUERYABLES: dict[str, Any] = {
    "id": _text("Id", **{"x-ogc-role": "id"}),
    "title": PROPERTIES["title"],
    "summary": PROPERTIES["summary"],
    "category": PROPERTIES["category"],
    "date": _text(
        "Date (EDTF): equals the same text; compared with DATE(…), or by < and >, it is the earliest day"
    ),
    "earliest": _text(
        "Earliest possible start, compared by DATE(…) or TIMESTAMP(…); null when open",
        format="date",
        **_INTERVAL_START,
    ),
    "latest": _text(
        "Latest possible end, compared by DATE(…) or TIMESTAMP(…); null when open",
        format="date",
        **_INTERVAL_END,
    ),
    "date_precision": PROPERTIES["date_precision"],
    "datetime": _text(
        "From the earliest possible start to the latest possible end, for temporal functions; null when undated"
    ),
    "place": _text("Name of a place"),
    "country": _text("Country of a place", **_COUNTRY),
    "precision": _text("Precision of a place", enum=_PRECISIONS),
    "verification": PROPERTIES["verification"],
    "tags": PROPERTIES["tags"],
    "geometry": {
        "title": "The places, each a point: a spatial function is true if it is true for one of them",
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
    """Return the JSON Schema of an event; `address` is the absolute address of the schema."""
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


# Left out, so that GDAL finds their types from the values: days or times, and objects, which it would read as text.
_TYPED_BY_VALUE = {"earliest", "latest", "places", "figures", "sources", "data"}


def geojson_schema(address: str) -> dict[str, Any]:
    """Return the JSON Schema of a GeoJSON Feature of an event, for the link `describedby` of the collection.

    GDAL reads the types of columns from it. Without it, GDAL takes `date` for a day if the first 20 events have one,
    and reads `2019` as empty.
    """
    properties = {name: row for name, row in PROPERTIES.items() if name not in _TYPED_BY_VALUE}
    members = {name: row for name, row in FEATURE["properties"].items() if name != "links"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "An event as a GeoJSON Feature",
        "type": "object",
        "required": FEATURE["required"],
        "properties": {**members, "properties": {"type": "object", "properties": properties}},
    }
