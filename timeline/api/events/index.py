"""The index: the matching events as columns, for a page that filters them in the browser."""

from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.columns.index import MAX_EVENTS
from db.dates.calendar import iso_time
from db.dates.display import display
from db.query.results import Stamp
from timeline.api.http.answers import cached
from timeline.api.http.media_types import JSON
from timeline.api.http.query import read_query
from timeline.api.http.route import Route, described
from timeline.api.params.page import MEASURE
from timeline.api.params.tables import SUMMARY
from timeline.errors import BadParameter

INDEX = (*SUMMARY, MEASURE)


@get(
    "/events/index",
    name="index",
    sync_to_thread=True,
    opt=described(
        Route(summary="The matching events as columns, at most 20,000", parameters=INDEX, tag="Events")
    ),
)
def index(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the matching events as columns, newest first; raise BadParameter for more than 20,000."""
    query = read_query(request, INDEX, format="json")
    write_date, measure = partial(display, lang=query.lang), query.values.get("measure")

    def make() -> tuple[bytes, str, Stamp]:
        matched, columns, stamp = query.context.store.index(query.filter, write_date, measure)
        if columns is None:
            detail = (
                f"{matched:,} events match, and the index holds {MAX_EVENTS:,} at most; use /events/clusters, "
                "/events/summary and /events, or narrow the filter"
            )
            raise BadParameter("index", detail, "category=raid")
        body = {"matched": matched, "timeStamp": iso_time(stamp.moment), **columns}
        return msgspec.json.encode(body), JSON, stamp

    return cached(request, query, make)
