"""Keys at the door: whose request it is, wrong keys slowed down, and nothing of an editor's answers kept by a cache."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import anyio.to_thread
import msgspec
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Send

from db.editing.api_keys import Role
from db.errors import DbError
from timeline.api.http.asked import EDITOR, editor_of
from timeline.api.http.problems import MEDIA_TYPE, problem
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import Busy, CrossSite, Unauthorized

_FREE = 5  # wrong keys in a row that cost nothing
_LONGEST = 16.0  # seconds
_WAITING = 5  # requests of one address that may wait for the wrong keys of others
_ADDRESSES = 10_000
_FORGET = 3600.0  # seconds after which wrong keys of an address are forgotten
_SAFE = ("GET", "HEAD", "OPTIONS")  # RFC 9110, 9.2.1
_HOW = "expected the header 'Authorization: Bearer KEY', with a key of 'timeline keys create'"

Identify = Callable[[Any], Editor | None]


class _Line:
    """The requests of one address that bring a key: one after the other, and how many they are."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.length = 0


class Attempts:
    """Wrong keys in a row by address; from the sixth on the next key waits, twice as long after each wrong one.

    Each process counts for itself. Keys of one address are looked up one by one, so that a hundred at once are told
    no more than a hundred in a row.
    """

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for the turn of a request; raise Busy where wrong keys hold up too many of its address."""
        line = self._lines.setdefault(address, _Line())
        line.length += 1
        try:
            self._check(address, line)
            async with line.turn:
                self._check(address, line)
                await asyncio.sleep(self._pause(address))
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[address]

    def _check(self, address: str, line: _Line) -> None:
        if self._pause(address) and line.length > _WAITING:
            raise Busy("too many wrong keys from this address; wait a little, and check the key")

    def _pause(self, address: str) -> float:
        """Tell for how many seconds the next key of an address has to wait."""
        wrong, since = self._wrong.get(address, (0, 0.0))
        if wrong < _FREE:
            return 0.0
        return max(0.0, since + min(2.0 ** (wrong - _FREE), _LONGEST) - time.monotonic())

    def wrong(self, address: str) -> None:
        """Count a wrong key."""
        now = time.monotonic()
        before, since = self._wrong.pop(address, (0, now))
        self._wrong[address] = ((before if now - since < _FORGET else 0) + 1, now)
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the wrong ones: they were a slip."""
        self._wrong.pop(address, None)


def guard(context: Context, identify: Identify | None = None) -> Callable[[ASGIApp], ASGIApp]:
    """Make the layer that finds out whose request it is; `identify` asks the host application where no key is sent."""
    attempts = Attempts()

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            key = _key(scope)
            try:
                if key is None:
                    editor = identify(scope) if identify else None
                    _same_site(context.settings.base_url, scope, editor)
                else:
                    editor = await _known(context, attempts, scope, key)
            except (Unauthorized, CrossSite, Busy, DbError) as error:
                await _refuse(send, error)
                return
            if editor is None:
                await app(scope, receive, send)
            else:
                await app(cast("Any", {**scope, EDITOR: editor}), receive, _private(send))

        return serve

    return around


def _key(scope: Any) -> str | None:
    """Read the key of a request; another scheme than Bearer is between the client and a proxy, and not for us."""
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            scheme, _, key = str(value, "latin-1").partition(" ")
            if scheme.lower() == "bearer":
                return key.strip()
    return None


def _same_site(base: str | None, scope: Any, editor: Editor | None) -> None:
    """Raise CrossSite for a change that another site's page may have a browser send along with the host's cookie.

    Browsers say where a request comes from (Fetch Metadata, 2.2; RFC 6454, 7.3), and send no header of another site's
    making without asking first. Who says nothing, and sends no credentials of its own making, is no browser we trust.
    """
    if editor is None or scope["method"] in _SAFE:
        return
    said = {name.lower(): str(value, "latin-1") for name, value in scope["headers"]}
    site, origin = said.get(b"sec-fetch-site"), said.get(b"origin")
    if site is not None:
        own = site == "same-origin"
    elif origin is not None:
        own = urlsplit(origin).netloc.lower() in {
            said.get(b"host", "").lower(),
            urlsplit(base or "").netloc.lower(),
        } - {""}
    else:
        own = b"authorization" in said
    if not own:
        raise CrossSite(
            "A change that the host application vouches for comes from a page of the same origin, or carries the"
            " header 'Authorization: Bearer KEY'; this one came from elsewhere"
        )


async def _known(context: Context, attempts: Attempts, scope: Any, key: str) -> Editor:
    address = str((scope.get("client") or ("",))[0])
    async with attempts.turn(address):
        found = await anyio.to_thread.run_sync(context.store.desk.holder, key)
        if found is None:
            attempts.wrong(address)
            raise Unauthorized(f"This key is wrong or was revoked; {_HOW}")
        attempts.right(address)
    return Editor(found.name, found.role)


def demanded(request: Request[Any, Any, Any], role: Role = "editor", what: str = "this") -> Editor:
    """Give the editor; raise Unauthorized where there is none, Forbidden where the role is too low."""
    found = editor_of(request)
    if found is None:
        raise Unauthorized(f"Only editors may do this; {_HOW}")
    found.need(role, what)
    return found


def _private(send: Send) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
            message = {**message, "headers": [*kept, (b"cache-control", b"private, no-store")]}
        await send(message)

    return serve


async def _refuse(send: Send, error: Exception) -> None:
    found = problem(error)
    body = msgspec.json.encode(found)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
        (b"vary", b"Authorization"),
    ]
    if found["status"] == 401:
        headers.append((b"www-authenticate", b'Bearer realm="Dateline"'))
    if found["status"] in (429, 503):
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": found["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
