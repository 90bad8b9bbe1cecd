"""Settle a doubtful place: an editor chooses a candidate, a point, or no place."""

from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State

from db.errors import BadEvent, NoSuchPlace, Stale
from db.events.draft import Author
from geo.countries.lookup import country_at
from geo.place import Candidate, Place, Precision
from timeline.api.editors.bodies import check_media_type
from timeline.api.editors.change import matches, run_change
from timeline.api.http.answers import send_json
from timeline.api.http.authentication import require_editor
from timeline.api.http.media_types import JSON
from timeline.api.http.query import Query, read_query
from timeline.context import Context
from timeline.editing import roles
from timeline.editing.roles import Editor
from timeline.errors import BadParameter
from timeline.exchange.checks import storage_problem
from timeline.imports.drafts.values import point

_MAX_CANDIDATES = 5
_CHOICE_EXAMPLE = '{"event": "a", "number": 1, "candidate": 2}'


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """What an editor takes a text for: a candidate by number, a point (lon, lat in degrees), or no place."""

    event: str
    number: int
    candidate: int | None = None
    lon: float | None = None
    lat: float | None = None
    why: str | None = None


@post("/review/settle", name="review_settle", status_code=200)
async def settle(request: Request[Any, Any, State]) -> Response[bytes]:
    """Settle a doubtful place, for the event and for the same text at the next import."""
    editor = require_editor(request, action="reviewing")
    check_media_type(request, (JSON,))
    query, body = read_query(request, (), format="json"), await request.body()
    return await run_change(query.context, _settle, query, editor, body, request.headers.get("if-match"))


def _settle(query: Query, editor: Editor, body: bytes, if_match: str | None) -> Response[bytes]:
    choice = _read_choice(body)
    desk = query.context.store.desk
    event = desk.event(choice.event)
    if not matches(if_match, choice.event, event.revision):
        raise Stale(choice.event, event.revision)
    roles.check_step(editor, event, event.draft)
    texts = event.draft.texts
    if not 1 <= choice.number <= len(texts):
        raise NoSuchPlace(
            f"The event has {len(texts)} geocoded places; expected a number from 1 to {len(texts)}, not"
            f" {choice.number}"
        )
    place = _chosen_place(query.context, choice, texts[choice.number - 1])
    author = Author(editor.name, choice.why or None)
    settled = desk.settle(choice.event, event.revision, choice.number, place, author)
    return send_json({"event": settled.id, "revision": settled.revision})


def _read_choice(body: bytes) -> Choice:
    try:
        choice = msgspec.json.decode(body, type=Choice)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadParameter("body", f"cannot be read: {error}", _CHOICE_EXAMPLE) from None
    if fault := storage_problem(choice.why):
        raise BadEvent("why", fault)
    return choice


def candidates(context: Context, text: Any) -> list[Candidate]:
    """Return the first candidates of a place text, best first."""
    return context.find_candidates(text.text, text.country)[:_MAX_CANDIDATES]


def _chosen_place(context: Context, choice: Choice, text: Any) -> Place | None:
    if choice.candidate is not None:
        if choice.lon is not None or choice.lat is not None:
            raise BadEvent("candidate", "is sent together with a point; expected one or the other")
        offered = candidates(context, text)
        if not 1 <= choice.candidate <= len(offered):
            raise BadEvent("candidate", f"{choice.candidate} is not one of the {len(offered)} candidates")
        return replace(offered[choice.candidate - 1].place, confidence=1.0, geocoder="chosen")
    if choice.lon is None and choice.lat is None:
        return None
    lon, lat = point(choice.lon, choice.lat)
    country = country_at(lon, lat)
    return Place(
        name=text.text, lon=lon, lat=lat, precision=Precision.POINT, country=country, geocoder="chosen"
    )
