"""Editing over HTTP: OGC API Features Part 4 (create, replace, update, delete), each change said of one version."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

import anyio
import anyio.to_thread
import msgspec
from litestar import Request, Response, delete, patch, post, put
from litestar.datastructures import State
from litestar.params import Parameter as Taken
from msgspec import structs

from db.desk import StoredEvent
from db.editing.idempotency import RepeatableRequest
from db.errors import BadEvent, NoSuchEvent, Stale
from db.events.draft import Author, Draft
from timeline.api.events.items import ITEMS, address, event_id, kept, told, whole
from timeline.api.http.answers import GEOJSON, JSON
from timeline.api.http.asked import Asked, ask
from timeline.api.http.authentication import demanded
from timeline.api.http.problems import MEDIA_TYPE, problem
from timeline.api.params.tables import Parameter
from timeline.editing import from_feature, roles
from timeline.editing.roles import Editor
from timeline.errors import BadParameter, PreconditionRequired, TimelineError, TooLarge, WrongMedia
from timeline.exchange.checks import unsound
from timeline.places.locate import Warn
from timeline.writers.geojson import Shaping

# Writes wait for each other anyway; a few that wait must not keep readers from threads and connections.
_LANES = anyio.CapacityLimiter(4)
MOST = 1_000
MAX_BODY = 8 * 1024 * 1024
MERGE_PATCH = "application/merge-patch+json"
_BODIES = (GEOJSON, JSON, "application/vnd.geo+json")
_TAG = re.compile(r'(?:W/)?"r(\d{1,12})(?:-[^"]*)?"')
WHY = Parameter("why", "why it is deleted, for colleagues", {"type": "string"}, "entered twice")
NOTE = Parameter("correction", "what readers are told of it", {"type": "string"}, "This was another person.")


Routed = Annotated[str, Taken(description="of the event")]


Locating = Callable[[Draft, Warn], Draft]


class Sent(NamedTuple):
    """A body as it was sent, and what else the request says of it."""

    editor: Editor
    asked: Asked
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Located:
    """A draft with its places, and what was odd about them."""

    draft: Draft
    warnings: list[dict[str, str]]


@post(ITEMS, name="create", status_code=201, request_max_body_size=MAX_BODY)
async def create(request: Request[Any, Any, State]) -> Response[bytes]:
    """Make an event of a Feature, or up to a thousand of a FeatureCollection, all or none."""
    sent = await _sent(request, _BODIES)
    return await anyio.to_thread.run_sync(_create, sent, limiter=_LANES)


@put(ITEMS + "/{routed:path}", name="replace", status_code=200, request_max_body_size=MAX_BODY)
async def replace_(request: Request[Any, Any, State], routed: Routed) -> Response[bytes]:
    """Write an event anew, of the version that If-Match names."""
    sent = await _sent(request, _BODIES)
    return await anyio.to_thread.run_sync(_change, sent, event_id(request, routed), "put", limiter=_LANES)


@patch(ITEMS + "/{routed:path}", name="update", status_code=200, request_max_body_size=MAX_BODY)
async def update(request: Request[Any, Any, State], routed: Routed) -> Response[bytes]:
    """Change parts of an event by a merge-patch (RFC 7396), of the version that If-Match names."""
    sent = await _sent(request, (MERGE_PATCH, JSON, GEOJSON))
    return await anyio.to_thread.run_sync(_change, sent, event_id(request, routed), "patch", limiter=_LANES)


@delete(ITEMS + "/{routed:path}", name="delete", status_code=200)
async def delete_(request: Request[Any, Any, State], routed: Routed) -> Response[bytes]:
    """Take an event away; its id and its history stay."""
    editor = demanded(request, what="deleting an event")
    sent = Sent(editor, ask(request, (WHY, NOTE)), b"", request.headers)
    return await anyio.to_thread.run_sync(_delete, sent, event_id(request, routed), limiter=_LANES)


async def _sent(request: Request[Any, Any, State], types: tuple[str, ...]) -> Sent:
    """Read a request that changes something; raise before the body is read what needs no body."""
    editor = demanded(request, what="changing events")
    check_type(request, types)
    if int(request.headers.get("content-length", "0")) > MAX_BODY:
        raise TooLarge(
            f"The body is larger than {MAX_BODY // 1024 // 1024} MB; send fewer features, or a file to /imports"
        )
    return Sent(editor, ask(request, ()), await request.body(), request.headers)


def check_type(request: Request[Any, Any, State], types: tuple[str, ...]) -> None:
    """Raise WrongMedia for a body of another type; one that says none is taken for the first of them."""
    kind = request.headers.get("content-type", types[0]).partition(";")[0].strip().lower()
    if kind not in types:
        raise WrongMedia(f"A body of type {kind[:80]!r} is not read here; expected {' or '.join(types[:2])}")


def _create(sent: Sent) -> Response[bytes]:
    document = _json(sent.body)
    many = isinstance(document, dict) and document.get("type") == "FeatureCollection"
    features = document.get("features") if many else [document]
    if not isinstance(features, list) or not features:
        raise BadEvent("features", "is no list of at least one Feature")
    if len(features) > MOST:
        raise TooLarge(
            f"{len(features):,} features are more than {MOST:,}; send them in parts, or a file to /imports"
        )
    context, found = sent.asked.context, []
    locate = context.locating()
    for number, feature in enumerate(features):
        with_number = number if many else None
        found.append(_refer(with_number, lambda feature=feature: _new(sent, feature, locate)))
    author = _author(sent.editor, document)
    token = sent.headers.get("idempotency-key")
    if token is not None and not 0 < len(token.strip()) <= 255:
        raise BadParameter("Idempotency-Key", "expected 1 to 255 characters, such as a UUID")
    request = RepeatableRequest(sent.editor.name, token, sent.body) if token else None
    try:
        done, again = context.store.desk.create([one.draft for one in found], author, request)
    except BadEvent as error:
        error.index = next((n for n, one in enumerate(found) if many and one.draft.id == error.id), None)
        raise
    warnings = [] if again else [warning for one in found for warning in one.warnings]
    if not many:
        return _answer(sent, done[0].id, 201, warnings)
    rows = [
        {"id": one.id, "revision": one.revision, "href": sent.asked.plain(address(one.id))} for one in done
    ]
    body = {"created": rows, "numberCreated": len(rows), "warnings": warnings}
    return Response(msgspec.json.encode(body), status_code=201, media_type=JSON)


def _refer(number: int | None, make: Any) -> Located:
    try:
        found: Located = make()
    except (BadEvent, TimelineError) as error:
        error.index = number
        raise
    return found


def _new(sent: Sent, feature: Any, locate: Locating) -> Located:
    draft = from_feature.draft(feature)
    roles.check_new(sent.editor, draft)
    return _located(locate, draft)


def _located(locate: Locating, draft: Draft) -> Located:
    """Place what is only named, and collect what is odd: doubtful places, a date in the future."""
    warnings: list[dict[str, str]] = []

    def warn(field: str, value: str, message: str) -> None:
        warnings.append({"event": draft.id or "", "field": field, "value": value, "detail": message})

    placed = locate(draft, warn)
    if placed.when and placed.when.start_min > time.time():
        warn("date", placed.when.text, f"{placed.when.text!r} lies in the future")
    return Located(placed, warnings)


def _change(sent: Sent, id_: str, how: Literal["put", "patch"]) -> Response[bytes]:
    context, document = sent.asked.context, _json(sent.body)
    try:
        held = context.store.desk.event(id_)
    except NoSuchEvent:
        if how == "put" and sent.headers.get("if-none-match", "").strip() == "*":
            return _put_new(sent, id_, document)
        raise
    new = sent.headers.get("if-none-match", "").strip() == "*"
    if new or not matches(sent.headers.get("if-match"), id_, held.revision):
        return _stale(sent, id_, held)
    if how == "patch":
        document = from_feature.patched(_json(whole(held)), document)
    draft = from_feature.draft(document, held)
    _check_id(document, draft, id_)
    draft = structs.replace(draft, id=id_)
    roles.check_step(sent.editor, held, draft)
    made = _located(context.locating(), draft)
    try:
        context.store.desk.replace(made.draft, held.revision, _author(sent.editor, _json(sent.body)))
    except Stale:
        return _stale(sent, id_, context.store.desk.event(id_))
    return _answer(sent, id_, 200, made.warnings)


def _check_id(document: Any, draft: Draft, id_: str) -> None:
    said = document.get("id", document["properties"].get("id"))
    if said is not None and draft.id != id_:
        raise BadEvent("id", f"{draft.id!r} is not the id of the address, {id_!r}; an id never changes")


def _put_new(sent: Sent, id_: str, document: Any) -> Response[bytes]:
    made = _new(sent, document, sent.asked.context.locating())
    _check_id(document, made.draft, id_)
    made = Located(structs.replace(made.draft, id=id_), made.warnings)
    sent.asked.context.store.desk.create([made.draft], _author(sent.editor, document))
    return _answer(sent, id_, 201, made.warnings)


def _delete(sent: Sent, id_: str) -> Response[bytes]:
    desk, values = sent.asked.context.store.desk, sent.asked.values
    held = desk.event(id_)
    if not matches(sent.headers.get("if-match"), id_, held.revision):
        return _stale(sent, id_, held)
    roles.check_end(sent.editor, held)
    try:
        desk.delete(id_, held.revision, _author(sent.editor, values))
    except Stale:
        return _stale(sent, id_, desk.event(id_))
    return Response(b"", status_code=204, media_type=None)


def matches(said: str | None, id_: str, revision: int) -> bool:
    """Tell whether If-Match names the version there is (RFC 9110, 13.1.1); raise PreconditionRequired without it."""
    if said is None:
        raise PreconditionRequired(
            f"A change says of which version it is: send If-Match with the ETag of {address(id_)}, "
            f'which is "r{revision}" now'
        )
    tags = (_TAG.fullmatch(part.strip()) for part in said.split(","))
    return said.strip() == "*" or any(tag and int(tag[1]) == revision for tag in tags)


def _stale(sent: Sent, id_: str, held: StoredEvent) -> Response[bytes]:
    """Answer that the event changed meanwhile, with the version that it has now."""
    body = problem(Stale(id_, held.revision)) | {"current": msgspec.Raw(whole(held))}
    headers = {"ETag": f'"r{held.revision}"', "Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status_code=412, media_type=MEDIA_TYPE, headers=headers)


def _answer(sent: Sent, id_: str, status: int, warnings: list[dict[str, str]]) -> Response[bytes]:
    """Answer with the event as it stands now."""
    asked = sent.asked
    held = asked.context.store.desk.event(id_)
    here = address(id_)
    body = told(asked, whole(held), here, Shaping())
    if warnings:
        body = b"".join((body[:-1], b',"warnings":', msgspec.json.encode(warnings), b"}"))
    headers = {"ETag": kept(replace(asked, path=here), held.revision)["ETag"]}
    if status == 201:
        headers["Location"] = asked.plain(here)
    return Response(body, status_code=status, media_type=GEOJSON, headers=headers)


def _author(editor: Editor, document: Any) -> Author:
    """Read `why` and `correction`, which stand beside the Feature's own members, or in the address."""
    said = []
    for name in ("why", "correction"):
        text = document.get(name) if isinstance(document, dict) else None
        if text is not None and not isinstance(text, str):
            raise BadEvent(name, f"{text!r} is not a text")
        if fault := unsound(text):
            raise BadEvent(name, fault)
        said.append(text.strip() or None if text else None)
    return Author(editor.name, *said)


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadParameter("body", f"is not JSON: {error}; expected a GeoJSON Feature in UTF-8") from None


HANDLERS = [create, replace_, update, delete_]
