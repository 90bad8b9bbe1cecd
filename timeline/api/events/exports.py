"""Every matching event in one answer of any size: CSV and newline-delimited GeoJSON, written as it is read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from timeline.api.http.answers import headers_of, matching
from timeline.api.http.asked import ask
from timeline.api.params.tables import LIST, parse_limit, parse_sort
from timeline.writers.csv import lines, table

CSV = "text/csv"  # Litestar adds the charset
NDJSON = "application/x-ndjson"


def _export_at(
    path: str, media_type: str, write: Callable[[Iterable[bytes]], Iterator[bytes]]
) -> HTTPRouteHandler:
    @get(path, name=path.removeprefix("/"), sync_to_thread=True)
    def export(request: Request[Any, Any, State]) -> Response[Any]:
        """Give every matching event; `limit` and `cursor` are taken and left alone."""
        asked = ask(request, LIST, form="json")
        parse_limit(asked.values)
        store, filter_ = asked.context.store, asked.filter
        held = matching(request, headers_of(asked, store.stamp())["ETag"])
        if held and not asked.editor:
            headers = headers_of(asked, store.stamp()) | {"ETag": held}
            return Response(b"", status_code=304, headers=headers, media_type=None)
        given = "sortby" in asked.values
        stamp, features = store.snapshot(filter_, *([parse_sort(asked.values)] if given else []))
        file = f'attachment; filename="{path.removeprefix("/")}"'
        headers = {} if asked.editor else headers_of(asked, stamp)
        headers["Content-Disposition"] = file
        return Stream(write(features), media_type=media_type, headers=headers)

    return export


HANDLERS = [_export_at("/events.csv", CSV, table), _export_at("/events.geojsonl", NDJSON, lines)]
