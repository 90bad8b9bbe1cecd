"""The feed of changes for copies, and the history of one event."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.dates.calendar import iso_time
from db.query.results import Stamp
from db.writing.feed import FeedEntry
from db.writing.history import HistoryEntry
from timeline.api.http.answers import cached, send
from timeline.api.http.media_types import JSON
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.params.reading import parse_limit
from timeline.api.params.tables import FORMAT, MAX_LIMIT, QueryParameter
from timeline.errors import BadParameter

_DEFAULT_CHANGES = 1000
_NOW = "now"  # the value of `since` for later changes only
SINCE = QueryParameter(
    "since", "the `token` of the previous response; `now` for later changes only; leave it out for everything",
    {"type": "string"}, "3f9c21aa-1200-0",
)  # fmt: skip
_LIMIT = QueryParameter(
    "limit", f"changes in one response; values above {MAX_LIMIT:,} are clamped",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": _DEFAULT_CHANGES}, "1000",
)  # fmt: skip
CHANGES = (SINCE, _LIMIT, FORMAT)
HISTORY = (FORMAT,)


@get(
    "/changes",
    name="changes",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="Events created, changed and deleted, in order, for copies", parameters=CHANGES, tag="Events"
        )
    ),
)  # fmt: skip
def changes(request: Request[Any, Any, State]) -> Response[bytes]:
    """List created, changed and deleted events in order; a copy that applies them all equals an export."""
    query = read_query(request, CHANGES, format="json")
    limit = parse_limit(query.values, _DEFAULT_CHANGES)
    if query.values.get("since") == _NOW:
        # The token contains the time of the request, so each response differs, also while the data stays the same.
        body, media_type, _ = _feed(query, limit)
        return send(body, media_type, {"Cache-Control": "no-store"})
    return cached(request, query, lambda: _feed(query, limit))


def _feed(query: Query, limit: int) -> tuple[bytes, str, Stamp]:
    since = query.values.get("since")
    try:
        feed = query.context.store.desk.changes(since, limit)
    except ValueError:
        raise BadParameter(
            "since",
            f"{(since or '')[:80]!r} is not a token of this feed; expected the `token` of a response, or now",
            "since=now",
        ) from None
    links = [
        {"rel": "self", "type": JSON, "href": query.link("/changes")},
        {"rel": "next", "type": JSON, "href": query.link("/changes", since=feed.token)},
    ]
    body = {
        "changes": [_change(change) for change in feed.entries],
        "token": feed.token,
        "more": feed.more,
        "links": links,
    }
    return msgspec.json.encode(body), JSON, feed.stamp


def _change(change: FeedEntry) -> dict[str, Any]:
    """Return an entry of the feed; `feature` is the event's current state, null if it is deleted."""
    feature = msgspec.Raw(change.feature) if change.feature and change.kind != "deleted" else None
    return {"type": change.kind, "id": change.id, "at": iso_time(change.at), "feature": feature}


def history(query: Query, id_: str) -> Response[bytes]:
    """Return every change of an event; only editors may see it."""
    entries = [_entry(entry) for entry in query.context.store.desk.history(id_)]
    return send(msgspec.json.encode({"id": id_, "history": entries}), JSON)


def corrections(id_: str, feature: bytes) -> bytes:
    """Return the history that readers see: the public corrections, which the Feature contains."""
    public = msgspec.json.decode(feature)["properties"].get("corrections", [])
    entries = [{"action": "corrected", **correction} for correction in public]
    return msgspec.json.encode({"id": id_, "history": entries})


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return entry._asdict()
