"""The documentation page, and the files that pages load."""

import errno
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.file_system import BaseLocalFileSystem
from litestar.static_files import create_static_files_router
from litestar.types import FileInfo, PathType

from timeline.api.http.answers import send, site
from timeline.api.http.media_types import HTML
from timeline.api.http.query import read_query
from timeline.api.params.tables import DOCUMENT
from timeline.web.render import ASSETS, STATIC, render_docs


@get("/docs", name="docs", sync_to_thread=True)
def docs(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the documentation of the API as a page, with assets of our own."""
    query = read_query(request, DOCUMENT, format="html")
    return send(render_docs(site(query)).encode(), HTML)


class _OwnFiles(BaseLocalFileSystem):
    """The files of this package; a path that no file can have names none."""

    async def info(self, path: PathType, **kwargs: Any) -> FileInfo:
        """Return information about a file; raise FileNotFoundError, which is answered with 404."""
        try:
            return await super().info(path, **kwargs)
        except ValueError:  # a NUL character
            raise FileNotFoundError(errno.ENOENT, "no such file") from None
        except OSError as error:  # such as a name of 5,000 letters, or a file in place of a folder
            raise FileNotFoundError(error.errno, "no such file") from None


# The address contains a hash of the files, so that browsers may keep them for ever.
assets = create_static_files_router(
    path=ASSETS,
    directories=[STATIC],
    name="assets",
    file_system=_OwnFiles(),
    cache_control=CacheControlHeader(public=True, max_age=365 * 86_400, immutable=True),
    include_in_schema=False,
)
static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    name="static",
    file_system=_OwnFiles(),
    cache_control=CacheControlHeader(no_cache=True),
    include_in_schema=False,
)

HANDLERS: list[Any] = [docs, assets, static]
