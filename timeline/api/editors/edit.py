"""Replace, change and delete an event over HTTP (OGC API Features Part 4).

Each change names the version of the event that it changes.
"""

from typing import Any, Literal

from litestar import Request, Response, delete, patch, put
from litestar.datastructures import State
from msgspec import structs

from db.errors import BadEvent, NoSuchEvent, Stale
from db.events.draft import Draft
from timeline.api.editors.bodies import JSON_BODIES, MAX_BODY_BYTES, PATCH_BODIES, decode
from timeline.api.editors.change import (
    Change,
    author_of,
    changed_meanwhile,
    editing_route,
    event_response,
    locate_draft,
    matches,
    new_draft,
    read_change,
    run_change,
)
from timeline.api.events.items import ITEMS, RoutedId, editors_feature, event_id
from timeline.api.http.authentication import require_editor
from timeline.api.http.query import read_query
from timeline.api.http.route import HeaderParameter, RequestBody
from timeline.api.params.tables import QueryParameter
from timeline.editing import from_feature, roles

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


@put(
    _ITEM,
    name="replace",
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
    opt=editing_route(
        "Replace an event; status and embargo stay unless the body names them", "replaceFeature", path=_ITEM_PATH,
        headers=(_IF_MATCH, _IF_NONE_MATCH), bodies=(RequestBody(JSON_BODIES[:2]),),
    ),
)  # fmt: skip
async def replace_event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Replace the version of an event that If-Match names."""
    change = await read_change(request, JSON_BODIES)
    id_ = event_id(request, routed)
    return await run_change(change.query.context, _apply, change, id_, "put")


@patch(
    _ITEM,
    name="update",
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
    opt=editing_route(
        "Change parts of an event by a merge-patch (RFC 7396)", "updateFeature", path=_ITEM_PATH,
        headers=(_IF_MATCH,), bodies=(RequestBody(PATCH_BODIES[:2]),),
    ),
)  # fmt: skip
async def update(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Change parts of the version of an event that If-Match names, by a merge-patch (RFC 7396)."""
    change = await read_change(request, PATCH_BODIES)
    id_ = event_id(request, routed)
    return await run_change(change.query.context, _apply, change, id_, "patch")


@delete(
    _ITEM,
    name="delete",
    status_code=200,
    opt=editing_route(
        "Delete an event; its id and history stay", "deleteFeature", 204, path=_ITEM_PATH,
        headers=(_IF_MATCH,), parameters=(WHY, CORRECTION),
    ),
)  # fmt: skip
async def delete_event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Delete an event; its id and its history stay."""
    editor = require_editor(request, action="deleting an event")
    change = Change(editor, read_query(request, (WHY, CORRECTION)), b"", request.headers)
    return await run_change(change.query.context, _delete, change, event_id(request, routed))


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
        raise changed_meanwhile(id_, before)
    if method == "patch":
        document = from_feature.patched(decode(editors_feature(before)), document)
    draft = from_feature.draft(document, before)
    _check_id(document, draft, id_)
    draft = structs.replace(draft, id=id_)
    roles.check_step(change.editor, before, draft)
    located = locate_draft(change.query.context.locating(), draft)
    try:
        desk.replace(located.draft, before.revision, author_of(change.editor, decode(change.body)))
    except Stale:
        raise changed_meanwhile(id_, desk.event(id_)) from None
    return event_response(change, id_, 200, located.warnings)


def _check_id(document: Any, draft: Draft, id_: str) -> None:
    sent = document.get("id", document["properties"].get("id"))
    if sent is not None and draft.id != id_:
        raise BadEvent("id", f"{draft.id!r} is not the id of the address, {id_!r}; an id never changes")


def _put_new(change: Change, id_: str, document: Any) -> Response[bytes]:
    located = new_draft(change, document, change.query.context.locating())
    _check_id(document, located.draft, id_)
    draft = structs.replace(located.draft, id=id_)
    change.query.context.store.desk.create([draft], author_of(change.editor, document))
    return event_response(change, id_, 201, located.warnings)


def _delete(change: Change, id_: str) -> Response[bytes]:
    desk, values = change.query.context.store.desk, change.query.values
    before = desk.event(id_)
    if not matches(change.headers.get("if-match"), id_, before.revision):
        raise changed_meanwhile(id_, before)
    roles.check_end(change.editor, before)
    try:
        desk.delete(id_, before.revision, author_of(change.editor, values))
    except Stale:
        raise changed_meanwhile(id_, desk.event(id_)) from None
    return Response(b"", status_code=204, media_type=None)


HANDLERS = [replace_event, update, delete_event]
