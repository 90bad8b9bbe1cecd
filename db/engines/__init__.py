"""Database engines: one folder for each product, with the functions of the port in `base`.

The only folder that imports a database driver or contains SQL that only one product understands. Everybody else asks
for the backend of a URL, an engine or a connection, or calls `run`.
"""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from db.engines import sqlite
from db.engines.base import Backend, CursorRows, SqlParams
from db.errors import StoreUnavailable

# The scheme of a database URL, without its driver → the backend.
BACKENDS: dict[str, Backend] = {"sqlite": sqlite}
_SECONDS_FOR_FILE = 15  # to read from a file that nobody else uses


def connect(url: str | URL, read_timeout: float) -> Engine:
    """Return an engine for a database URL; reads are interrupted after `read_timeout` seconds.

    Raises StoreUnavailable for a URL that cannot be read, or of a product that has no backend.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailable(
            f"{url!r} is not a database address; expected one like sqlite:///timeline.db"
        ) from None
    backend = BACKENDS.get(parsed.get_backend_name())
    if backend is None:
        raise StoreUnavailable(
            f"cannot store events in {parsed.get_backend_name()!r}; expected sqlite:///timeline.db"
        )
    return backend.connect(parsed, read_timeout)


def connect_file(file: Path) -> Engine:
    """Return an engine for a backup, which is a SQLite file whatever the product of the database is."""
    return connect(URL.create("sqlite", database=str(file)), _SECONDS_FOR_FILE)


def backend_of(source: Engine | Connection) -> Backend:
    """Return the backend of an engine or a connection."""
    return BACKENDS[source.dialect.name]


def any_backend() -> Backend:
    """Return a backend for checks that come out alike on every one, such as the validation of a filter."""
    return next(iter(BACKENDS.values()))


def run(connection: Connection, sql: str, params: SqlParams = ()) -> CursorRows:
    """Run one statement of shared SQL, whose parameters are marked `?`; a list of tuples runs it once for each."""
    return backend_of(connection).run(connection, sql, params)
