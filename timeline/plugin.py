"""Add Dateline's pages and API to another Litestar application, behind that application's guards."""

from collections.abc import Sequence

from litestar import route
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from litestar.types import ASGIApp, Guard, Method, Receive, Scope, Send

from timeline.api.http.authentication import Identify
from timeline.app import create_app, use_enough_threads
from timeline.settings import Settings

_METHODS: tuple[Method, ...] = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class DatelinePlugin(InitPlugin):
    """Add all pages and routes of Dateline under `path` to a Litestar application.

        Litestar(route_handlers=[...], plugins=[DatelinePlugin(Settings(), path="/map", guards=[members_only])])

    The application's middleware and guards apply, and `guards` as well. Its exception handlers do not: errors are
    Dateline's problem documents. `identify` returns the editor of a request (see `timeline.app.create_app`). Raise
    ValueError for a path with parameters, a query or a space; expected one such as "/map".
    """

    def __init__(
        self,
        settings: Settings,
        path: str = "/map",
        guards: Sequence[Guard] = (),
        identify: Identify | None = None,
    ) -> None:
        if not path.startswith("/") or any(sign in path for sign in "{}?# "):
            raise ValueError(f"path: {path!r} is not a plain path; expected one such as /map")
        self.settings = settings
        self.path = path.rstrip("/")
        self.guards = tuple(guards)
        self.identify = identify

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add one handler for all addresses under the path, and close the database when the application stops."""
        app = create_app(self.settings, self.identify)
        prefix = self.path

        async def inner(scope: Scope, receive: Receive, send: Send) -> None:
            root = scope.get("root_path", "").rstrip("/")
            await app({**scope, "root_path": root + prefix, "path": root + scope["path"]}, receive, send)  # type: ignore[arg-type]  # a copy of the scope

        # Routes instead of a mount, because Litestar's mount of /map also matches /maps.
        @route(
            [prefix or "/", f"{prefix}/{{rest:path}}"],
            http_method=list(_METHODS),
            guards=list(self.guards),
            name=f"dateline{prefix}",
            include_in_schema=False,
        )
        async def dateline() -> ASGIApp:
            return inner

        app_config.route_handlers.append(dateline)
        app_config.on_startup.append(use_enough_threads)
        app_config.on_shutdown.append(app.state["context"].store.close)
        return app_config
