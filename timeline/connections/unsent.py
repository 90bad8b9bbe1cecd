"""The memory of responses that clients have not taken yet."""

import asyncio
import fcntl
import termios
from array import array
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.connections.http_connection import HttpConnection

SEND_BUFFER_BYTES = 256 * 1024  # otherwise Linux takes up to 4 MB for each client that reads nothing
MAX_UNSENT_BYTES = 256 * 1024 * 1024
LARGE_RESPONSE_BYTES = 1024 * 1024


def unsent_bytes(transport: asyncio.Transport) -> int:
    """Return the bytes that a client has not taken; 0 if all are in the system's buffer.

    That buffer (Linux's SIOCOUTQ) counts as well: from it a slow client may take a few kB a second for minutes before
    this process can write again.
    """
    written = transport.get_write_buffer_size()
    if not written:
        return 0
    in_system = array("i", [0])
    with suppress(OSError):  # other systems than Linux
        fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, in_system)
    return written + in_system[0]


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
