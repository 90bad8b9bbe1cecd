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
        "detail": "This request cannot be read: its address is longer than 64 kB, or holds a space or a letter such "
        "as é that is not percent-encoded, or it is no HTTP at all; expected an address such as the example",
        "example": "/events?q=Umba%C3%BAba&datetime=2020/2023",
    }
)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools; what cannot be parsed is answered with a problem."""

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem, and close: what follows on the connection cannot be trusted."""
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
            b"cache-control: no-store\r\naccess-control-allow-origin: *\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n"
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
