"""The review page: a shell that anybody may load and that holds nothing, and what it shows to editors, in parts."""

from dataclasses import replace
from typing import Annotated, Any, get_args

import anyio.to_thread
import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter as Taken

from db.dates.display import display
from db.dates.edtf import When
from db.editing.review_queue import Kind
from db.errors import BadDate, BadEvent, NoSuchPlace, Stale
from db.events.draft import Author
from geo.countries.lookup import country_at
from geo.place import Candidate, Place, Precision
from timeline.api.editors.edit import check_type, matches
from timeline.api.events.html import option
from timeline.api.events.items import event_id, whole
from timeline.api.http.answers import HTML, JSON, send, send_json, site
from timeline.api.http.asked import Asked, ask, editor_of
from timeline.api.http.authentication import demanded
from timeline.api.params.tables import LANG, Parameter, choose
from timeline.context import Context
from timeline.editing import roles
from timeline.editing.roles import STEPS, Editor
from timeline.errors import BadParameter
from timeline.exchange.checks import unsound
from timeline.imports.drafts.values import point
from timeline.web.content_security import policy
from timeline.web.render_review import (
    OpenedEvent,
    QueuePage,
    QueueRow,
    StatusStep,
    UncertainPlace,
    render_event,
    render_queue,
    render_shell,
)
from timeline.written_dates import Form

_PAGE = 25
_CANDIDATES = 5
KIND = Parameter(
    "kind", "what waits: draft, review or places", {"type": "string", "enum": list(get_args(Kind))}, "review"
)
PAGE_NUMBER = Parameter("page", "which page of it, from 1", {"type": "integer", "minimum": 1}, "2")
TEXT = Parameter("text", "a date as somebody writes it", {"type": "string"}, "3 May 2023")
Id = Annotated[str, Taken(description="of the event")]


@get("/review", name="review", sync_to_thread=True)
def review(request: Request[Any, Any, State]) -> Response[bytes]:
    """Show the page for editors, which asks for a key unless the host application knows who is there."""
    asked = ask(request, (LANG,), form="html")
    hosts = asked.context.settings.basemap_origins
    answer = send(render_shell(site(asked), signed_in=editor_of(request) is not None).encode(), HTML)
    answer.headers["Content-Security-Policy"] = policy(("'none'",), hosts=hosts)
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@get("/review/queue", name="review_queue", sync_to_thread=True)
def queue(request: Request[Any, Any, State]) -> Response[bytes]:
    """List what waits, newest change first, as a part of the page: without a kind the first of which some waits."""
    editor = demanded(request, what="reviewing")
    asked = ask(request, (KIND, PAGE_NUMBER, LANG), form="html")
    kind = choose("kind", asked.values.get("kind", "review"), get_args(Kind))
    text = asked.values.get("page", "1")
    if not (text.isascii() and text.isdigit()) or not int(text[:6]) > 0:
        raise BadParameter("page", f"{text[:40]!r} is not a whole number from 1", "page=2")
    page = int(text[:6])
    desk = asked.context.store.desk
    found = desk.queue(kind, _PAGE, (page - 1) * _PAGE)  # type: ignore[arg-type]  # one of them
    if "kind" not in asked.values and not found.counts[kind]:
        kind = next((one for one, count in found.counts.items() if count), kind)
        found = desk.queue(kind, _PAGE, (page - 1) * _PAGE)  # type: ignore[arg-type]  # as above
    vocabulary = asked.context.store.categories(hidden=True)
    rows = []
    for one in found.rows:
        said = msgspec.json.decode(one.feature)
        slug = said["properties"]["category"]
        label = option(vocabulary[slug], asked.lang).label if slug in vocabulary else slug
        date = display(said["properties"]["date"], asked.lang)
        rows.append(QueueRow(said["id"], said["properties"], label, date, one.text, one.doubt))
    more = page * _PAGE < found.counts[kind]
    queue_page = QueuePage(
        rows=rows,
        counts=found.counts,
        kind=kind,
        page=page,
        more=more,
        name=editor.name,
        role=editor.role,
    )
    body = render_queue(site(asked), queue_page)
    return _part(body)


@get("/review/events/{routed:path}", name="review_event", sync_to_thread=True)
def event(request: Request[Any, Any, State], routed: Id) -> Response[bytes]:
    """Show one event with all that can be done with it, as a part of the page."""
    editor = demanded(request, what="reviewing")
    asked = ask(request, (LANG,), form="html")
    id_ = event_id(request, routed, "/review/events")
    held = asked.context.store.desk.event(id_)
    vocabulary = asked.context.store.categories(hidden=True).values()
    opened = OpenedEvent(
        feature=msgspec.json.decode(whole(held)),
        revision=held.revision,
        categories=[option(each, asked.lang) for each in vocabulary],
        doubts=_doubts(asked.context, held.draft.texts),
        steps=_steps(editor, held.draft.status),
        may_change=editor.may(held.draft.status, held.draft.status),
        history=list(reversed(asked.context.store.desk.history(id_))),
        reading=display(held.draft.when.text if held.draft.when else None, asked.lang),
    )
    answer = _part(render_event(site(asked), opened))
    answer.headers["ETag"] = f'"r{held.revision}"'
    return answer


def _doubts(context: Context, texts: Any) -> list[UncertainPlace]:
    """Give the texts that are in doubt with their candidates, best first."""
    return [
        UncertainPlace(
            number, one.text, one.country, one.doubt, [each.place for each in _candidates(context, one)]
        )
        for number, one in enumerate(texts, 1)
        if one.doubt
    ]


def _candidates(context: Context, written: Any) -> list[Candidate]:
    return context.asker(written.text, written.country)[:_CANDIDATES]


def _steps(editor: Editor, status: Any) -> list[StatusStep]:
    """List the ways from a status that are open to an editor."""
    return [StatusStep(new) for (old, new) in STEPS if old == status != new and editor.may(old, new)]


@get("/review/date", name="review_date", sync_to_thread=True)
def date(request: Request[Any, Any, State]) -> Response[bytes]:
    """Read a date as somebody writes it: its EDTF, in words, and its bounds; or why it cannot be read."""
    demanded(request, what="reviewing")
    asked = ask(request, (TEXT, LANG), form="html")
    text = asked.values.get("text", "").strip()
    try:
        when = _read(text)
    except BadDate as error:
        return send_json({"error": str(error)})
    said = {"edtf": when.text, "reading": display(when.text, asked.lang)}
    return send_json({**said, "earliest": when.earliest, "latest": when.latest})


def _read(text: str) -> When:
    """Read EDTF as it stands, and what people write as far as EDTF can say it."""
    try:
        return When.parse(text)
    except BadDate as error:
        try:
            edtf, more = Form().read(text)
        except BadDate:
            raise error from None
        if not edtf or more:
            raise
        return When.parse(edtf)


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
    """Settle a place that is in doubt, for the event and for the same text at the next import."""
    editor = demanded(request, what="reviewing")
    check_type(request, (JSON,))
    asked, body, said = ask(request, (), form="json"), await request.body(), request.headers.get("if-match")
    return await anyio.to_thread.run_sync(_settle, asked, editor, body, said)


def _settle(asked: Asked, editor: Editor, body: bytes, said: str | None) -> Response[bytes]:
    try:
        choice = msgspec.json.decode(body, type=Choice)
    except msgspec.MsgspecError as error:
        raise BadParameter(
            "body", f"cannot be read: {error}", '{"event": "a", "number": 1, "candidate": 2}'
        ) from None
    if fault := unsound(choice.why):
        raise BadEvent("why", fault)
    desk = asked.context.store.desk
    held = desk.event(choice.event)
    if not matches(said, choice.event, held.revision):
        raise Stale(choice.event, held.revision)
    roles.check_step(editor, held, held.draft)
    if not 1 <= choice.number <= len(held.draft.texts):
        raise NoSuchPlace(
            f"The event has {len(held.draft.texts)} places that were looked up; there is no {choice.number}"
        )
    place = _chosen(asked.context, choice, held.draft.texts[choice.number - 1])
    done = desk.settle(
        choice.event, held.revision, choice.number, place, Author(editor.name, choice.why or None)
    )
    return send_json({"event": done.id, "revision": done.revision})


def _chosen(context: Context, choice: Choice, written: Any) -> Place | None:
    if choice.candidate is not None:
        if choice.lon is not None or choice.lat is not None:
            raise BadEvent("candidate", "stands beside a point; expected one or the other")
        found = _candidates(context, written)
        if not 1 <= choice.candidate <= len(found):
            raise BadEvent("candidate", f"{choice.candidate} is not one of the {len(found)} candidates")
        return replace(found[choice.candidate - 1].place, confidence=1.0, geocoder="chosen")
    if choice.lon is None and choice.lat is None:
        return None
    lon, lat = point(choice.lon, choice.lat)
    country = country_at(lon, lat)
    return Place(
        name=written.text, lon=lon, lat=lat, precision=Precision.POINT, country=country, geocoder="chosen"
    )


def _part(body: str) -> Response[bytes]:
    return send(body.encode(), HTML, {"Cache-Control": "private, no-store"})


HANDLERS: list[Any] = [review, queue, event, date, settle]
