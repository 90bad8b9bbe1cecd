"""Every matching event in one response of any size, written while the events are read."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from db.query.filter import Sort
from timeline.api.http.answers import matching_tag, version_headers
from timeline.api.http.attachment import attachment
from timeline.api.http.edge import HEAD
from timeline.api.http.query import Query
from timeline.api.http.slots import Slots
from timeline.api.http.streaming import StreamedResponse, StreamSource
from timeline.api.params.values import choose
from timeline.errors import BadParameter
from timeline.writers.writer import DIALECTS, About, Dialect, Writer

MAX_EXPORTS = 4  # at once in a process; each one holds a connection and a snapshot of the database
EXPORT_WAIT_SECONDS = 1.0
_EXPORTS = Slots("exports", MAX_EXPORTS, EXPORT_WAIT_SECONDS)


def export(request: Request[Any, Any, Any], query: Query, writer: Writer) -> Response[Any]:
    """Return every matching event in a streaming format; `limit` and `cursor` are checked and ignored."""
    headers = version_headers(query, query.context.store.stamp())
    tag = matching_tag(request, headers["ETag"])
    if tag and not query.editor:
        return Response(b"", status_code=304, headers=headers | {"ETag": tag}, media_type=None)
    head = bool(request.scope.get(HEAD))
    return StreamedResponse(lambda: _open(query, writer), _EXPORTS, head=head)


def check_dialect(values: Mapping[str, str], writer: Writer) -> None:
    """Raise BadParameter for an unknown `dialect`, and for one of another format than CSV."""
    if "dialect" not in values:
        return
    choose("dialect", values["dialect"], DIALECTS)
    if writer.name != "csv":
        raise BadParameter(
            "dialect",
            f"is for CSV, and the format is {writer.name}; expected f=csv with it",
            "f=csv&dialect=excel",
        )


def _open(query: Query, writer: Writer) -> StreamSource:
    order = query.sort if "sortby" in query.values else Sort.OLDEST
    settings = query.context.settings
    stamp, features = query.context.store.snapshot(query.filter, order, step_seconds=settings.read_timeout)
    headers = {} if query.editor else version_headers(query, stamp)
    charset = "; charset=utf-8" if writer.media_type.startswith("text/") else ""
    headers["Content-Type"] = writer.media_type + charset
    headers["Content-Disposition"] = attachment(f"events.{writer.suffix}")
    dialect: Dialect = "excel" if query.values.get("dialect") == "excel" else "standard"
    about = About(title=settings.title, base=query.base, dialect=dialect)
    return StreamSource(headers, writer.write(features, about), features.close, features.interrupt)
