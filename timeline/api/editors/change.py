"""What the requests that change events share: they are read, their places are geocoded, and they are answered."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from db.desk import StoredEvent
from db.errors import BadEvent, Stale, StoreUnavailable, WriteUnsure
from db.events.draft import Author, Draft
from timeline.api.editors.bodies import MAX_BODY_BYTES, check_media_type
from timeline.api.events.items import editors_feature, item_headers, item_path, write_item
from timeline.api.http.authentication import require_editor
from timeline.api.http.media_types import GEOJSON
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.http.slots import Slots, run_in_thread
from timeline.context import Context
from timeline.editing import from_feature, roles
from timeline.editing.roles import Editor
from timeline.errors import ChangedMeanwhile, PreconditionRequired, TooLarge
from timeline.exchange.checks import storage_problem
from timeline.places.locate import Warn
from timeline.writers.writer import Shaping

# Changes wait for each other; only a few may wait in threads, so that readers still get threads and connections.
MAX_CHANGES = 4
_CHANGES = Slots("changes", MAX_CHANGES, 0)
_TAG = re.compile(r'(?:W/)?"r(\d{1,12})(?:-[^"]*)?"')

Locate = Callable[[Draft, Warn], Draft]
ChangeWarning = dict[str, str]


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
    warnings: list[ChangeWarning]


def editing_route(summary: str, operation: str, status: int = 200, **route: Any) -> dict[str, Any]:
    types = () if status == 204 else (GEOJSON,)
    return described(
        Route(
            summary=summary, operation=operation, status=status, media_types=types, tag="Editing", key=True, **route
        )
    )  # fmt: skip


async def read_change(request: Request[Any, Any, State], types: tuple[str, ...]) -> Change:
    """Return a request that changes events; errors that do not depend on the body are raised before it is read."""
    editor = require_editor(request, action="changing events")
    check_media_type(request, types)
    if int(request.headers.get("content-length", "0")) > MAX_BODY_BYTES:
        raise TooLarge(
            f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MB; send fewer features, or a file to /imports"
        )
    return Change(editor, read_query(request, ()), await request.body(), request.headers)


async def run_change(
    context: Context, function: Callable[..., Response[bytes]], *args: Any
) -> Response[bytes]:
    """Return the response of a function that writes, run in a thread.

    The waits for a slot, for other changes and for other programs that use the database end at one moment, which is
    counted from here: when the request has arrived.
    """
    with context.store.shared_write_wait():
        async with _CHANGES.slot(context.store.write_wait_seconds):
            return await run_in_thread(function, *args)


def new_draft(change: Change, feature: Any, locate: Locate) -> LocatedDraft:
    draft = from_feature.draft(feature)
    roles.check_new(change.editor, draft)
    return locate_draft(locate, draft)


def locate_draft(locate: Locate, draft: Draft) -> LocatedDraft:
    """Geocode the places that are only named, and warn about doubtful places and about a date in the future."""
    warnings: list[ChangeWarning] = []

    def warn(field: str, value: str, message: str) -> None:
        warnings.append({"event": draft.id or "", "field": field, "value": value, "detail": message})

    placed = locate(draft, warn)
    if placed.when and placed.when.start_min > time.time():
        warn("date", placed.when.text, f"{placed.when.text!r} is in the future")
    return LocatedDraft(placed, warnings)


def matches(if_match: str | None, id_: str, revision: int) -> bool:
    """Return whether If-Match names the current version (RFC 9110, 13.1.1); raise PreconditionRequired without it."""
    if if_match is None:
        raise PreconditionRequired(
            f"A change names the version that it changes: send If-Match with the ETag of {item_path(id_)}, "
            f'which is "r{revision}" now'
        )
    tags = (_TAG.fullmatch(part.strip()) for part in if_match.split(","))
    return if_match.strip() == "*" or any(tag and int(tag[1]) == revision for tag in tags)


def changed_meanwhile(id_: str, event: StoredEvent) -> ChangedMeanwhile:
    """Return the error with the event's current version, so that the client can repeat the change on it."""
    message = str(Stale(id_, event.revision))
    return ChangedMeanwhile(message, event.revision, msgspec.Raw(editors_feature(event)))


def event_response(change: Change, id_: str, status: int, warnings: list[ChangeWarning]) -> Response[bytes]:
    """Return the event's current version, with warnings about the change."""
    query, path = change.query, item_path(id_)
    try:
        event = query.context.store.desk.event(id_)
    except StoreUnavailable as error:
        raise WriteUnsure(
            f"the change of {id_!r} was stored, but the database could not be read afterwards: {error}"
        ) from error
    body = write_item(query, editors_feature(event), path, Shaping())
    if warnings:
        body = b"".join((body[:-1], b',"warnings":', msgspec.json.encode(warnings), b"}"))
    headers = {"ETag": item_headers(replace(query, path=path), event.revision)["ETag"]}
    if status == 201:
        headers["Location"] = query.plain(path)
    return Response(body, status_code=status, media_type=GEOJSON, headers=headers)


def author_of(editor: Editor, document: Any) -> Author:
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
