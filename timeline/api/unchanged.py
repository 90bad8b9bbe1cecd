"""The quick no: a client that holds this version already is told so ahead of the framework.

What an answer depended on is remembered from the last time that it was made: the request's own bytes, and the part of
its entity tag that does not change with the data. The data version is read from the database at each request.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from db.store import Store

MOST = 20_000
_LONGEST = 2_000
# What an answer, or whether a request is answered at all, may depend on.
_ASKING = frozenset(
    (b"host", b"accept", b"accept-language", b"accept-encoding", b"origin", b"forwarded", b"authorization",
     b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"range")
)  # fmt: skip
_SAID = frozenset(
    (b"cache-control", b"vary", b"access-control-allow-origin", b"access-control-expose-headers",
     b"x-content-type-options")
)  # fmt: skip

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The part of an entity tag after the version, and the headers that go with it."""

    rest: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def unchanged(store: Store, by_client: bool) -> Callable[[ASGIApp], ASGIApp]:
    """Make the layer that answers 304 for what a client holds in the version that the database has now.

    `by_client` tells that it matters who asks, since some are trusted as proxies.
    """
    remembered: OrderedDict[Key, Known] = OrderedDict()

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            held = _held(scope)
            if held is None:
                await app(scope, receive, send)
                return
            key = _key(scope, by_client)
            known = remembered.get(key)
            tag = _current(store, known, held) if known else None
            if known and tag:
                headers = [(b"etag", tag), *known.headers]
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await app(scope, receive, _remembering(send, remembered, key))

        return serve

    return around


def _held(scope: Any) -> bytes | None:
    """Give what a GET says that it holds; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    return next((value for name, value in scope["headers"] if name == b"if-none-match"), None)


def _key(scope: Any, by_client: bool) -> Key:
    asking = tuple(pair for pair in scope["headers"] if pair[0] in _ASKING)
    client = scope.get("client")
    root = scope.get("root_path", "")
    return (
        scope["path"],
        scope.get("raw_path"),
        scope["query_string"],
        root,
        scope["scheme"],
        client and client[0],
        asking,
    )


def _current(store: Store, known: Known, held: bytes) -> bytes | None:
    """Find the tag of this version among those that the client holds, in any encoding (RFC 9110, 13.1.2)."""
    version = store.version()
    if version is None:
        return None
    tag = b'"%d-%b' % (version, known.rest)
    for part in held.split(b","):
        plain = part.strip().removeprefix(b"W/")
        if plain.startswith(tag) and plain[len(tag) :] in (b'"', b'-gzip"'):
            return plain
    return None


def _remembering(send: Send, remembered: OrderedDict[Key, Known], key: Key) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in (200, 304):
            headers = list(message["headers"])
            tag = next((value for name, value in headers if name == b"etag"), b"")
            version, _, rest = tag.strip(b'"').partition(b"-")
            # The tag of a single event counts its own revisions ("r3-…"), and is not for here.
            if version.isdigit() and len(repr(key)) < _LONGEST:
                said = tuple((name, value) for name, value in headers if name in _SAID)
                remembered[key] = Known(rest.removesuffix(b"-gzip"), said)
                remembered.move_to_end(key)
                if len(remembered) > MOST:
                    remembered.popitem(last=False)
        await send(message)

    return serve
