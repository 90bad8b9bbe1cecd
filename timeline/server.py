"""Run uvicorn, which answers unreadable requests with a problem document as well.

Measured against Granian 2.8 on the machine of the first release, uvicorn answered as many requests. Only uvicorn lets
us answer a request that is not HTTP, or has too long an address, with a problem (RFC 9457) instead of an empty page.
"""

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from timeline.asgi_extensions import ABORT
from timeline.errors import UnreadableRequest


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools; a request that cannot be parsed is answered with a problem."""

    def on_message_begin(self) -> None:
        """Let the application drop the connection of the request that begins."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]  # ASGI names no type

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem and close the connection, because the rest of its bytes cannot be trusted."""
        # Imported here, so that the parent of several workers does not load the framework.
        from timeline.api.http.problems import problem_response

        status, headers, body = problem_response(UnreadableRequest())
        lines = [f"HTTP/1.1 {status} Bad Request", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        self.transport.write(head.encode("latin-1") + body)
        self.transport.close()


def run(host: str, port: int, workers: int = 1) -> None:
    """Serve the application of the environment until Ctrl-C or SIGTERM; each worker process creates its own."""
    uvicorn.run(
        "timeline.app:app_from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=Protocol,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
