"""Counts for a filter."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.dates.calendar import iso_time
from db.query.results import Bucket, Stamp, Summary
from timeline.api.http.answers import cached, site
from timeline.api.http.media_types import HTML, JSON
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.params.page import MEASURE
from timeline.api.params.tables import INTERVAL, SUMMARY
from timeline.api.params.values import choose
from timeline.web.render import render_document

COUNTED = (*SUMMARY, MEASURE)


@get(
    "/events/summary",
    name="summary",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="Counts by time, category and country", schema="Summary", media_types=(JSON, HTML),
            parameters=COUNTED, tag="Events",
        )
    ),
)  # fmt: skip
def summary(request: Request[Any, Any, State]) -> Response[bytes]:
    """Count the matching events by time, category and country, and sum their figures."""
    query = read_query(request, COUNTED)
    interval = choose("interval", query.values.get("interval", "auto"), INTERVAL.schema["enum"])

    def make() -> tuple[bytes, str, Stamp]:
        counts = query.context.store.summary(query.filter, interval, query.values.get("measure"))
        return (*write_document(query, "Summary", shaped(counts)), counts.stamp)

    return cached(request, query, make)


def shaped(counts: Summary) -> dict[str, Any]:
    """Return a summary as the JSON document of the API."""
    return {
        "matched": counts.matched,
        "undated": counts.undated,
        "unplaced": counts.unplaced,
        "pins": counts.pins,
        "interval": counts.interval,
        "histogram": [_bar(bar) for bar in counts.histogram],
        "categories": counts.categories,
        "countries": counts.countries,
        "figures": counts.figures,
        "extent": {
            "bbox": list(counts.bbox) if counts.bbox else None,
            "interval": [counts.earliest, counts.latest],
        },
        "timeStamp": iso_time(counts.stamp.moment),
    }


def _bar(bar: Bucket) -> dict[str, Any]:
    """Return a bar as JSON; `sum` and `sums` only if a figure is measured, whole numbers without decimals."""
    counts = {
        "start": bar.start,
        "end": bar.end,
        "count": bar.count,
        "certain": bar.certain,
        "spread": _shortest(bar.spread),
        "categories": bar.categories,
    }
    if bar.sum is None or bar.sums is None:
        return counts
    sums = {slug: _shortest(value) for slug, value in bar.sums.items()}
    return {**counts, "sum": _shortest(bar.sum), "sums": sums}


def _shortest(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def write_document(query: Query, title: str, document: dict[str, Any]) -> tuple[bytes, str]:
    """Return a document as JSON or as a page, and its media type."""
    if query.format == "html":
        page = render_document(site(query), title, document, query.link(query.path, f="json"))
        return page.encode(), HTML
    return msgspec.json.encode(document), JSON
