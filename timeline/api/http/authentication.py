"""The editor behind a request: keys are looked up before any handler, and no cache keeps a response to an editor."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, cast
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Send

from db.errors import DbError
from timeline.api.http.problems import send_problem
from timeline.api.http.query import EDITOR, editor_of
from timeline.api.http.shared_attempts import SharedAttempts
from timeline.api.http.throttle import Attempts
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import Busy, CrossSite, Unauthorized

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110, 9.2.1
_EXPECTED = "expected the header 'Authorization: Bearer KEY', with a key of 'timeline keys create'"

# Their own: imports may keep all threads that share the default limit waiting for the database.
_KEY_THREADS = anyio.CapacityLimiter(4)

Identify = Callable[[Any], Editor | None]


def authentication(context: Context, identify: Identify | None = None) -> Callable[[ASGIApp], ASGIApp]:
    """Return the layer that finds the editor of a request; requests without a key go to `identify`, if given."""
    attempts = Attempts()
    shared = SharedAttempts(attempts, context.store.desk)

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            key = _key(scope)
            try:
                if key is None:
                    editor = identify(scope) if identify else None
                    _check_same_site(context.settings.base_url, scope, editor)
                else:
                    editor = await _editor_with_key(context, (attempts, shared), scope, key)
            except (Unauthorized, CrossSite, Busy, DbError) as error:
                await send_problem(send, error)
                return
            if editor is None:
                await app(scope, receive, send)
            else:
                await app(cast("Any", {**scope, EDITOR: editor}), receive, _without_caching(send))

        return serve

    return layer


def _key(scope: Any) -> str | None:
    """Return the key of a request; a scheme other than Bearer is between the client and a proxy."""
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            scheme, _, key = str(value, "latin-1").partition(" ")
            if scheme.lower() == "bearer":
                return key.strip()
    return None


def _check_same_site(base: str | None, scope: Any, editor: Editor | None) -> None:
    """Raise CrossSite for a change that a page of another site may send with the cookie of the host application.

    Browsers name the origin of a request (Fetch Metadata, 2.2; RFC 6454, 7.3), and do not let a page of another site
    set further headers without a preflight. A request without Sec-Fetch-Site, Origin or Authorization is refused: an
    old browser may be sending it with the host's cookie on behalf of another site.
    """
    if editor is None or scope["method"] in _SAFE_METHODS:
        return
    headers = {name.lower(): str(value, "latin-1") for name, value in scope["headers"]}
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        same = site == "same-origin"
    elif origin is not None:
        own_hosts = {headers.get(b"host", "").lower(), urlsplit(base or "").netloc.lower()} - {""}
        same = urlsplit(origin).netloc.lower() in own_hosts
    else:
        same = b"authorization" in headers
    if not same:
        raise CrossSite(
            "This change was sent from another site. Expected a change by a user of the host application to come from"
            " a page of the same origin, or to carry the header 'Authorization: Bearer KEY'"
        )


async def _editor_with_key(
    context: Context, counters: tuple[Attempts, SharedAttempts], scope: Any, key: str
) -> Editor:
    address, (attempts, shared) = str((scope.get("client") or ("",))[0]), counters
    if not attempts.is_known(key):
        await shared.read(address)
    async with nullcontext() if attempts.is_known(key) else attempts.turn(address):
        holder = await anyio.to_thread.run_sync(context.store.desk.holder, key, limiter=_KEY_THREADS)
        if holder is None:
            attempts.wrong(address, key)
            shared.wrong(address)
            raise Unauthorized(f"This key is wrong or was revoked; {_EXPECTED}")
        if attempts.has_wrong(address) and not attempts.is_known(key):
            shared.right(address)
        attempts.right(address, key)
    return Editor(holder.name, holder.role)


def require_editor(request: Request[Any, Any, Any], action: str) -> Editor:
    """Return the editor; raise Unauthorized if there is none, Forbidden if the role is too low for the action."""
    editor = editor_of(request)
    if editor is None:
        raise Unauthorized(f"Only editors may do this; {_EXPECTED}")
    editor.need("editor", action)
    return editor


def _without_caching(send: Send) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
            message = {**message, "headers": [*headers, (b"cache-control", b"private, no-store")]}
        await send(message)

    return serve
