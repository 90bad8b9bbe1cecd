"""The server process: uvicorn, with refusals below the application worded like all others.

Measured against Granian 2.8 on the machine of the first release, uvicorn answered as many requests, and it
alone lets a request that is no HTTP, or whose address is longer than its parser takes, be answered with a
problem (RFC 9457) rather than with an empty page.
"""

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_REFUSAL = msgspec.json.encode(
    {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "detail": "This is not an HTTP request that can be read, or its address is longer than 64 kB; "
        "expected a shorter one, such as /events?datetime=2020/2023&country=NL",
        "example": "/events?datetime=2020/2023&country=NL",
    }
)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools; what cannot be parsed is answered with a problem."""

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem, and close: what follows on the connection cannot be trusted."""
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
            b"cache-control: no-store\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        )
        self.transport.write(head % len(_REFUSAL) + _REFUSAL)
        self.transport.close()


def run(host: str, port: int, workers: int = 1) -> None:
    """Serve the application of the environment until Ctrl-C or SIGTERM; each worker makes its own."""
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
