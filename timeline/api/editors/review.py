"""The review page: a shell that anyone may load and that contains no event, and the parts that editors load into it."""

from typing import Any, get_args

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.dates.display import display
from db.dates.edtf import When, read_edtf
from db.editing.review_queue import QueueKind
from db.errors import BadDate
from timeline.api.editors.settle import candidates, settle
from timeline.api.events.html import option
from timeline.api.events.items import RoutedId, editors_feature, event_id
from timeline.api.http.answers import send, send_json, site
from timeline.api.http.authentication import require_editor
from timeline.api.http.media_types import HTML
from timeline.api.http.query import Query, editor_of, read_query
from timeline.api.params.tables import LANG, QueryParameter
from timeline.api.params.values import choose, read_whole_number
from timeline.context import Context
from timeline.editing.roles import STEPS, Editor
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

_ROWS_PER_PAGE = 25
KIND = QueryParameter(
    "kind",
    "which queue: draft, review or places",
    {"type": "string", "enum": list(get_args(QueueKind))},
    "review",
)
PAGE_NUMBER = QueryParameter("page", "page of the queue, from 1", {"type": "integer", "minimum": 1}, "2")
TEXT = QueryParameter("text", "a date as people write it", {"type": "string"}, "3 May 2023")


@get("/review", name="review", sync_to_thread=True)
def review(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the page for editors, with a form for the key unless the host application has identified the editor."""
    query = read_query(request, (LANG,), format="html")
    hosts = query.context.settings.basemap_origins
    response = send(render_shell(site(query), signed_in=editor_of(request) is not None).encode(), HTML)
    response.headers["Content-Security-Policy"] = policy(("'none'",), hosts=hosts)
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    return response


@get("/review/queue", name="review_queue", sync_to_thread=True)
def queue(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return a page of a queue, newest change first; without `kind`, the first queue that is not empty."""
    editor = require_editor(request, action="reviewing")
    query = read_query(request, (KIND, PAGE_NUMBER, LANG), format="html")
    kind = choose("kind", query.values.get("kind", "review"), get_args(QueueKind))
    page = read_whole_number("page", query.values.get("page", "1"), 1, None, "page=2")
    desk, offset = query.context.store.desk, (page - 1) * _ROWS_PER_PAGE
    waiting = desk.queue(kind, _ROWS_PER_PAGE, offset)  # type: ignore[arg-type]  # checked by choose
    if "kind" not in query.values and not waiting.counts[kind]:
        kind = next((name for name, count in waiting.counts.items() if count), kind)
        waiting = desk.queue(kind, _ROWS_PER_PAGE, offset)  # type: ignore[arg-type]  # as above
    queue_page = QueuePage(
        rows=_queue_rows(query, waiting.rows),
        counts=waiting.counts,
        kind=kind,
        page=page,
        more=page * _ROWS_PER_PAGE < waiting.counts[kind],
        name=editor.name,
        role=editor.role,
    )
    return _page_part(render_queue(site(query), queue_page))


def _queue_rows(query: Query, events: Any) -> list[QueueRow]:
    vocabulary = query.context.store.categories(hidden=True)
    rows = []
    for event in events:
        feature = msgspec.json.decode(event.feature)
        properties = feature["properties"]
        slug = properties["category"]
        label = option(vocabulary[slug], query.lang).label if slug in vocabulary else slug
        date = display(properties["date"], query.lang)
        rows.append(QueueRow(feature["id"], properties, label, date, event.text, event.doubt))
    return rows


@get("/review/events/{routed:path}", name="review_event", sync_to_thread=True)
def event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Return one event with its form, its doubtful places and its history, as a part of the page."""
    editor = require_editor(request, action="reviewing")
    query = read_query(request, (LANG,), format="html")
    desk = query.context.store.desk
    id_ = event_id(request, routed, "/review/events")
    opened = desk.event(id_)
    draft = opened.draft
    vocabulary = query.context.store.categories(hidden=True).values()
    view = OpenedEvent(
        feature=msgspec.json.decode(editors_feature(opened)),
        revision=opened.revision,
        categories=[option(category, query.lang) for category in vocabulary],
        doubts=_doubts(query.context, draft.texts),
        steps=_steps(editor, draft.status),
        may_change=editor.may(draft.status, draft.status),
        history=list(reversed(desk.history(id_))),
        reading=display(draft.when.text if draft.when else None, query.lang),
    )
    response = _page_part(render_event(site(query), view))
    response.headers["ETag"] = f'"r{opened.revision}"'
    return response


def _doubts(context: Context, texts: Any) -> list[UncertainPlace]:
    """Return the doubtful place texts with their candidates, best first."""
    return [
        UncertainPlace(
            number, text.text, text.country, text.doubt, [item.place for item in candidates(context, text)]
        )
        for number, text in enumerate(texts, 1)
        if text.doubt
    ]


def _steps(editor: Editor, status: Any) -> list[StatusStep]:
    """Return the changes of status that this editor may make."""
    return [StatusStep(new) for (old, new) in STEPS if old == status != new and editor.may(old, new)]


@get("/review/date", name="review_date", sync_to_thread=True)
def date(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return a date as people write it: its EDTF, in words, and its bounds; or why it cannot be read."""
    require_editor(request, action="reviewing")
    query = read_query(request, (TEXT, LANG), format="html")
    try:
        when = _read_date(query.values.get("text", "").strip())
    except BadDate as error:
        return send_json({"error": str(error)})
    words = {"edtf": when.text, "reading": display(when.text, query.lang)}
    return send_json({**words, "earliest": when.earliest, "latest": when.latest})


def _read_date(text: str) -> When:
    """Return a date from EDTF, or from a written date as far as EDTF can express it."""
    try:
        return read_edtf(text)
    except BadDate as error:
        try:
            edtf, more = Form().read(text)
        except BadDate:
            raise error from None
        if not edtf or more:
            raise
        return When.parse(edtf)


def _page_part(body: str) -> Response[bytes]:
    return send(body.encode(), HTML, {"Cache-Control": "private, no-store"})


HANDLERS: list[Any] = [review, queue, event, date, settle]
