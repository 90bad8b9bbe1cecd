"""A view as a still picture: `/events.svg` and `/events.png`, for links, for print and for pages without scripts."""

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
from timeline.api.http.media_types import PNG, SVG
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.params.tables import CLUSTERS, QueryParameter
from timeline.api.params.values import choose
from timeline.web import filter_links
from timeline.web.basemap.projection import Frame
from timeline.web.basemap.style import THEMES
from timeline.web.messages import translator_for
from timeline.web.page_model import CategoryOption
from timeline.web.stills.map import Looks, cell_zoom, frame_of, svg_map
from timeline.web.stills.markers import symbols
from timeline.web.stills.poster import MAP_HEIGHT, MAP_WIDTH, Poster, png, svg

PART = QueryParameter(
    "part",
    "the complete view, or only its map (960 by 520 pixels) for a page that shows the rest",
    {"type": "string", "enum": ["all", "map"], "default": "all"},
    "map",
)
STILL = (*(parameter for parameter in CLUSTERS if parameter.name != "zoom"), THEME, PART)
_MAP_SIZE = (960, 520)  # pixels
_EXTENT_ZOOM = 3  # coarse clusters show the extent of all pins


@get(
    "/events.svg",
    name="events_svg",
    sync_to_thread=True,
    opt=described(
        Route(summary="The view as a still picture", media_types=(SVG,), parameters=STILL, tag="Events")
    ),
)
def events_svg(request: Request[Any, Any, State]) -> Response[bytes]:
    """Draw the view as an SVG document of 1200 by 630 pixels."""
    return _still(request, SVG)


@get(
    "/events.png",
    name="events_png",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="The view as a still picture, 1200 by 630 pixels", schema="Binary", media_types=(PNG,),
            parameters=STILL, tag="Events",
        ),
    ),
)  # fmt: skip
def events_png(request: Request[Any, Any, State]) -> Response[bytes]:
    """Draw the view as a PNG of 1200 by 630 pixels."""
    return _still(request, PNG)


def _still(request: Request[Any, Any, State], media_type: str) -> Response[bytes]:
    query = read_query(request, STILL)
    theme = choose("theme", query.values.get("theme", "light"), tuple(THEMES))
    part = choose("part", query.values.get("part", "all"), PART.schema["enum"])

    def make() -> tuple[bytes, str, Stamp]:
        summary = query.context.store.summary(query.filter)
        if part == "map":
            areas = vague_countries(query.context.store, query.filter)
            drawing = svg_map(*clusters_in_frame(query, *_MAP_SIZE), looks(query, theme), areas)
        else:
            drawing = svg(poster(query, summary), looks(query, theme))
        return drawing.encode() if media_type == SVG else png(drawing), media_type, summary.stamp

    response = cached(request, query, make)
    if media_type == SVG:
        # Opened alone it is a document of this site: nothing in it may run or load.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def looks(query: Query, theme: str) -> Looks:
    """Return how stills are drawn for a request; single events link to their pages."""
    options = [
        CategoryOption(slug=category.slug, label="", color=category.color, shape=category.shape)
        for category in query.context.store.categories().values()
    ]
    return Looks(
        theme=theme,
        symbols=symbols(options),
        translator=translator_for(query.lang),
        borders=query.context.settings.basemap_borders,
        href=lambda id_: filter_links.event_address(root_path(query.base), id_),
    )


def clusters_in_frame(query: Query, width: int, height: int) -> tuple[Sequence[Cluster], Frame]:
    """Return the clusters of the selected pins, and the frame of a map (pixels) that shows them all."""
    store = query.context.store
    coarse, _ = store.clusters(query.filter, _EXTENT_ZOOM)
    frame = frame_of(coarse, width, height)
    clusters, _ = store.clusters(query.filter, cell_zoom(frame))
    return clusters, frame


def poster(query: Query, summary: Summary) -> Poster:
    """Return what the picture of a view shows, without reading an event."""
    pins, frame = clusters_in_frame(query, MAP_WIDTH, MAP_HEIGHT)
    vocabulary = query.context.store.categories()
    by_count = sorted(summary.categories.items(), key=lambda pair: -pair[1])
    return Poster(
        title=query.context.settings.title,
        matched=summary.matched,
        undated=summary.undated,
        unplaced=summary.unplaced,
        earliest=summary.earliest,
        latest=summary.latest,
        histogram=shaped(summary)["histogram"],
        categories=[
            (slug, vocabulary[slug].labels.get(query.lang) or vocabulary[slug].labels.get("en") or slug, events)
            for slug, events in by_count
            if slug in vocabulary
        ],
        pins=pins,
        frame=frame,
        areas=vague_countries(query.context.store, query.filter),
    )  # fmt: skip


def vague_countries(store: Store, filter_: Filter) -> list[str]:
    """Return the countries (ISO 3166-1 alpha-2) that hold an event known only to its country."""
    listed = filter_.precisions and Precision.COUNTRY not in filter_.precisions
    if listed or filter_.min_precision not in (None, Precision.COUNTRY):
        return []
    all_counts, _ = store.countries(filter_)
    finer_counts, _ = store.countries(replace(filter_, min_precision=Precision.ADMIN1))
    return [code for code, events in all_counts.items() if events > finer_counts.get(code, 0)]


HANDLERS = [events_svg, events_png]
