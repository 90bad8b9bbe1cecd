"""Copies of a database file: made out of one snapshot, and verified before anybody relies on them."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import NamedTuple

import msgspec

from db.engines.sqlite.engine import BUSY_SECONDS, connect, explained
from db.errors import StoreUnavailable
from db.migrations import upgrade

Tick = Callable[[int, int], None]  # done, total
_PAGES = 2000  # between two ticks


class Contents(NamedTuple):
    """What a database holds; `version` is its migration's, `newest` the moment of its last commit (UTC seconds)."""

    version: str
    events: int
    published: int
    changes: int
    keys: int
    newest: int
    bytes: int


class _Said(msgspec.Struct):
    """The least that a Feature says; reading it reads all of its JSON."""

    id: str
    properties: dict[str, object]


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """Give the name of a file beside another one that is gone in the end; remove what a killed program left there."""
    for old in beside.parent.glob(f".{escape(beside.name)}.*.part*"):
        number = old.name.removeprefix(f".{beside.name}.").partition(".")[0]
        if number.isdigit() and not _alive(int(number)):
            old.unlink(missing_ok=True)
    part = beside.with_name(f".{beside.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for each in part.parent.glob(f"{escape(part.name)}*"):
            each.unlink(missing_ok=True)


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def reader(file: Path) -> sqlite3.Connection:
    """Open a database for reading alone; raise StoreUnavailable, in one line, for what is none."""
    if not file.exists():
        raise StoreUnavailable(f"there is no file {file}")
    if file.is_dir():
        raise StoreUnavailable(f"{file} is a folder; expected a file")
    with explained(file):
        made = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        made.isolation_level = None
        try:
            made.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.DatabaseError:
            made.close()
            raise
    return made


def version(connection: sqlite3.Connection, file: Path) -> str:
    """Tell the migration version of a database; raise StoreUnavailable for another program's, or a newer one."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"alembic_version", "event", "data_version"} <= tables:
        whose = "another program's" if tables else "an empty one"
        raise StoreUnavailable(f"{file} is not Dateline's database, but {whose}")
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if found is None or found[0] not in upgrade.versions():
        name = found[0] if found else "none"
        raise StoreUnavailable(f"{file} is of a newer version ({name}) than this program; upgrade Dateline")
    return str(found[0])


def take(source: sqlite3.Connection, target: Path, tick: Tick) -> None:
    """Copy a database out of one snapshot, whoever writes to it meanwhile, into one file of its own, on the disk."""
    end = time.monotonic() + BUSY_SECONDS

    def progress(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > end:
            raise sqlite3.OperationalError("database is locked")
        tick(total - remaining, total)

    with explained(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # With its own transaction the source stays at one snapshot from page to page.
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(copy, pages=_PAGES, progress=progress)
        finally:
            source.execute("ROLLBACK")
        # One file that needs no log beside it, and that can be read where nothing can be written.
        copy.execute("PRAGMA journal_mode = DELETE")
    flush(target)


def flush(file: Path) -> None:
    """Wait until a file, and its name, are on the disk."""
    for path, flags in ((file, os.O_RDWR), (file.parent, os.O_RDONLY)):
        with suppress(PermissionError):  # a folder cannot be opened on every system
            number = os.open(path, flags)
            try:
                os.fsync(number)
            finally:
                os.close(number)


def examine(copy: Path, name: Path, tick: Tick) -> Contents:
    """Verify a copy, bring it to this program's version, and tell what it holds; `name` is what errors call it.

    Raises StoreUnavailable for a copy that is damaged, another program's or newer, or whose parts do not agree.
    """
    with explained(name):
        with closing(reader(copy)) as connection:
            found = version(connection, name)
            (sound,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if sound != "ok":
                raise StoreUnavailable(f"{name} is damaged: {sound.splitlines()[-1]}")
            if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                raise StoreUnavailable(
                    f"{name} is damaged: a row of {broken[0]} belongs to none of {broken[2]}"
                )
        size = copy.stat().st_size
        if found != upgrade.versions()[0]:
            _upgrade(copy)
        with closing(reader(copy)) as connection:
            return _contents(connection, name, tick)._replace(version=found, bytes=size)


def _upgrade(copy: Path) -> None:
    engine = connect(f"sqlite:///{copy}", BUSY_SECONDS)
    try:
        upgrade.upgrade(engine)
    finally:
        engine.dispose()


def _contents(connection: sqlite3.Connection, name: Path, tick: Tick) -> Contents:
    """Count, and read every Feature: each event has one of its own id, a row in the full text, and its pins."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM event WHERE status = 'published'),"
        " (SELECT count(*) FROM history), (SELECT count(*) FROM api_key WHERE revoked IS NULL),"
        " (SELECT moment FROM data_version), (SELECT count(*) FROM encoded),"
        " (SELECT count(*) FROM place), (SELECT count(*) FROM pin_index)"
    ).fetchone()
    events, published, changes, keys, newest, features, places, pins = row
    texts = indexed(connection)
    if not events == features == texts:
        raise StoreUnavailable(
            f"{name} is damaged: it holds {events} events, but {features} Features and {texts} rows of full text"
        )
    if places != pins:
        raise StoreUnavailable(f"{name} is damaged: it holds {places} places, but {pins} pins in the index")
    decoder = msgspec.json.Decoder(_Said)
    rows = connection.execute("SELECT e.id, f.feature FROM encoded f JOIN event e ON e.pk = f.event")
    for number, (id_, feature) in enumerate(rows):
        try:
            same = decoder.decode(feature).id == id_
        except msgspec.DecodeError:
            same = False
        if not same:
            raise StoreUnavailable(f"{name} is damaged: the Feature of the event {id_!r} cannot be read")
        if number % 10_000 == 0:
            tick(number, events)
    return Contents("", events, published, changes, keys, newest, 0)


def indexed(connection: sqlite3.Connection) -> int:
    """Count the rows of the full text, which keeps no content: the first number of its first record.

    Source: SQLite's fts5_index.c, "Averages record"; a variable-length integer as in the file format, 1.6.
    """
    row = connection.execute("SELECT block FROM event_text_data WHERE id = 1").fetchone()
    count = 0
    for byte in row[0] if row else b"":
        count = count << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return count
