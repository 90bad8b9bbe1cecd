"""Create an event, or a collection of events, over HTTP (OGC API Features Part 4)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State

from db.editing.idempotency import RepeatableRequest
from db.errors import BadEvent
from timeline.api.editors.bodies import JSON_BODIES, MAX_BODY_BYTES, decode
from timeline.api.editors.change import (
    Change,
    ChangeWarning,
    LocatedDraft,
    author_of,
    editing_route,
    event_response,
    new_draft,
    read_change,
    run_change,
)
from timeline.api.events.items import ITEMS, item_path
from timeline.api.http.media_types import JSON
from timeline.api.http.route import HeaderParameter, RequestBody
from timeline.errors import BadParameter, TimelineError, TooLarge

MAX_FEATURES = 1_000
MAX_PLACE_TEXTS = 5_000
_MAX_TOKEN_LENGTH = 255
_IDEMPOTENCY_KEY = HeaderParameter(
    "Idempotency-Key",
    "the same key and body again, within a day, gives the same response; another body 409",
)


@post(
    ITEMS,
    name="create",
    status_code=201,
    request_max_body_size=MAX_BODY_BYTES,
    opt=editing_route(
        "Create an event, or up to 1,000 from a FeatureCollection, all or none", "createFeature", 201,
        headers=(_IDEMPOTENCY_KEY,), bodies=(RequestBody(JSON_BODIES[:2]),),
    ),
)  # fmt: skip
async def create(request: Request[Any, Any, State]) -> Response[bytes]:
    """Create an event from a Feature, or up to a thousand from a FeatureCollection, all or none."""
    change = await read_change(request, JSON_BODIES)
    return await run_change(change.query.context, _create, change)


def _create(change: Change) -> Response[bytes]:
    document = decode(change.body)
    several = isinstance(document, dict) and document.get("type") == "FeatureCollection"
    located = _located_features(change, document, several)
    repeatable = _repeatable(change)
    desk = change.query.context.store.desk
    try:
        rows, repeated = desk.create(
            [item.draft for item in located], author_of(change.editor, document), repeatable
        )
    except BadEvent as error:
        drafts = enumerate(item.draft for item in located)
        error.index = next((n for n, draft in drafts if several and draft.id == error.id), None)
        raise
    warnings = [] if repeated else [warning for item in located for warning in item.warnings]
    return (
        _created_response(change, rows, warnings)
        if several
        else event_response(change, rows[0].id, 201, warnings)
    )


def _created_response(change: Change, rows: Sequence[Any], warnings: list[ChangeWarning]) -> Response[bytes]:
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
    located, locate, texts = list[LocatedDraft](), change.query.context.locating(), 0
    for number, feature in enumerate(features):
        try:
            located.append(new_draft(change, feature, locate))
            texts += len(located[-1].draft.texts)
            if texts > MAX_PLACE_TEXTS:
                raise TooLarge(
                    f"there are more than {MAX_PLACE_TEXTS:,} places to geocode; send fewer, or a file to /imports"
                )
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
