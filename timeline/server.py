"""Run uvicorn with our own connections, which have limits and answer unreadable requests with a problem document.

Measured against Granian 2.8 on the machine of the first release, uvicorn answered as many requests. Only uvicorn lets
us answer a request that is not HTTP, or has too long an address, with a problem (RFC 9457) instead of an empty page.
"""

import uvicorn

from timeline.connections.http_connection import HttpConnection

WORKER_HEALTH_SECONDS = 20


def run(host: str, port: int, workers: int = 1) -> None:
    """Serve the application of the environment until Ctrl-C or SIGTERM; each worker process creates its own."""
    uvicorn.run(
        "timeline.app:app_from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=HttpConnection,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        # A worker that does not answer its parent for so long is replaced, like one that has ended.
        timeout_worker_healthcheck=WORKER_HEALTH_SECONDS,
    )
