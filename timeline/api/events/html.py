"""The pages that browsers get: the list of events with its form, and the documentation."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.static_files import create_static_files_router

from db.columns.index import MOST
from db.query.filter import Filter
from db.query.results import CategoryStyle, Page, Stamp
from db.store import Store
from geo.countries.names import country_name
from timeline.api.events.summary import shaped
from timeline.api.http.answers import HTML, root_path, send, site
from timeline.api.http.asked import Asked, ask, base_address, wants_html
from timeline.api.params.page import FRAME, NAMES
from timeline.api.params.tables import DOCUMENT, FILTER
from timeline.web.render import (
    ASSETS,
    STATIC,
    CategoryOption,
    CountryOption,
    EventsView,
    Site,
    render_docs,
    render_event,
    render_events,
)
from timeline.writers.geojson import translate

_FORM_ONLY = ("start", "end")


def tidied(request: Request[Any, Any, State]) -> Response[bytes] | None:
    """Send a browser that submitted the form on to the address it means.

    A form sends its empty fields too, and a date range as two of them; `start` and `end` become `datetime`.
    """
    pairs = parse_qsl(request.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    names = {name for name, _ in pairs}
    if not wants_html(request) or not (names & set(_FORM_ONLY) or any(not value for _, value in pairs)):
        return None
    fields = dict(pairs)
    kept = [(name, value) for name, value in pairs if value and name not in _FORM_ONLY]
    start, end = fields.get("start", ""), fields.get("end", "")
    if start or end:
        kept = [(name, value) for name, value in kept if name != "datetime"]
        kept.append(("datetime", f"{start or '..'}/{end or '..'}"))
    path = root_path(base_address(request)) + request.scope["path"]
    query = urlencode(kept, safe=",:/*")
    headers = {"Location": f"{path}?{query}" if query else path, "Vary": "Accept"}
    return Response(b"", status_code=303, headers=headers)


def list_page(asked: Asked, page: Page) -> tuple[bytes, str, Stamp]:
    """Render the list of events with its filters and its timeline."""
    store, filter_ = asked.context.store, asked.filter
    summary = store.summary(filter_)
    around = store.summary(replace(filter_, categories=(), countries=()))
    view = EventsView(
        site=_place(asked),
        features=[_told(raw, asked.lang) for raw in page.features],
        matched=summary.matched,
        undated=summary.undated,
        unplaced=summary.unplaced,
        params=[(name, value) for name, value in asked.values.items() if name not in ("f", "cursor")],
        filter_parameters=[(parameter.name, parameter.many) for parameter in FILTER],
        categories=_categories(asked, around.categories),
        vocabulary=[option(category, asked.lang) for category in store.categories().values()],
        countries=_countries(asked, filter_, around.countries),
        histogram=shaped(summary)["histogram"],
        interval=summary.interval,
        figures=store.figures(),
        next=asked.link(asked.path, cursor=page.next) if page.next else None,
        large=_large(store, filter_, around.matched),
        crowded=store.total() > MOST,
        json=asked.link("/events", f=None, cursor=None, **dict.fromkeys(NAMES)),
    )
    return render_events(view).encode(), HTML, page.stamp


def _large(store: Store, filter_: Filter, around: int) -> bool:
    """Tell whether the browser could not hold all that its own filter may choose from."""
    if around > MOST or store.total() <= MOST:
        return around > MOST
    held = Filter(
        tags=filter_.tags,
        text=filter_.text,
        near=filter_.near,
        within=filter_.within,
        expression=filter_.expression,
        ids=filter_.ids,
    )
    return store.summary(held).matched > MOST


def _place(asked: Asked) -> Site:
    """Tell the page of events where it is; its address leaves out which page of the list is open."""
    framed = asked.path == FRAME
    return replace(
        site(asked),
        address=asked.link("/", f=None, cursor=None),
        theme=asked.values.get("theme", "auto"),
        framed=framed,
    )


def _told(raw: bytes, lang: str) -> dict[str, Any]:
    """Read a stored Feature, its date and countries in the language of the page."""
    feature: dict[str, Any] = msgspec.json.decode(raw)
    if lang != "en":
        translate(feature, lang)
    return feature


def _categories(asked: Asked, counts: Any) -> list[CategoryOption]:
    return [
        option(category, asked.lang, counts.get(category.slug, 0))
        for category in asked.context.store.categories().values()
        if counts.get(category.slug) or category.slug in asked.filter.categories
    ]


def option(category: CategoryStyle, lang: str, count: int = 0) -> CategoryOption:
    """Show a category, labelled in the language where the vocabulary has a label, else in English."""
    return CategoryOption(
        slug=category.slug,
        label=category.labels.get(lang.split("-")[0]) or category.labels.get("en") or category.slug,
        color=category.color,
        shape=category.shape,
        count=count,
    )


def event_page(asked: Asked, raw: bytes, here: str) -> str:
    """Render one event with its category's label and marker."""
    feature = _told(raw, asked.lang)
    category = asked.context.store.categories().get(feature["properties"]["category"])
    found = option(category, asked.lang) if category else None
    return render_event(
        replace(site(asked), address=asked.link(here, f=None)), feature, asked.link(here, f="json"), found
    )


def _countries(asked: Asked, filter_: Filter, counts: Any) -> list[CountryOption]:
    codes = [*counts, *(code for code in filter_.countries if code not in counts)]
    found = [
        CountryOption(code=code, name=country_name(code, asked.lang), count=counts.get(code, 0))
        for code in codes
    ]
    return sorted(found, key=lambda option: option.name)


@get("/docs", name="docs", sync_to_thread=True)
def docs(request: Request[Any, Any, State]) -> Response[bytes]:
    """Show the API's documentation, with assets of our own."""
    asked = ask(request, DOCUMENT, form="html")
    return send(render_docs(site(asked)).encode(), HTML)


assets = create_static_files_router(
    path=ASSETS,
    directories=[STATIC],
    name="assets",
    cache_control=CacheControlHeader(public=True, max_age=365 * 86_400, immutable=True),
    include_in_schema=False,
)
static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    name="static",
    cache_control=CacheControlHeader(no_cache=True),
    include_in_schema=False,
)
