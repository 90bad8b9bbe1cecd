"""Mark answers that replicas give while the primary database is away: they may be older than its last write."""

import time
from collections.abc import Callable
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from db.store import Store

_WARNING = b'110 - "Response is Stale: the primary database does not answer"'


def without_primary(store: Store) -> Callable[[ASGIApp], ASGIApp]:
    """Return the layer that adds `Warning` and `Age` (RFC 9111, 5.1 and 5.5) to reads without the primary.

    `Age` is the time since the primary last answered, in seconds: the data are not older than that.
    """

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, _marking(store, send))

        return serve

    return layer


def _marking(store: Store, send: Send) -> Send:
    begin = time.monotonic()

    async def serve(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] < 500:
            seconds = store.seconds_without_primary(begin)
            if seconds is not None:
                marks = [(b"warning", _WARNING), (b"age", str(int(seconds)).encode())]
                message = {**message, "headers": [*message["headers"], *marks]}
        await send(message)

    return serve
