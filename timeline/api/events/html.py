"""The pages that browsers get: the list of events with its form, and one event."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from db.columns.index import MAX_EVENTS
from db.query.filter import Filter
from db.query.results import CategoryStyle, Page, Stamp
from db.store import Store
from geo.countries.names import country_name
from timeline.api.events.summary import shaped
from timeline.api.http.answers import root_path, site
from timeline.api.http.media_types import HTML
from timeline.api.http.query import Query, base_address, wants_html
from timeline.api.params.page import FRAME, SCENE_NAMES
from timeline.api.params.tables import FILTER
from timeline.web.render import CategoryOption, CountryOption, EventsView, Site, render_event, render_events
from timeline.writers.registry import WRITERS
from timeline.writers.translate import translate

MAX_EVENTS_ON_PAGE = 1_000  # more take seconds to render, and no one reads them
_FORM_ONLY = ("start", "end")
_LOCAL_FIELDS = tuple(row.field for row in FILTER if row.local)


def tidied(request: Request[Any, Any, State]) -> Response[bytes] | None:
    """Return a redirect of a submitted form to the address that it means; None for other requests.

    A form sends its empty fields too, and a date range as two of them; `start` and `end` become `datetime`.
    """
    pairs = parse_qsl(request.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    names = {name for name, _ in pairs}
    if not wants_html(request) or not (names & set(_FORM_ONLY) or any(not value for _, value in pairs)):
        return None
    fields = dict(pairs)
    sent = [(name, value) for name, value in pairs if value and name not in _FORM_ONLY]
    start, end = fields.get("start", ""), fields.get("end", "")
    if start or end:
        sent = [(name, value) for name, value in sent if name != "datetime"]
        sent.append(("datetime", f"{start or '..'}/{end or '..'}"))
    path = root_path(base_address(request)) + request.scope["path"]
    text = urlencode(sent, safe=",:/*")
    headers = {"Location": f"{path}?{text}" if text else path, "Vary": "Accept"}
    return Response(b"", status_code=303, headers=headers)


def list_page(query: Query, page: Page) -> tuple[bytes, str, Stamp]:
    """Render the list of events with its filters and its timeline."""
    store, filter_ = query.context.store, query.filter
    summary = store.summary(filter_)
    unfaceted = store.summary(replace(filter_, categories=(), countries=()))
    view = EventsView(
        site=_page_site(query),
        features=[_translated(raw, query.lang) for raw in page.features],
        matched=summary.matched,
        undated=summary.undated,
        unplaced=summary.unplaced,
        params=[(name, value) for name, value in query.values.items() if name not in ("f", "cursor")],
        filter_parameters=[(parameter.name, parameter.many, parameter.local) for parameter in FILTER],
        categories=_categories(query, unfaceted.categories),
        vocabulary=[option(category, query.lang) for category in store.categories().values()],
        countries=_countries(query, unfaceted.countries),
        histogram=shaped(summary)["histogram"],
        interval=summary.interval,
        figures=store.figures(),
        next=query.link(query.path, cursor=page.next) if page.next else None,
        large=_too_large_for_browser(store, filter_, unfaceted.matched),
        crowded=store.total() > MAX_EVENTS,
        json=query.link("/events", f=None, cursor=None, **dict.fromkeys(SCENE_NAMES)),
        alternates=_alternates(query),
    )
    return render_events(view).encode(), HTML, page.stamp


def _alternates(query: Query) -> list[tuple[str, str]]:
    """Return media type and address of the same events in every complete export."""
    dropped = dict.fromkeys(("f", "cursor", "limit", *SCENE_NAMES))
    return [(writer.media_type, query.link(writer.path, **dropped)) for writer in WRITERS if writer.streams]


def _too_large_for_browser(store: Store, filter_: Filter, unfaceted: int) -> bool:
    """Return whether more events match the server's part of the filter than the browser can hold."""
    if unfaceted > MAX_EVENTS or store.total() <= MAX_EVENTS:
        return unfaceted > MAX_EVENTS
    defaults = Filter()
    local = {name: getattr(defaults, name) for name in _LOCAL_FIELDS}
    return store.summary(replace(filter_, **local)).matched > MAX_EVENTS


def _page_site(query: Query) -> Site:
    """Return the site with the address of this page, which leaves out the open page of the list."""
    return replace(
        site(query),
        address=query.link("/", f=None, cursor=None),
        theme=query.values.get("theme", "auto"),
        framed=query.path == FRAME,
    )


def _translated(raw: bytes, lang: str) -> dict[str, Any]:
    """Return a stored Feature, its date and countries in the language of the page."""
    feature: dict[str, Any] = msgspec.json.decode(raw)
    if lang != "en":
        translate(feature, lang)
    return feature


def _categories(query: Query, counts: Mapping[str, int]) -> list[CategoryOption]:
    return [
        option(category, query.lang, counts.get(category.slug, 0))
        for category in query.context.store.categories().values()
        if counts.get(category.slug) or category.slug in query.filter.categories
    ]


def option(category: CategoryStyle, lang: str, count: int = 0) -> CategoryOption:
    """Return a category for a form, labelled in the language where the vocabulary has a label, else in English."""
    return CategoryOption(
        slug=category.slug,
        label=category.labels.get(lang.split("-")[0]) or category.labels.get("en") or category.slug,
        color=category.color,
        shape=category.shape,
        count=count,
    )


def event_page(query: Query, raw: bytes, path: str) -> str:
    """Render one event with its category's label and marker."""
    feature = _translated(raw, query.lang)
    category = query.context.store.categories().get(feature["properties"]["category"])
    page_site = replace(site(query), address=query.link(path, f=None))
    labelled = option(category, query.lang) if category else None
    return render_event(page_site, feature, query.link(path, f="json"), labelled)


def _countries(query: Query, counts: Mapping[str, int]) -> list[CountryOption]:
    codes = [*counts, *(code for code in query.filter.countries if code not in counts)]
    options = [
        CountryOption(code=code, name=country_name(code, query.lang), count=counts.get(code, 0))
        for code in codes
    ]
    return sorted(options, key=lambda country: country.name)
