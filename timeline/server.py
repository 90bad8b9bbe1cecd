"""Run uvicorn, which answers unreadable requests with a problem document as well.

Measured against Granian 2.8 on the machine of the first release, uvicorn answered as many requests. Only uvicorn lets
us answer a request that is not HTTP, or has too long an address, with a problem (RFC 9457) instead of an empty page.
"""

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_REFUSAL = msgspec.json.encode(
    {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "detail": "This request cannot be read: its address is longer than 64 kB, or contains a space or a letter such "
        "as é that is not percent-encoded, or it is not HTTP; expected an address such as the example",
        "example": "/events?q=Umba%C3%BAba&datetime=2020/2023",
    }
)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools; a request that cannot be parsed is answered with a problem."""

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem and close the connection, because the rest of its bytes cannot be trusted."""
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
            b"cache-control: no-store\r\naccess-control-allow-origin: *\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n"
        )
        self.transport.write(head % len(_REFUSAL) + _REFUSAL)
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
