"""psycopg's own connections under SQLAlchemy's."""

import math
from typing import Any, cast

import psycopg
from psycopg.pq import Format
from sqlalchemy import Connection

Driver = psycopg.Connection[Any]
"""psycopg's connection, whose rows are tuples."""


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that receives values in PostgreSQL's binary format: Features are bytes, not hexadecimal text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = Format.BINARY


class BinaryServerCursor(psycopg.ServerCursor[Any]):
    """A cursor on the server that gives its rows in the binary format, some at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = Format.BINARY


def driver_of(connection: Connection) -> Driver:
    """Return psycopg's own connection under SQLAlchemy's."""
    return cast(Driver, connection.connection.driver_connection)


def milliseconds(seconds: float) -> int:
    """Return a time limit as PostgreSQL takes it, at least 1, since 0 means no limit."""
    return max(1, math.ceil(seconds * 1000))
