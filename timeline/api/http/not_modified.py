"""Answer repeated conditional GETs with 304 before they reach Litestar, as long as the database has not changed.

A 304 is remembered by all bytes of its request, headers included, together with its data version. Each request reads
the version from the database, so that a write by any process ends the match.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from db.store import Store

MAX_RESPONSES_REMEMBERED = 5_000  # requests
_MAX_KEY_LENGTH = 4_000  # characters of headers and query of a request that is remembered
_EMPTY_BODY: Any = {"type": "http.response.body", "body": b"", "more_body": False}

RequestKey = tuple[object, ...]
Remembered = tuple[int, Any]  # data version, and the message that starts the 304


def not_modified(store: Store, by_client: bool) -> Callable[[ASGIApp], ASGIApp]:
    """Return the layer that answers 304 while the database has the version that the client holds.

    `by_client`: the client's address is part of the request, since some addresses are trusted proxies.
    """
    remembered: OrderedDict[RequestKey, Remembered] = OrderedDict()

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            key = _request_key(scope, by_client)
            entry = remembered.get(key) if key else None
            if entry and await store.quick.version() == entry[0]:
                await send(entry[1])
                await send(_EMPTY_BODY)
                return
            await app(scope, receive, _remembering(send, remembered, key) if key else send)

        return serve

    return layer


def _request_key(scope: Any, by_client: bool) -> RequestKey | None:
    """Return everything that a conditional GET consists of; None for any other request, and for one with a key.

    A key has to be looked up each time: it may have been revoked.
    """
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = tuple(scope["headers"])
    names = {name for name, _ in headers}
    if b"if-none-match" not in names or b"authorization" in names:
        return None
    client = scope.get("client") if by_client else None
    address = (scope["scheme"], scope.get("root_path", ""), scope["path"], scope.get("raw_path"))
    return (*address, scope["query_string"], client and client[0], tuple(map(tuple, headers)))


def _remembering(send: Send, remembered: OrderedDict[RequestKey, Remembered], key: RequestKey) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 304:
            tag = next((value for name, value in message["headers"] if name == b"etag"), b"")
            version = tag.removeprefix(b"W/").strip(b'"').partition(b"-")[0]
            # The tag of a single event contains its own revision ("r3-…"), not the data version.
            if version.isdigit() and len(repr(key)) < _MAX_KEY_LENGTH:
                remembered[key] = (int(version), message)
                if len(remembered) > MAX_RESPONSES_REMEMBERED:
                    remembered.popitem(last=False)
        await send(message)

    return serve
