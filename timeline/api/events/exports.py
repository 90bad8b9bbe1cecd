"""Every matching event in one response of any size, written while the events are read."""

from typing import Any

from litestar import Request, Response
from litestar.response import Stream

from timeline.api.http.answers import matching_tag, version_headers
from timeline.api.http.query import Query
from timeline.writers.writer import About, Writer


def export(request: Request[Any, Any, Any], query: Query, writer: Writer) -> Response[Any]:
    """Return every matching event in a streaming format; `limit` and `cursor` are checked and ignored."""
    store, filter_ = query.context.store, query.filter
    headers = version_headers(query, store.stamp())
    tag = matching_tag(request, headers["ETag"])
    if tag and not query.editor:
        return Response(b"", status_code=304, headers=headers | {"ETag": tag}, media_type=None)
    order = [query.sort] if "sortby" in query.values else []
    stamp, features = store.snapshot(filter_, *order)
    headers = {} if query.editor else version_headers(query, stamp)
    headers["Content-Disposition"] = f'attachment; filename="events.{writer.suffix}"'
    about = About(title=query.context.settings.title, base=query.base)
    return Stream(writer.write(features, about), media_type=writer.media_type, headers=headers)
