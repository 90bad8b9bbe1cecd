"""Which requests are answered at once: reads take a slot of their kind, so that slow ones leave threads to the others.

A request is slow if its address names something that no column in memory answers: the cost of a filter is known only
when it has been paid. A slot is free again when the response begins; its bytes are sent without one. Editors have slots
of their own, so that no crowd of readers keeps them from working.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import parse_qsl

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from timeline.api.http.problems import send_problem
from timeline.api.http.query import EDITOR
from timeline.api.http.slots import Slots
from timeline.errors import Overloaded

MAX_READS = 16
MAX_SEARCHES = 4
MAX_FILTERS = 2
MAX_PICTURES = 2
MAX_LARGE_PAGES = 3  # each builds up to 50 MB
LARGE_PAGE_EVENTS = 1_000
MAX_GEOCODINGS = 4
MAX_EDITOR_READS = 8
READ_WAIT_SECONDS = 2.0
_SEARCH_PARAMETERS = frozenset(("q", "tag", "within", "sortby"))
_PICTURES = ("/events.png", "/events.svg")
_GEOCODING = ("/geocode", "/reverse")
# Files, and /health, which must answer while all slots are taken.
_WITHOUT_SLOT = ("/health", "/static/", "/assets/", "/basemap/", "/embed.js", "/favicon.ico")


def admission() -> Callable[[ASGIApp], ASGIApp]:
    """Return the layer that lets reads wait for a slot, and answers 503 to those that wait for too long."""
    slots_of = _slots_by_request()

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            slots = slots_of(scope)
            if slots is None:
                await app(scope, receive, send)
                return
            async with AsyncExitStack() as taken:
                try:
                    await taken.enter_async_context(slots.slot())
                except Overloaded as error:
                    await send_problem(send, error)
                    return
                await app(scope, receive, _releasing(send, taken))

        return serve

    return layer


def _releasing(send: Send, taken: AsyncExitStack) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            await taken.aclose()
        await send(message)

    return serve


def _slots_by_request() -> Callable[[Any], Slots | None]:
    reads = Slots("reads", MAX_READS, READ_WAIT_SECONDS)
    searches = Slots("searches", MAX_SEARCHES, READ_WAIT_SECONDS)
    filters = Slots("reads with a filter", MAX_FILTERS, READ_WAIT_SECONDS)
    large_pages = Slots(
        f"pages of more than {LARGE_PAGE_EVENTS:,} events", MAX_LARGE_PAGES, READ_WAIT_SECONDS
    )
    pictures = Slots("pictures", MAX_PICTURES, READ_WAIT_SECONDS)
    geocodings = Slots("requests to the geocoder", MAX_GEOCODINGS, READ_WAIT_SECONDS)
    of_editors = Slots("reads of editors", MAX_EDITOR_READS, READ_WAIT_SECONDS)

    def slots_of(scope: Any) -> Slots | None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_WITHOUT_SLOT):
            return None
        if scope.get(EDITOR) is not None:
            return of_editors
        path: str = scope["path"].rstrip("/")
        if path in _GEOCODING:
            return geocodings
        values = dict(parse_qsl(scope["query_string"].decode("ascii", "replace")))
        if "filter" in values:
            return filters
        if _is_large(values.get("limit", "")):
            return large_pages
        if path in _PICTURES:
            return pictures
        return reads if _SEARCH_PARAMETERS.isdisjoint(values) else searches

    return slots_of


def _is_large(limit: str) -> bool:
    # The handler refuses a limit that is no number, or a longer one.
    return limit.isdecimal() and len(limit) < 10 and int(limit) > LARGE_PAGE_EVENTS
