"""A view as a still picture: `/events.svg` and `/events.png`, for links, for print and where no script runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from db.columns.clusters import Cluster
from db.query.filter import Filter
from db.query.results import Stamp, Summary
from db.store import Store
from geo.place import Precision
from timeline.api.basemap import THEME
from timeline.api.events.summary import shaped
from timeline.api.http.answers import cached, root_path
from timeline.api.http.asked import Asked, ask
from timeline.api.params.tables import CLUSTERS, Parameter, choose, parse_limit, parse_sort
from timeline.web import filter_links
from timeline.web.basemap.projection import Frame
from timeline.web.basemap.style import THEMES
from timeline.web.messages import translator_for
from timeline.web.page_model import CategoryOption
from timeline.web.stills.map import Looks, cell_zoom, frame_of, svg_map
from timeline.web.stills.markers import symbols
from timeline.web.stills.poster import MAP_HEIGHT, MAP_WIDTH, Poster, png, svg

PART = Parameter(
    "part",
    "all of the view, or its map alone (960 by 520 pixels) for a page that brings the rest",
    {"type": "string", "enum": ["all", "map"], "default": "all"},
    "map",
)
STILL = (*(parameter for parameter in CLUSTERS if parameter.name != "zoom"), THEME, PART)
SVG, PNG = "image/svg+xml", "image/png"
_MAP = (960, 520)
_COARSE = 3  # the zoom at which the extent of all pins is looked at


@get("/events.svg", name="events_svg", sync_to_thread=True)
def events_svg(request: Request[Any, Any, State]) -> Response[bytes]:
    """Draw the view as an SVG document of 1200 by 630 pixels."""
    return _still(request, SVG)


# A PNG is packed already.
@get("/events.png", name="events_png", sync_to_thread=True, opt={"compressed": True})
def events_png(request: Request[Any, Any, State]) -> Response[bytes]:
    """Draw the view as a PNG of 1200 by 630 pixels."""
    return _still(request, PNG)


def _still(request: Request[Any, Any, State], kind: str) -> Response[bytes]:
    asked = ask(request, STILL)
    parse_limit(asked.values)
    parse_sort(asked.values)
    theme = choose("theme", asked.values.get("theme", "light"), tuple(THEMES))
    part = choose("part", asked.values.get("part", "all"), ("all", "map"))
    filter_ = asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        summary = asked.context.store.summary(filter_)
        if part == "map":
            areas = vague(asked.context.store, filter_)
            drawn = svg_map(*pictured(asked, filter_, *_MAP), looks(asked, theme), areas)
        else:
            drawn = svg(poster(asked, filter_, summary), looks(asked, theme))
        return drawn.encode() if kind == SVG else png(drawn), kind, summary.stamp

    answer = cached(request, asked, make)
    if kind == SVG:
        # Opened by itself it is a document of ours: nothing in it may run or load.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


def looks(asked: Asked, theme: str) -> Looks:
    """Tell how stills are drawn here; single events lead to their pages."""
    options = [
        CategoryOption(slug=found.slug, label="", color=found.color, shape=found.shape)
        for found in asked.context.store.categories().values()
    ]
    return Looks(
        theme=theme,
        symbols=symbols(options),
        translator=translator_for(asked.lang),
        borders=asked.context.settings.basemap_borders,
        href=lambda id_: filter_links.event_address(root_path(asked.base), id_),
    )


def pictured(asked: Asked, filter_: Filter, width: int, height: int) -> tuple[Sequence[Cluster], Frame]:
    """Choose the window of a map in pixels that shows the selected pins, and group them for it."""
    store = asked.context.store
    coarse, _ = store.clusters(filter_, _COARSE)
    frame = frame_of(coarse, width, height)
    found, _ = store.clusters(filter_, cell_zoom(frame))
    return found, frame


def poster(asked: Asked, filter_: Filter, summary: Summary) -> Poster:
    """Gather what the picture of a view says, without reading an event."""
    pins, frame = pictured(asked, filter_, MAP_WIDTH, MAP_HEIGHT)
    vocabulary = asked.context.store.categories()
    named = [
        (slug, vocabulary[slug].labels.get(asked.lang) or vocabulary[slug].labels.get("en") or slug, events)
        for slug, events in sorted(summary.categories.items(), key=lambda pair: -pair[1])
        if slug in vocabulary
    ]
    return Poster(
        title=asked.context.settings.title,
        matched=summary.matched,
        undated=summary.undated,
        unplaced=summary.unplaced,
        earliest=summary.earliest,
        latest=summary.latest,
        histogram=shaped(summary)["histogram"],
        categories=named,
        pins=pins,
        frame=frame,
        areas=vague(asked.context.store, filter_),
    )


def vague(store: Store, filter_: Filter) -> list[str]:
    """List the countries in which something is known no finer than the country (ISO 3166-1 alpha-2)."""
    if filter_.precision and filter_.precision != Precision.COUNTRY:
        return []
    every, _ = store.countries(filter_)
    finer, _ = store.countries(replace(filter_, precision=Precision.ADMIN1))
    return [code for code, events in every.items() if events > finer.get(code, 0)]


HANDLERS = [events_svg, events_png]
