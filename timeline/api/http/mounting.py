"""Where the application stands: the prefix under which another application, or a server, has mounted it."""

import re
from typing import Any
from urllib.parse import quote, unquote

from litestar.types import Message, Send
from litestar.utils.scope.state import CONNECTION_STATE_KEY

_ROOT = "dateline.root"


def placed(scope: Any) -> Any:
    """Part a request's path from the prefix that the application is mounted under; give a scope of our own.

    Hosts differ: by the ASGI specification `path` holds `root_path` (Starlette, uvicorn); Litestar cuts the prefix from
    `path`, puts a slash at its end and says so nowhere: what `raw_path` has more than `path` is the prefix then.
    """
    root, path = scope.get("root_path", "").rstrip("/"), scope["path"]
    if root and (path + "/").startswith(root + "/"):
        path = path[len(root) :]
    else:
        root = _cut(root, path, unquote(scope.get("raw_path", b"").split(b"?")[0].decode("latin-1")))
    # One slash each: an address that begins with two would name a host.
    root = quote(re.sub("/{2,}", "/", root).rstrip("/")) if root else ""
    state = {name: value for name, value in scope.get("state", {}).items() if name != CONNECTION_STATE_KEY}
    return {**scope, "path": path or "/", "root_path": "", "state": state, _ROOT: root}


def _cut(root: str, path: str, sent: str) -> str:
    tail, whole = path.rstrip("/"), sent.rstrip("/")
    prefix = whole[: len(whole) - len(tail)] if whole.endswith(tail) else ""
    return prefix if prefix.startswith(root) else root + prefix


def root_of(scope: Any) -> str:
    """Give the prefix, percent-encoded, without a slash at its end; "" for none."""
    found: str = scope.get(_ROOT, scope.get("root_path", "").rstrip("/"))
    return found


def is_placed(scope: Any) -> bool:
    """Tell whether the edge has seen this request already."""
    return _ROOT in scope


def once_compressed(scope: Any, send: Send) -> Send:
    """Keep a Litestar application around ours from compressing what is compressed: it looks for no such header."""
    around = scope.get("state", {}).get(CONNECTION_STATE_KEY)
    if around is None:
        return send

    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            around.is_cached = any(name.lower() == b"content-encoding" for name, _ in message["headers"])
        await send(message)

    return serve
