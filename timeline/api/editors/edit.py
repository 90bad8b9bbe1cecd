"""Editing over HTTP: OGC API Features Part 4 (create, replace, update, delete).

Each change names the version of the event that it changes.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

import anyio
import anyio.to_thread
import msgspec
from litestar import Request, Response, delete, patch, post, put
from litestar.datastructures import State
from litestar.params import Parameter
from msgspec import structs

from db.desk import StoredEvent
from db.editing.idempotency import RepeatableRequest
from db.errors import BadEvent, NoSuchEvent, Stale
from db.events.draft import Author, Draft
from timeline.api.editors.bodies import JSON_BODIES, MAX_BODY_BYTES, PATCH_BODIES, check_media_type, decode
from timeline.api.events.items import (
    ITEMS,
    editors_feature,
    event_id,
    item_headers,
    item_path,
    write_item,
)
from timeline.api.http.authentication import require_editor
from timeline.api.http.media_types import GEOJSON, JSON
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import HeaderParameter, RequestBody, Route, described
from timeline.api.params.tables import QueryParameter
from timeline.editing import from_feature, roles
from timeline.editing.roles import Editor
from timeline.errors import BadParameter, ChangedMeanwhile, PreconditionRequired, TimelineError, TooLarge
from timeline.exchange.checks import storage_problem
from timeline.places.locate import Warn
from timeline.writers.writer import Shaping

# Writes wait for each other; only a few may wait, so that readers still get threads and connections.
_WRITE_THREADS = anyio.CapacityLimiter(4)
MAX_FEATURES = 1_000
_MAX_TOKEN_LENGTH = 255
_TAG = re.compile(r'(?:W/)?"r(\d{1,12})(?:-[^"]*)?"')
_ITEM = ITEMS + "/{routed:path}"
_ITEM_PATH = ITEMS + "/{id}"
WHY = QueryParameter("why", "the reason, for colleagues", {"type": "string"}, "entered twice")
CORRECTION = QueryParameter(
    "correction", "a public explanation", {"type": "string"}, "This was another person."
)
_IF_MATCH = HeaderParameter(
    "If-Match", "the ETag of the version that is changed; 428 without it, 412 when stale"
)
_IF_NONE_MATCH = HeaderParameter("If-None-Match", "`*`: create the event if no event has this id")
_IDEMPOTENCY_KEY = HeaderParameter(
    "Idempotency-Key",
    "the same key and body again, within a day, gives the same response; another body 409",
)

RoutedId = Annotated[str, Parameter(description="of the event")]
Locate = Callable[[Draft, Warn], Draft]
Warning_ = dict[str, str]


class Change(NamedTuple):
    """A request that changes events: who sends it, its query, its body, and its headers."""

    editor: Editor
    query: Query
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LocatedDraft:
    """A draft with its places, and warnings about them."""

    draft: Draft
    warnings: list[Warning_]


def _editing(summary: str, operation: str, status: int = 200, **route: Any) -> dict[str, Any]:
    types = () if status == 204 else (GEOJSON,)
    return described(
        Route(
            summary=summary, operation=operation, status=status, media_types=types, tag="Editing", key=True, **route
        )
    )  # fmt: skip


@post(
    ITEMS,
    name="create",
    status_code=201,
    request_max_body_size=MAX_BODY_BYTES,
    opt=_editing(
        "Create an event, or up to 1,000 from a FeatureCollection, all or none", "createFeature", 201,
        headers=(_IDEMPOTENCY_KEY,), bodies=(RequestBody(JSON_BODIES[:2]),),
    ),
)  # fmt: skip
async def create(request: Request[Any, Any, State]) -> Response[bytes]:
    """Create an event from a Feature, or up to a thousand from a FeatureCollection, all or none."""
    change = await _read_change(request, JSON_BODIES)
    return await anyio.to_thread.run_sync(_create, change, limiter=_WRITE_THREADS)


@put(
    _ITEM,
    name="replace",
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
    opt=_editing(
        "Replace an event; status and embargo stay unless the body names them", "replaceFeature", path=_ITEM_PATH,
        headers=(_IF_MATCH, _IF_NONE_MATCH), bodies=(RequestBody(JSON_BODIES[:2]),),
    ),
)  # fmt: skip
async def replace_event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Replace the version of an event that If-Match names."""
    change = await _read_change(request, JSON_BODIES)
    id_ = event_id(request, routed)
    return await anyio.to_thread.run_sync(_apply, change, id_, "put", limiter=_WRITE_THREADS)


@patch(
    _ITEM,
    name="update",
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
    opt=_editing(
        "Change parts of an event by a merge-patch (RFC 7396)", "updateFeature", path=_ITEM_PATH,
        headers=(_IF_MATCH,), bodies=(RequestBody(PATCH_BODIES[:2]),),
    ),
)  # fmt: skip
async def update(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Change parts of the version of an event that If-Match names, by a merge-patch (RFC 7396)."""
    change = await _read_change(request, PATCH_BODIES)
    id_ = event_id(request, routed)
    return await anyio.to_thread.run_sync(_apply, change, id_, "patch", limiter=_WRITE_THREADS)


@delete(
    _ITEM,
    name="delete",
    status_code=200,
    opt=_editing(
        "Delete an event; its id and history stay", "deleteFeature", 204, path=_ITEM_PATH,
        headers=(_IF_MATCH,), parameters=(WHY, CORRECTION),
    ),
)  # fmt: skip
async def delete_event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Delete an event; its id and its history stay."""
    editor = require_editor(request, action="deleting an event")
    change = Change(editor, read_query(request, (WHY, CORRECTION)), b"", request.headers)
    return await anyio.to_thread.run_sync(_delete, change, event_id(request, routed), limiter=_WRITE_THREADS)


async def _read_change(request: Request[Any, Any, State], types: tuple[str, ...]) -> Change:
    """Return a request that changes events; errors that do not depend on the body are raised before it is read."""
    editor = require_editor(request, action="changing events")
    check_media_type(request, types)
    if int(request.headers.get("content-length", "0")) > MAX_BODY_BYTES:
        raise TooLarge(
            f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MB; send fewer features, or a file to /imports"
        )
    return Change(editor, read_query(request, ()), await request.body(), request.headers)


def _create(change: Change) -> Response[bytes]:
    document = decode(change.body)
    several = isinstance(document, dict) and document.get("type") == "FeatureCollection"
    located = _located_features(change, document, several)
    repeatable = _repeatable(change)
    desk = change.query.context.store.desk
    try:
        rows, repeated = desk.create(
            [item.draft for item in located], _author(change.editor, document), repeatable
        )
    except BadEvent as error:
        drafts = enumerate(item.draft for item in located)
        error.index = next((n for n, draft in drafts if several and draft.id == error.id), None)
        raise
    warnings = [] if repeated else [warning for item in located for warning in item.warnings]
    return (
        _created_response(change, rows, warnings)
        if several
        else _event_response(change, rows[0].id, 201, warnings)
    )


def _created_response(change: Change, rows: Sequence[Any], warnings: list[Warning_]) -> Response[bytes]:
    created = [
        {"id": row.id, "revision": row.revision, "href": change.query.plain(item_path(row.id))}
        for row in rows
    ]
    body = {"created": created, "numberCreated": len(created), "warnings": warnings}
    return Response(msgspec.json.encode(body), status_code=201, media_type=JSON)


def _located_features(change: Change, document: Any, several: bool) -> list[LocatedDraft]:
    features = document.get("features") if several else [document]
    if not isinstance(features, list) or not features:
        raise BadEvent("features", "is not a list of at least one Feature")
    if len(features) > MAX_FEATURES:
        raise TooLarge(
            f"{len(features):,} features are more than {MAX_FEATURES:,}; send them in parts, or a file to /imports"
        )
    located, locate = [], change.query.context.locating()
    for number, feature in enumerate(features):
        try:
            located.append(_new(change, feature, locate))
        except (BadEvent, TimelineError) as error:
            error.index = number if several else None
            raise
    return located


def _repeatable(change: Change) -> RepeatableRequest | None:
    """Return the request as one that may be sent again; None without an Idempotency-Key."""
    token = change.headers.get("idempotency-key")
    if token is not None and not 0 < len(token.strip()) <= _MAX_TOKEN_LENGTH:
        raise BadParameter("Idempotency-Key", f"expected 1 to {_MAX_TOKEN_LENGTH} characters, such as a UUID")
    return RepeatableRequest(change.editor.name, token, change.body) if token else None


def _new(change: Change, feature: Any, locate: Locate) -> LocatedDraft:
    draft = from_feature.draft(feature)
    roles.check_new(change.editor, draft)
    return _locate(locate, draft)


def _locate(locate: Locate, draft: Draft) -> LocatedDraft:
    """Geocode the places that are only named, and warn about doubtful places and about a date in the future."""
    warnings: list[Warning_] = []

    def warn(field: str, value: str, message: str) -> None:
        warnings.append({"event": draft.id or "", "field": field, "value": value, "detail": message})

    placed = locate(draft, warn)
    if placed.when and placed.when.start_min > time.time():
        warn("date", placed.when.text, f"{placed.when.text!r} is in the future")
    return LocatedDraft(placed, warnings)


def _apply(change: Change, id_: str, method: Literal["put", "patch"]) -> Response[bytes]:
    """Replace or patch the version of an event that If-Match names."""
    desk, document = change.query.context.store.desk, decode(change.body)
    only_new = change.headers.get("if-none-match", "").strip() == "*"
    try:
        before = desk.event(id_)
    except NoSuchEvent:
        if method == "put" and only_new:
            return _put_new(change, id_, document)
        raise
    if only_new or not matches(change.headers.get("if-match"), id_, before.revision):
        raise _changed_meanwhile(id_, before)
    if method == "patch":
        document = from_feature.patched(decode(editors_feature(before)), document)
    draft = from_feature.draft(document, before)
    _check_id(document, draft, id_)
    draft = structs.replace(draft, id=id_)
    roles.check_step(change.editor, before, draft)
    located = _locate(change.query.context.locating(), draft)
    try:
        desk.replace(located.draft, before.revision, _author(change.editor, decode(change.body)))
    except Stale:
        raise _changed_meanwhile(id_, desk.event(id_)) from None
    return _event_response(change, id_, 200, located.warnings)


def _check_id(document: Any, draft: Draft, id_: str) -> None:
    sent = document.get("id", document["properties"].get("id"))
    if sent is not None and draft.id != id_:
        raise BadEvent("id", f"{draft.id!r} is not the id of the address, {id_!r}; an id never changes")


def _put_new(change: Change, id_: str, document: Any) -> Response[bytes]:
    located = _new(change, document, change.query.context.locating())
    _check_id(document, located.draft, id_)
    draft = structs.replace(located.draft, id=id_)
    change.query.context.store.desk.create([draft], _author(change.editor, document))
    return _event_response(change, id_, 201, located.warnings)


def _delete(change: Change, id_: str) -> Response[bytes]:
    desk, values = change.query.context.store.desk, change.query.values
    before = desk.event(id_)
    if not matches(change.headers.get("if-match"), id_, before.revision):
        raise _changed_meanwhile(id_, before)
    roles.check_end(change.editor, before)
    try:
        desk.delete(id_, before.revision, _author(change.editor, values))
    except Stale:
        raise _changed_meanwhile(id_, desk.event(id_)) from None
    return Response(b"", status_code=204, media_type=None)


def matches(if_match: str | None, id_: str, revision: int) -> bool:
    """Return whether If-Match names the current version (RFC 9110, 13.1.1); raise PreconditionRequired without it."""
    if if_match is None:
        raise PreconditionRequired(
            f"A change names the version that it changes: send If-Match with the ETag of {item_path(id_)}, "
            f'which is "r{revision}" now'
        )
    tags = (_TAG.fullmatch(part.strip()) for part in if_match.split(","))
    return if_match.strip() == "*" or any(tag and int(tag[1]) == revision for tag in tags)


def _changed_meanwhile(id_: str, event: StoredEvent) -> ChangedMeanwhile:
    """Return the error with the event's current version, so that the client can repeat the change on it."""
    message = str(Stale(id_, event.revision))
    return ChangedMeanwhile(message, event.revision, msgspec.Raw(editors_feature(event)))


def _event_response(change: Change, id_: str, status: int, warnings: list[Warning_]) -> Response[bytes]:
    """Return the event's current version, with warnings about the change."""
    query, path = change.query, item_path(id_)
    event = query.context.store.desk.event(id_)
    body = write_item(query, editors_feature(event), path, Shaping())
    if warnings:
        body = b"".join((body[:-1], b',"warnings":', msgspec.json.encode(warnings), b"}"))
    headers = {"ETag": item_headers(replace(query, path=path), event.revision)["ETag"]}
    if status == 201:
        headers["Location"] = query.plain(path)
    return Response(body, status_code=status, media_type=GEOJSON, headers=headers)


def _author(editor: Editor, document: Any) -> Author:
    """Return the editor with `why` and `correction`, members of the document or parameters of the address."""
    texts = []
    for name in ("why", "correction"):
        text = document.get(name) if isinstance(document, dict) else None
        if text is not None and not isinstance(text, str):
            raise BadEvent(name, f"{text!r} is not a text")
        if fault := storage_problem(text):
            raise BadEvent(name, fault)
        texts.append(text.strip() or None if text else None)
    return Author(editor.name, *texts)


HANDLERS = [create, replace_event, update, delete_event]
