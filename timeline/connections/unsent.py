"""The memory of responses that clients have not taken yet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.connections.http_connection import HttpConnection

SEND_BUFFER_BYTES = 256 * 1024  # otherwise Linux takes up to 4 MB for each client that reads nothing
MAX_UNSENT_BYTES = 256 * 1024 * 1024
LARGE_RESPONSE_BYTES = 1024 * 1024


def limit_unsent(connections: "Iterable[HttpConnection]") -> None:
    """Abort the connections that have taken nothing for the longest time until MAX_UNSENT_BYTES suffice."""
    unsent = {connection: connection.transport.get_write_buffer_size() for connection in connections}
    total = sum(unsent.values())
    for connection in sorted(unsent, key=lambda each: each.stalled_since()):
        if total <= MAX_UNSENT_BYTES:
            return
        if unsent[connection]:
            total -= unsent[connection]
            connection.transport.abort()
