"""The quick no: who asks again for what it holds, while nothing was written, is told so ahead of the framework.

A 304 is remembered with the request's own bytes, all headers included, and the data version that it was true of. The
version is read from the database at each request, so that a write by anybody ends it.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from db.store import Store

MOST = 5_000
_LONGEST = 4_000  # bytes of headers and query that are worth to be remembered
_EMPTY: Any = {"type": "http.response.body", "body": b"", "more_body": False}

Key = tuple[object, ...]
Known = tuple[int, Any]


def unchanged(store: Store, by_client: bool) -> Callable[[ASGIApp], ASGIApp]:
    """Make the layer that answers 304 for what a client holds in the version that the database has now.

    `by_client` tells that it matters who asks, since some are trusted as proxies.
    """
    remembered: OrderedDict[Key, Known] = OrderedDict()

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            key = _key(scope, by_client)
            known = remembered.get(key) if key else None
            if known and store.version() == known[0]:
                await send(known[1])
                await send(_EMPTY)
                return
            await app(scope, receive, _remembering(send, remembered, key) if key else send)

        return serve

    return around


def _key(scope: Any, by_client: bool) -> Key | None:
    """Give all that a GET says, if it says what it holds already; None for any other request.

    A key has to be looked up each time: it may have been revoked.
    """
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = tuple(scope["headers"])
    names = {name for name, _ in headers}
    if b"if-none-match" not in names or b"authorization" in names:
        return None
    who = scope.get("client") if by_client else None
    where = (scope["scheme"], scope.get("root_path", ""), scope["path"], scope.get("raw_path"))
    return (*where, scope["query_string"], who and who[0], tuple(map(tuple, headers)))


def _remembering(send: Send, remembered: OrderedDict[Key, Known], key: Key) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 304:
            tag = next((value for name, value in message["headers"] if name == b"etag"), b"")
            version = tag.removeprefix(b"W/").strip(b'"').partition(b"-")[0]
            # The tag of a single event counts its own revisions ("r3-…"), and is not for here.
            if version.isdigit() and len(repr(key)) < _LONGEST:
                remembered[key] = (int(version), message)
                if len(remembered) > MOST:
                    remembered.popitem(last=False)
        await send(message)

    return serve
