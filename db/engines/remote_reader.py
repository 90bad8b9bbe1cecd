"""What an event loop needs to read from a server."""

from collections.abc import Sequence
from typing import Any, Protocol


class RemoteReader(Protocol):
    """Connections for an event loop. The methods return None if there is no answer within a short time."""

    async def rows(self, sql: str, params: Sequence[Any], stamp: str) -> list[Any] | None:
        """Return the rows of one query as of now; the first values of each are those of the query `stamp`."""

    async def newest(self, sql: str) -> Any:
        """Return the only row of a query that begins from now on; all who wait at the same time share one query."""

    def close(self) -> None:
        """Close the connections."""
