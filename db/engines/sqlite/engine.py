"""SQLite's side of the store: connections, the R*Tree over longitude, latitude and time, FTS5, search clauses.

Both R*Tree and FTS5 are compiled into SQLite itself; GeoAlchemy2 or SpatiaLite are not needed.
"""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from db.dates.calendar import DAY
from db.dates.interval import Interval
from db.engines.sqlite.functions import FUNCTIONS
from db.errors import BadFilter, ReadTimeout, StoreUnavailable
from db.query.filter import Near
from geo.box import Box
from geo.sphere import around
from geo.text import fold

# An R*Tree stores 32-bit floats, so this stands for both infinities of time, in days.
_ENDLESS = 1e12
BUSY_SECONDS = 15
# The most that SQLite maps (https://www.sqlite.org/mmap.html); the rest of a larger file is read.
_MAPPED = "PRAGMA mmap_size = 2147418112"
_CJK = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f])")
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


class Clause(NamedTuple):
    """A condition in SQL, with its parameters in order."""

    sql: str
    params: tuple[Any, ...] = ()


def connect(url: str, read_timeout: float) -> Engine:
    """Make an engine whose connections are in WAL mode and give up a read after `read_timeout` seconds."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailable(
            f"{url!r} is not a database address; expected one like sqlite:///timeline.db"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnavailable(
            f"cannot store events in {parsed.get_backend_name()!r}; expected sqlite:///timeline.db"
        )
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        # SQLAlchemy begins transactions itself (below); the driver must not do it a second time.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(_MAPPED)
        for name, count, function in FUNCTIONS:
            connection.create_function(name, count, function, deterministic=True)
        record.info["clock"] = clock = [0]
        connection.create_function("moment", 0, lambda: clock[0], deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # One moment for all that a transaction says of embargoes, however long it takes; for a write it is when its
        # turn has come, not when it began to wait: readers may have seen an embargo lapse meanwhile.
        immediate = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
        connection.info["clock"][0] = int(time.time())

    engine.update_execution_options(read_timeout=read_timeout)
    return engine


def watcher(engine: Engine) -> sqlite3.Connection:
    """Open a connection of its own that only reads; raise StoreUnavailable where there is no file."""
    file = database_file(engine)
    if file is None or not file.exists():
        raise StoreUnavailable(f"there is no database {file}")
    address = f"{file.resolve().as_uri()}?mode=ro"
    made = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    made.execute(_MAPPED)
    made.create_function("moment", 0, lambda: int(time.time()), deterministic=True)
    return made


def database_file(engine: Engine) -> Path | None:
    """Name the database file; None for a database in memory."""
    name = engine.url.database
    return Path(name) if name and name != ":memory:" else None


def guarded(engine: Engine) -> AbstractContextManager[None]:
    """Turn what the driver says into one clear line: locked, read-only, full, not a database."""
    return explained(engine.url.database)


@contextmanager
def explained(name: object) -> Iterator[None]:
    """Do the same for a database of any name."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        said = str(getattr(error, "orig", error))
        if "interrupted" in said:
            raise ReadTimeout("the read took longer than the configured limit; ask for less") from None
        for sign, meaning in _MEANINGS:
            if sign in said:
                raise StoreUnavailable(f"the database {name} {meaning}") from None
        raise


_MEANINGS = (
    ("locked", f"is locked by another program (waited {BUSY_SECONDS} seconds)"),
    ("readonly", "is read-only; check the permissions of the file and its folder"),
    ("unable to open", "cannot be opened; check that the folder exists and may be written"),
    (
        "disk is full",
        "cannot grow: the disk is full; what was written before is whole, nothing of this write was kept",
    ),
    ("not a database", "is not a SQLite database"),
    ("malformed", "is damaged; restore a backup"),
    ("no such table", "is not a Dateline database, or an old one; run 'timeline migrate'"),
    ("disk I/O error", "cannot be read or written (disk error)"),
)


def deadline(connection: Connection, seconds: float) -> AbstractContextManager[None]:
    """Interrupt every statement of the connection that runs beyond `seconds` from now."""
    driver = connection.connection.driver_connection

    @contextmanager
    def _limited() -> Iterator[None]:
        end = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, 20_000)  # type: ignore[union-attr]  # sqlite3's
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)  # type: ignore[union-attr]  # sqlite3's own connection

    return _limited()


def roomy(connection: Connection) -> None:
    """Let a connection hold 24 MB of pages, and the log grow to 256 MB, from now on: it writes many events.

    The events of a file come in any order of time and place, so that each touches other pages of the indexes: a page
    that is thrown out of a small cache, or moved out of a short log, is written again for the next one.
    """
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA cache_size = -24000")  # type: ignore[union-attr]  # sqlite3's own connection
    driver.execute("PRAGMA wal_autocheckpoint = 32000")  # type: ignore[union-attr]  # as above


def check_features() -> None:
    """Raise StoreUnavailable when this Python's SQLite lacks R*Tree or FTS5."""
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    missing = {"ENABLE_RTREE": "R*Tree", "ENABLE_FTS5": "FTS5"}.items()
    for option, name in missing:
        if option not in options:
            raise StoreUnavailable(f"this Python's SQLite is built without {name}, which Dateline needs")


def index_row(place: int, lon: float, lat: float, bounds: tuple[int | None, int | None]) -> tuple[float, ...]:
    """Make the R*Tree row of a pin; `bounds` are start_min and end_max, both None when undated."""
    start, end = bounds
    first = -_ENDLESS if start is None else max(start / DAY, -_ENDLESS)
    last = _ENDLESS if end is None else min(end / DAY, _ENDLESS)
    return (place, lon, lon, lat, lat, first, last)


def box_clause(box: Box, interval: Interval | None = None) -> Clause:
    """Select the pins (alias `p`) inside a box, by R*Tree and then by the exact columns.

    With an interval the tree also leaves out what cannot overlap it; the exact test is the event's.
    """
    parts = [_part(part, interval) for part in box.parts()]
    sql = " OR ".join(part.sql for part in parts)
    return Clause(f"({sql})", tuple(value for part in parts for value in part.params))


def _part(box: Box, interval: Interval | None) -> Clause:
    conditions = ["east >= ?", "west <= ?", "north >= ?", "south <= ?"]
    params: list[float] = [box.west, box.east, box.south, box.north]
    if interval:
        conditions += ["first_day <= ?", "last_day >= ?"]
        params += [min(interval.last / DAY, _ENDLESS), max(interval.first / DAY, -_ENDLESS)]
    exact = "p.lon BETWEEN ? AND ? AND p.lat BETWEEN ? AND ?"
    sql = f"(p.pk IN (SELECT place FROM pin_index WHERE {' AND '.join(conditions)}) AND {exact})"
    return Clause(sql, (*params, box.west, box.east, box.south, box.north))


def near_clause(near: Near) -> Clause:
    """Select the pins (alias `p`) within a circle on the sphere."""
    box = box_clause(around(near.lon, near.lat, near.radius_km))
    sql = f"({box.sql} AND distance_km(p.lon, p.lat, ?, ?) <= ?)"
    return Clause(sql, (*box.params, near.lon, near.lat, near.radius_km))


def text_clause(text: str) -> Clause:
    """Select the events (alias `e`) whose title, summary, places or tags hold every word of a text."""
    return Clause(
        "e.pk IN (SELECT rowid FROM event_text WHERE event_text MATCH ?)", (match_expression(text),)
    )


def match_expression(text: str) -> str:
    """Turn words, "a phrase" and prefix* into an FTS5 expression; raise BadFilter when no word is left."""
    terms = []
    for phrase, word in _TERM.findall(text):
        said = searchable(phrase or word).replace('"', " ")
        if any(character.isalnum() for character in said):
            terms.append(f'"{said}"' + ("*" if word.endswith("*") else ""))
    if not terms:
        raise BadFilter("q", "there is no word to search for")
    return " AND ".join(terms)


def searchable(text: str) -> str:
    """Fold case and accents as the gazetteer does, and part the signs of scripts that use no spaces."""
    folded = fold(text)
    return folded if folded.isascii() else _CJK.sub(r" \1 ", folded)


def text_row(*fields: Iterable[str]) -> tuple[str, ...]:
    """Make the full-text row of an event: title, summary, places and tags, each a list of texts.

    A token that nobody types parts them, so that no phrase reaches from one place or tag into the next.
    """
    return tuple(" \ue000 ".join(map(searchable, texts)) for texts in fields)
