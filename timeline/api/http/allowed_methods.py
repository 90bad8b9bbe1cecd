"""Which methods an address takes, for OPTIONS and for a refusal (RFC 9110, 9.3.7 and 15.5.6)."""

import re
from functools import lru_cache

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_PART = re.compile(r"{\w+(:\w+)?}")


def allowed(app: Litestar, path: str) -> list[str]:
    """List the methods of the routes that a path fits."""
    found = {
        each for route in app.routes if _fits(route.path, path) for each in getattr(route, "methods", ())
    }
    return sorted(found | {"HEAD"} if "GET" in found else found)


def _fits(template: str, path: str) -> bool:
    return _pattern(template).fullmatch(path.rstrip("/") or "/") is not None


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    plain = map(re.escape, _PART.split(template)[::2])
    holes = [".+" if kind == ":path" else "[^/]+" for kind in _PART.findall(template)]
    return re.compile("".join(text + hole for text, hole in zip(plain, [*holes, ""], strict=True)))


async def tell(message: Message, scope: Scope) -> None:
    """Answer OPTIONS with all methods: Litestar 2.25 tells of the one alone that was registered first."""
    if message["type"] == "http.response.start" and scope.get("method") == "OPTIONS":
        headers = MutableScopeHeaders.from_message(message)
        if "allow" in headers:
            headers["allow"] = ", ".join(allowed(scope["litestar_app"], scope["path"]))
