"""The methods that an address allows, for OPTIONS and for a 405 (RFC 9110, 9.3.7 and 15.5.6)."""

import re
from functools import lru_cache

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_PATH_PARAMETER = re.compile(r"{\w+(:\w+)?}")


def allowed_methods(app: Litestar, path: str) -> list[str]:
    """Return the methods of all routes that match a path, in alphabetical order."""
    methods = {
        method
        for route in app.routes
        if _matches(route.path, path)
        for method in getattr(route, "methods", ())
    }
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _matches(template: str, path: str) -> bool:
    return _pattern(template).fullmatch(path.rstrip("/") or "/") is not None


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    literals = map(re.escape, _PATH_PARAMETER.split(template)[::2])
    kinds = _PATH_PARAMETER.findall(template)
    holes = [".+" if kind == ":path" else "[^/]+" for kind in kinds]
    return re.compile("".join(text + hole for text, hole in zip(literals, [*holes, ""], strict=True)))


async def list_methods(message: Message, scope: Scope) -> None:
    """Put all methods into the Allow header of OPTIONS: Litestar 2.25 names only the one registered first."""
    if message["type"] == "http.response.start" and scope.get("method") == "OPTIONS":
        headers = MutableScopeHeaders.from_message(message)
        if "allow" in headers:
            headers["allow"] = ", ".join(allowed_methods(scope["litestar_app"], scope["path"]))
