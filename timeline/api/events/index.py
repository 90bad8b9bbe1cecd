"""The slim index: the matching events as columns, for a page that filters them in the browser."""

from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.columns.index import MOST
from db.dates.calendar import iso_time
from db.dates.display import display
from db.query.results import Stamp
from timeline.api.http.answers import JSON, cached
from timeline.api.http.asked import ask
from timeline.api.params.page import MEASURE
from timeline.api.params.tables import SUMMARY, parse_limit, parse_sort
from timeline.errors import BadParameter

INDEX = (*SUMMARY, MEASURE)


@get("/events/index", name="index", sync_to_thread=True)
def index(request: Request[Any, Any, State]) -> Response[bytes]:
    """Give the matching events as columns, newest first; raise BadParameter for more than 20,000."""
    asked = ask(request, INDEX, form="json")
    parse_limit(asked.values)
    parse_sort(asked.values)
    filter_, measure = asked.filter, asked.values.get("measure")

    def make() -> tuple[bytes, str, Stamp]:
        matched, document, stamp = asked.context.store.index(
            filter_, partial(display, lang=asked.lang), measure
        )
        if document is None:
            detail = (
                f"{matched:,} events match, and the index holds {MOST:,} at most; use /events/clusters, "
                "/events/summary and /events, or ask for fewer"
            )
            raise BadParameter("index", detail, "category=raid")
        body = {"matched": matched, "timeStamp": iso_time(stamp.moment), **document}
        return msgspec.json.encode(body), JSON, stamp

    return cached(request, asked, make)
