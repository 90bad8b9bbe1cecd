"""What became of events: the feed of changes for copies, and the history of one event."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from db.dates.calendar import iso_time
from db.query.results import Stamp
from db.writing.feed import FeedEntry
from db.writing.history import HistoryEntry
from timeline.api.http.answers import JSON, cached, send
from timeline.api.http.asked import Asked, ask
from timeline.api.params.tables import FORMAT, MAX_LIMIT, Parameter, parse_limit
from timeline.errors import BadParameter

SINCE = Parameter(
    "since", "where to go on: the `token` of the answer before; `now` for what comes from now on; none for everything",
    {"type": "string"}, "3f9c21aa-1200-0",
)  # fmt: skip
_LIMIT = Parameter(
    "limit", f"changes in one answer; more than {MAX_LIMIT:,} is clamped",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 1000}, "1000",
)  # fmt: skip
CHANGES = (SINCE, _LIMIT, FORMAT)
HISTORY = (FORMAT,)


@get("/changes", name="changes", sync_to_thread=True)
def changes(request: Request[Any, Any, State]) -> Response[bytes]:
    """List what came, changed and went, in order; who follows it holds what an export gives."""
    asked = ask(request, CHANGES, form="json")
    limit = parse_limit({"limit": "1000", **asked.values})
    return cached(request, asked, lambda: _feed(asked, limit))


def _feed(asked: Asked, limit: int) -> tuple[bytes, str, Stamp | None]:
    stamp = asked.context.store.stamp()
    since = asked.values.get("since")
    try:
        feed = asked.context.store.desk.changes(since, limit)
    except ValueError:
        raise BadParameter(
            "since",
            f"{(since or '')[:80]!r} is no token of this feed",
            "since=now, or the token of an answer",
        ) from None
    links = [
        {"rel": "self", "type": JSON, "href": asked.link("/changes")},
        {"rel": "next", "type": JSON, "href": asked.link("/changes", since=feed.token)},
    ]
    body = {
        "changes": [_change(each) for each in feed.entries],
        "token": feed.token,
        "more": feed.more,
        "links": links,
    }
    return msgspec.json.encode(body), JSON, stamp


def _change(one: FeedEntry) -> dict[str, Any]:
    """Write an entry; `feature` is the event as it is now, null where it is gone by now."""
    feature = msgspec.Raw(one.feature) if one.feature and one.kind != "deleted" else None
    return {"type": one.kind, "id": one.id, "at": iso_time(one.at), "feature": feature}


def history(asked: Asked, id_: str) -> Response[bytes]:
    """Answer with every change of an event, which is for editors alone."""
    entries = [_entry(each) for each in asked.context.store.desk.history(id_)]
    return send(msgspec.json.encode({"id": id_, "history": entries}), JSON)


def corrections(id_: str, feature: bytes) -> bytes:
    """Write the history that readers are told: the public corrections, which the Feature holds."""
    said = msgspec.json.decode(feature)["properties"].get("corrections", [])
    return msgspec.json.encode({"id": id_, "history": [{"action": "corrected", **each} for each in said]})


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return entry._asdict()
