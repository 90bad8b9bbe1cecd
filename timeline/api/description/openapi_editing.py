"""What the OpenAPI document says of editing: the operations that take a key."""

from collections.abc import Iterable
from typing import Any

from timeline.api.editors.edit import MERGE_PATCH, NOTE, WHY
from timeline.api.editors.imports import OPTIONS
from timeline.api.events.items import ITEMS
from timeline.api.http.answers import GEOJSON, JSON
from timeline.api.params.tables import Parameter

KEY = {
    "Key": {"type": "http", "scheme": "bearer", "description": "A key that `timeline keys create` printed"}
}
_ONE = ITEMS + "/{id}"
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_IMPORT = {"name": "import", "in": "path", "required": True, "schema": {"type": "string"}}


def _header(name: str, meaning: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "description": meaning,
        "required": required,
        "schema": {"type": "string"},
    }


_MATCH = _header("If-Match", "the ETag of the version that is changed; 428 without it, 412 when stale")
_NEW = _header("If-None-Match", "`*`: make the event if there is none of this id")
_ONCE = _header(
    "Idempotency-Key", "the same key and body again, within a day, gives the same answer; another body 409"
)


def _body(*types: str, schema: str = "Change") -> dict[str, Any]:
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for kind in types}
    return {"required": True, "content": content}


def _query(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    return [
        {"name": p.name, "in": "query", "description": p.meaning, "schema": dict(p.schema)}
        for p in parameters
    ]


def _operation(
    name: str, summary: str, parameters: list[dict[str, Any]], body: dict[str, Any] | None, done: str
) -> dict[str, Any]:
    content = (
        {}
        if done == "204"
        else {GEOJSON if name.endswith("Feature") else JSON: {"schema": {"type": "object"}}}
    )
    answer = {"description": summary, **({"content": content} if content else {})}
    found: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": ["Editing"],
        "security": [{"Key": []}],
        "parameters": parameters,
        "responses": {done: answer, "default": {"$ref": "#/components/responses/Problem"}},
    }
    return found if body is None else {**found, "requestBody": body}


_JSON_TYPES = (GEOJSON, JSON)
_FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        },
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}

OPERATIONS: dict[str, dict[str, dict[str, Any]]] = {
    ITEMS: {
        "post": _operation(
            "createFeature", "Make an event, or up to 1,000 of a FeatureCollection, all or none", [_ONCE],
            _body(*_JSON_TYPES), "201",
        ),
    },
    _ONE: {
        "put": _operation(
            "replaceFeature", "Write an event anew; status and embargo stay unless given", [_ID, _MATCH, _NEW],
            _body(*_JSON_TYPES), "200",
        ),
        "patch": _operation(
            "updateFeature", "Change parts of an event by a merge-patch (RFC 7396)", [_ID, _MATCH],
            _body(MERGE_PATCH, JSON), "200",
        ),
        "delete": _operation(
            "deleteFeature", "Take an event away; its id and history stay", [_ID, _MATCH, *_query((WHY, NOTE))],
            None, "204",
        ),
    },
    "/imports": {
        "get": _operation("getImports", "The imports of the last days", [], None, "200"),
        "post": _operation(
            "createImport", "Import a file in the background, as `timeline import` does", _query(OPTIONS), _FILE, "202"
        ),
    },
    "/imports/{import}": {
        "get": _operation("getImport", "How far an import is, or its report", [_IMPORT], None, "200")
    },
    "/imports/{import}/rejected.csv": {
        "get": _operation("getRejectedRows", "Its rejected rows with their reasons", [_IMPORT], None, "200")
    },
}  # fmt: skip

CHANGE: dict[str, Any] = {
    "type": "object",
    "description": "A GeoJSON Feature, or a merge-patch of one. A place is named (`properties.place`, or texts in "
    "`properties.places`), or given as a Point or MultiPoint. What an answer tells besides may come back and is left "
    "alone; any other property is refused.",
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
        "why": {"type": "string", "description": "Why, for colleagues; kept in the history"},
        "correction": {
            "type": "string",
            "description": "What readers are told; shown on the card, and by 410",
        },
    },
}
