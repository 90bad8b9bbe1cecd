"""The application: settings in, an ASGI application out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.types import ASGIApp, LifeSpanScope, Scope

from db.columns.memory import thrifty
from db.store import Store
from timeline.api import basemap, health, places
from timeline.api.description import documents, openapi
from timeline.api.editors import edit, imports, review
from timeline.api.events import changes, exports, index, items, maps, summary
from timeline.api.events.fast_path import direct
from timeline.api.http.allowed_methods import tell
from timeline.api.http.authentication import Identify, guard
from timeline.api.http.edge import edge
from timeline.api.http.not_modified import unchanged
from timeline.api.http.problems import respond
from timeline.api.site import stills
from timeline.context import Context
from timeline.settings import Settings

_MAX_BODY = 1024 * 1024
# Everybody's pages may read; none but our own may change anything.
_CORS = CORSConfig(allow_origins=["*"], allow_methods=["GET", "HEAD", "OPTIONS"], expose_headers=["ETag"])


class Application(Litestar):
    """A Litestar application with its edge around it, also where another application mounts it."""

    answer: ASGIApp

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Any, send: Any) -> None:
        """Answer; the scope of an application around this one is left as it is."""
        await self.answer(cast("Scope", scope), receive, send)

    def surround(self, around: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put an edge around the framework, within it the short way and the keys; instead of the one before."""
        context, identify = self.state["context"], self.state["identify"]
        self.answer = around(direct(context)(guard(context, identify)(super().__call__)))


def create_app(settings: Settings, identify: Identify | None = None) -> Application:
    """Make the application, to serve or to mount under any prefix; which hosts are answered is the host's business.

    `identify` tells by a request's ASGI scope which `timeline.editing.roles.Editor` it is of, or None for a reader's,
    where the host application knows its own people and no key is sent.

    The database is opened by the first request, the gazetteer by the first that needs it. An application that mounts
    this one may close the database with `app.state["context"].store.close()`.
    """
    context = Context(settings, Store(settings.database_url, settings.read_timeout, ahead=True))

    @asynccontextmanager
    async def opened(_app: Litestar) -> AsyncIterator[None]:
        yield
        context.store.close()

    app = Application(
        route_handlers=[
            *items.LISTS,
            items.event,
            *edit.HANDLERS,
            changes.changes,
            *imports.HANDLERS,
            *review.HANDLERS,
            summary.summary,
            index.index,
            *maps.HANDLERS,
            *basemap.HANDLERS,
            *stills.HANDLERS,
            *exports.HANDLERS,
            summary.categories,
            places.geocode,
            places.reverse,
            health.health,
            openapi.openapi,
            *documents.HANDLERS,
        ],
        state=State({"context": context, "identify": identify}),
        lifespan=[opened],
        exception_handlers={Exception: respond},
        before_send=[tell],
        cors_config=_CORS,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1024, gzip_compress_level=5, exclude_opt_key="compressed"
        ),
        openapi_config=None,
        request_max_body_size=_MAX_BODY,
    )
    app.surround(edge(settings, hosts=("*",)))
    return app


def serve_app(settings: Settings) -> ASGIApp:
    """Make the application with its edge: hosts checked, proxies believed only when named, HEAD and 304 answered."""
    app = create_app(settings)
    app.surround(edge(settings))
    return unchanged(app.state["context"].store, bool(settings.trusted_proxies))(app)


def app_from_environment() -> ASGIApp:
    """Make the application from the environment; what a server process of `timeline serve` loads."""
    thrifty()
    return serve_app(Settings())
