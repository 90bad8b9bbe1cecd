"""Create the ASGI application from settings."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.types import ASGIApp, LifeSpanScope, Scope

from db.columns.memory import limit_heaps
from db.store import Store
from timeline.api import basemap, health, places
from timeline.api.description import documents, openapi
from timeline.api.editors import create, edit, imports, review
from timeline.api.events import categories, changes, index, items, maps, summary
from timeline.api.events.fast_path import fast_path
from timeline.api.http.admission import admission
from timeline.api.http.allowed_methods import list_methods
from timeline.api.http.authentication import Identify, authentication
from timeline.api.http.compression import compressed
from timeline.api.http.edge import edge
from timeline.api.http.not_modified import not_modified
from timeline.api.http.problems import respond
from timeline.api.http.without_primary import without_primary
from timeline.api.site import docs, embed, oembed, stills
from timeline.context import Context
from timeline.server_log import bound_log
from timeline.settings import Settings

_MAX_BODY_BYTES = 1024 * 1024
_SWITCH_SECONDS = 0.001
_REQUEST_THREADS = 64  # more than all slots of timeline.api.http.admission
# Pages of any site may read; only pages of this site may change events.
_CORS = CORSConfig(allow_origins=["*"], allow_methods=["GET", "HEAD", "OPTIONS"], expose_headers=["ETag"])
_HANDLERS = (
    *items.LISTS,
    items.event,
    create.create,
    *edit.HANDLERS,
    changes.changes,
    *imports.HANDLERS,
    *review.HANDLERS,
    summary.summary,
    index.index,
    *maps.HANDLERS,
    *basemap.HANDLERS,
    *stills.HANDLERS,
    categories.categories,
    places.geocode,
    places.reverse,
    health.health,
    openapi.openapi,
    *documents.HANDLERS,
    *embed.HANDLERS,
    oembed.oembed,
    *docs.HANDLERS,
)


class Application(Litestar):
    """A Litestar application inside its HTTP layers, also when another application mounts it."""

    answer: ASGIApp

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Any, send: Any) -> None:
        """Answer a request; the scope of an application around this one stays unchanged."""
        await self.answer(cast("Scope", scope), receive, send)

    def surround(self, layer: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put a layer around compression, fast path, keys and framework; it replaces the previous one."""
        context, identify = self.state["context"], self.state["identify"]
        admitted = admission()(super().__call__)
        with_keys = authentication(context, identify)(admitted)
        dated = without_primary(context.store)(with_keys)
        self.answer = layer(compressed(fast_path(context)(dated)))


def create_app(settings: Settings, identify: Identify | None = None) -> Application:
    """Return the application, to serve or to mount under any prefix; it answers to any host name.

    `identify` is called with the ASGI scope of a request without a key. It returns the
    `timeline.editing.roles.Editor` whom the host application has signed in, or None for a reader.

    The first request opens the database, the first that needs it the gazetteer. An application that mounts this one
    may close the database with `app.state["context"].store.close()`.
    """
    store = Store(
        settings.database_address,
        settings.read_timeout,
        ahead=True,
        replicas=settings.replica_addresses,
        connections=settings.database_connections,
    )
    context = Context(settings, store)

    @asynccontextmanager
    async def opened(_app: Litestar) -> AsyncIterator[None]:
        use_enough_threads()
        yield
        context.store.close()

    app = Application(
        route_handlers=list(_HANDLERS),  # plugins append to the list
        state=State({"context": context, "identify": identify}),
        lifespan=[opened],
        exception_handlers={Exception: respond},
        before_send=[list_methods],
        cors_config=_CORS,
        openapi_config=None,
        request_max_body_size=_MAX_BODY_BYTES,
    )
    app.surround(edge(settings, hosts=("*",)))
    return app


def use_enough_threads() -> None:
    """Let the running event loop start a thread for each request that holds a slot.

    Litestar runs handlers in the threads of the loop, by default the number of processors and four: a few slow requests
    would occupy all of them.
    """
    threads = ThreadPoolExecutor(_REQUEST_THREADS, thread_name_prefix="request")
    asyncio.get_running_loop().set_default_executor(threads)


def serve_app(settings: Settings) -> ASGIApp:
    """Return the application with its edge: checked hosts, trusted proxies of the settings, HEAD, and 304."""
    app = create_app(settings)
    app.surround(edge(settings))
    return not_modified(app.state["context"].store, bool(settings.trusted_proxies))(app)


def app_from_environment() -> ASGIApp:
    """Return the application with settings from the environment; a server process of `timeline serve` loads it."""
    limit_heaps()
    # A thread that waits for the interpreter gets it after this time instead of 5 ms. A page needs it dozens of times,
    # and two slow filters, which call Python for each event, would make each of them wait.
    sys.setswitchinterval(_SWITCH_SECONDS)
    app = serve_app(Settings())
    # A full collection need not visit these 130,000 objects, which took 0.25 s.
    gc.freeze()
    bound_log()  # after Litestar has set up its log
    return app
