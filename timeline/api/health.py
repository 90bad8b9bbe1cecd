"""Is it alive, and does it hold events?"""

from importlib.metadata import version
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from timeline.api.http.answers import send_json
from timeline.api.http.asked import ask
from timeline.api.params.tables import FORMAT


@get("/health", name="health", sync_to_thread=True)
def health(request: Request[Any, Any, State]) -> Response[bytes]:
    """Answer `ok` with the program's version and the data version, or a 503 that says what is wrong."""
    asked = ask(request, (FORMAT,))
    stamp = asked.context.store.stamp()
    answer = send_json({"status": "ok", "version": version("dateline"), "data_version": stamp.version})
    answer.headers["Cache-Control"] = "no-store"
    return answer
