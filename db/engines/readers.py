"""Connections that only read: for files of backups and copies, and for an event loop."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from db.engines.reports import CommitState


class DatabaseReader(Protocol):
    """A connection for reading alone, outside SQLAlchemy; raises StoreUnavailable for the driver's errors."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""

    def stream(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows of a query as the database finds them."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Hold one snapshot of the database for all queries of the block."""

    def tables(self) -> set[str]:
        """Return the names of the tables."""

    def identity(self) -> str:
        """Return what two readers of the same database have in common, whatever addresses they were opened with."""

    def close(self) -> None:
        """Close the connection."""


class RemoteReader(Protocol):
    """Connections for an event loop. The methods return None if there is no answer within a short time."""

    async def rows(self, sql: str, params: Sequence[Any], stamp: str) -> list[Any] | None:
        """Return the rows of one query as of now; the first values of each are those of the query `stamp`."""

    async def newest(self, sql: str) -> Any:
        """Return the only row of a query that begins from now on; all who wait at the same time share one query."""

    async def commits(self) -> CommitState | None:
        """Return whether synchronous replicas confirm commits; None if there are none, or the primary is away."""

    def close(self) -> None:
        """Close the connections."""
