"""Database engines: one folder for each product, with the functions of the port in `base`.

The only folder that imports a database driver or contains SQL that only one product understands. All other
code calls `backend_of` with its engine or connection, or `run`.

Imported by everything above it in db and by the commands; may import db.query, db.events, db.dates, db.errors,
db.private_files and geo.
A new product is a folder with the functions of the port and one line in BACKENDS.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from db.engines import sqlite
from db.engines.addresses import one_host, without_password
from db.engines.base import Backend, CursorRows, SqlParams
from db.errors import StoreUnavailable

# The scheme of a database URL, without its driver → the backend; PostgreSQL's needs a package that may be missing.
BACKENDS: dict[str, Backend] = {"sqlite": sqlite}
_OPTIONAL = {"postgresql": "db.engines.postgres"}
_SECONDS_FOR_FILE = 15  # until a read of a backup is interrupted


def connect(
    url: str | URL, read_timeout: float, replicas: Sequence[str] = (), connections: int = 60
) -> Engine:
    """Return an engine for a database URL; reads are interrupted after `read_timeout` seconds.

    `replicas` are the URLs of replicas that may answer readers; at most `connections` are open to each server.
    Raises StoreUnavailable for a URL that cannot be parsed, or of a product without a backend.
    """
    parsed, *parsed_replicas = map(_parsed, (url, *replicas))
    backend = _backend(parsed.get_backend_name())
    return backend.connect(parsed, read_timeout, parsed_replicas, connections)


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(one_host(url) if isinstance(url, str) else url)
        if parsed.get_backend_name() in _OPTIONAL:
            parsed.get_dialect()().create_connect_args(parsed)  # checks the ports of several hosts
    except (ArgumentError, ValueError):
        raise StoreUnavailable(
            f"{without_password(str(url))!r} is not a database address; expected one like sqlite:///timeline.db or"
            " postgresql://user@host:5432/events"
        ) from None
    return parsed


def _backend(name: str) -> Backend:
    """Return the backend of a scheme; import an optional one now."""
    if name in _OPTIONAL and name not in BACKENDS:
        try:
            BACKENDS[name] = cast(Backend, import_module(_OPTIONAL[name]))
        except ModuleNotFoundError as error:
            raise StoreUnavailable(
                f"a database in PostgreSQL needs the package {error.name}; run pip install 'dateline[postgres]'"
            ) from None
    if name not in BACKENDS:
        raise StoreUnavailable(
            f"cannot store events in {name!r}; expected an address like sqlite:///timeline.db or"
            " postgresql://user@host/events"
        )
    return BACKENDS[name]


def connect_file(file: Path) -> Engine:
    """Return an engine for a backup; backups of every product are SQLite files."""
    return connect(URL.create("sqlite", database=str(file)), _SECONDS_FOR_FILE)


def backend_of(source: Engine | Connection) -> Backend:
    """Return the backend of an engine or a connection."""
    return BACKENDS[source.dialect.name]


def any_backend() -> Backend:
    """Return a backend for checks with the same result on all of them, such as the validation of a filter."""
    return next(iter(BACKENDS.values()))


def run(connection: Connection, sql: str, params: SqlParams = ()) -> CursorRows:
    """Run one statement of shared SQL, whose parameters are marked `?`; a list of tuples runs it once for each."""
    return backend_of(connection).run(connection, sql, params)
