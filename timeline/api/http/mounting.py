"""The prefix under which another application, or a server, has mounted this one."""

import re
from typing import Any
from urllib.parse import quote, unquote

from litestar.types import Message, Send
from litestar.utils.scope.state import CONNECTION_STATE_KEY

_ROOT = "dateline.root"


def mounted(scope: Any) -> Any:
    """Return a new scope whose path lacks the prefix that the application is mounted under; `root_of` returns that.

    Hosts differ: by the ASGI specification `path` contains `root_path` (Starlette, uvicorn). Litestar removes the
    prefix from `path`, appends a slash, and does not say so: the prefix is what `raw_path` has more than `path`.
    """
    root, path = scope.get("root_path", "").rstrip("/"), scope["path"]
    if root and (path + "/").startswith(root + "/"):
        path = path[len(root) :]
    else:
        root = _removed_prefix(
            root, path, unquote(scope.get("raw_path", b"").split(b"?")[0].decode("latin-1"))
        )
    # Single slashes: an address that begins with two would name a host.
    root = quote(re.sub("/{2,}", "/", root).rstrip("/")) if root else ""
    state = {name: value for name, value in scope.get("state", {}).items() if name != CONNECTION_STATE_KEY}
    return {**scope, "path": path or "/", "root_path": "", "state": state, _ROOT: root}


def _removed_prefix(root: str, path: str, raw_path: str) -> str:
    path, raw_path = path.rstrip("/"), raw_path.rstrip("/")
    prefix = raw_path[: len(raw_path) - len(path)] if raw_path.endswith(path) else ""
    return prefix if prefix.startswith(root) else root + prefix


def root_of(scope: Any) -> str:
    """Return the prefix, percent-encoded, without a slash at its end; "" for none."""
    root: str = scope.get(_ROOT, scope.get("root_path", "").rstrip("/"))
    return root


def is_mounted(scope: Any) -> bool:
    """Return whether `mounted` has made this scope, so that the edge does not run twice."""
    return _ROOT in scope


def without_double_compression(scope: Any, send: Send) -> Send:
    """Keep a Litestar application around ours from compressing a response again: it ignores Content-Encoding."""
    outer_state = scope.get("state", {}).get(CONNECTION_STATE_KEY)
    if outer_state is None:
        return send
    start: Any = None

    async def serve(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            outer_state.is_cached = any(name.lower() == b"content-encoding" for name, _ in message["headers"])
            start = message
        await send(message)
        if message["type"] == "http.response.body" and message.get("more_body") and start is not None:
            # Litestar 2.25 sends the start of a cached response again with every chunk: make it an empty chunk.
            start.clear()
            start.update(type="http.response.body", body=b"", more_body=True)
            start = None

    return serve
