"""Counts for a filter, and the vocabulary."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.dates.calendar import iso_time
from db.query.results import Bucket, Stamp, Summary
from timeline.api.http.answers import HTML, JSON, cached, site
from timeline.api.http.asked import Asked, ask
from timeline.api.params.page import MEASURE
from timeline.api.params.tables import DOCUMENT, INTERVAL, SUMMARY, choose, parse_limit, parse_sort
from timeline.web.render import render_document

COUNTED = (*SUMMARY, MEASURE)


@get("/events/summary", name="summary", sync_to_thread=True)
def summary(request: Request[Any, Any, State]) -> Response[bytes]:
    """Count the matching events by time, category and country, and sum their figures."""
    asked = ask(request, COUNTED)
    parse_limit(asked.values)
    parse_sort(asked.values)
    interval = choose("interval", asked.values.get("interval", "auto"), INTERVAL.schema["enum"])
    filter_ = asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        found = asked.context.store.summary(filter_, interval, asked.values.get("measure"))
        return (*_document(asked, "Summary", shaped(found)), found.stamp)

    return cached(request, asked, make)


def shaped(found: Summary) -> dict[str, Any]:
    """Shape a summary as the contract words it."""
    return {
        "matched": found.matched,
        "undated": found.undated,
        "unplaced": found.unplaced,
        "pins": found.pins,
        "interval": found.interval,
        "histogram": [_bar(bar) for bar in found.histogram],
        "categories": found.categories,
        "countries": found.countries,
        "figures": found.figures,
        "extent": {
            "bbox": list(found.bbox) if found.bbox else None,
            "interval": [found.earliest, found.latest],
        },
        "timeStamp": iso_time(found.stamp.moment),
    }


def _bar(bar: Bucket) -> dict[str, Any]:
    """Write a bar; `sum` and `sums` only where a figure is measured, whole numbers as such."""
    shown = {"start": bar.start, "end": bar.end, "count": bar.count, "categories": bar.categories}
    if bar.sum is None or bar.sums is None:
        return shown
    sums = {slug: _whole(value) for slug, value in bar.sums.items()}
    return {**shown, "sum": _whole(bar.sum), "sums": sums}


def _whole(value: float) -> float:
    return int(value) if value.is_integer() else value


@get("/categories", name="categories", sync_to_thread=True)
def categories(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the vocabulary: slug, label in the language asked for, all labels, colour and shape."""
    asked = ask(request, DOCUMENT)

    def make() -> tuple[bytes, str, None]:
        found = asked.context.store.categories(hidden=asked.editor is not None).values()
        rows = [
            {
                "slug": category.slug,
                "label": category.labels.get(asked.lang) or category.labels.get("en") or category.slug,
                "labels": category.labels,
                "color": category.color,
                "shape": category.shape,
            }
            for category in found
        ]
        return (*_document(asked, "Categories", {"categories": rows}), None)

    return cached(request, asked, make)


def _document(asked: Asked, title: str, document: dict[str, Any]) -> tuple[bytes, str]:
    if asked.form == "html":
        page = render_document(site(asked), title, document, asked.link(asked.path, f="json"))
        return page.encode(), HTML
    return msgspec.json.encode(document), JSON
