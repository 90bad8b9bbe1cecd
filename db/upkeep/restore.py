"""Restoring: a verified copy takes the place of the live database, in one transaction, while others read it."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from db.engines.sqlite.engine import BUSY_SECONDS, explained
from db.errors import StoreUnavailable
from db.upkeep.backup import check_target
from db.upkeep.copy import Contents, Tick, examine, flush, reader, scratch, take, version
from db.upkeep.leftovers import SIDES
from db.upkeep.purge import empty_log
from db.upkeep.restore_merge import Carried, carry


class Live(NamedTuple):
    """What stands where a backup is to be restored: events, None for a file that cannot be read."""

    there: bool
    events: int | None = 0


class Restored(NamedTuple):
    """What was restored, what was carried over, and where the database of before is kept, if it is."""

    contents: Contents
    carried: Carried
    kept: Path | None


def look(database: Path) -> Live:
    """Tell what stands there; raise StoreUnavailable for another program's database, or a newer one."""
    if not database.exists() or not (database.stat().st_size or _log(database)):
        return Live(False)
    try:
        with closing(reader(database)) as live:
            version(live, database)
            return Live(True, int(live.execute("SELECT count(*) FROM event").fetchone()[0]))
    except sqlite3.DatabaseError:
        return Live(True, None)
    except StoreUnavailable as error:
        if any(sign in str(error) for sign in ("is not a SQLite database", "is damaged;")):
            return Live(True, None)
        raise


def restore(database: Path, file: Path, keep: Path | None, tick: Tick) -> Restored:
    """Put a backup in the place of the database; `keep` says where the one of before is copied first.

    Raises StoreUnavailable, in one line, for a file that is no sound backup; then nothing has changed.
    """
    if database.exists() and file.exists() and database.samefile(file):
        raise StoreUnavailable(f"{file} is the database itself")
    if not database.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {database.parent}")
    live = look(database)
    if keep and live.there:
        check_target(database, keep, force=False)
    with scratch(database) as copy:
        with closing(reader(file)) as source:
            version(source, file)
            take(source, copy, tick)
        contents = examine(copy, file, tick)
        if live.there and live.events is not None:
            carried = _swap(copy, database, keep, tick)
        else:
            carried = _place(copy, database, keep if live.there else None)
    return Restored(contents, carried, keep if live.there else None)


def _swap(copy: Path, database: Path, keep: Path | None, tick: Tick) -> Carried:
    """Copy page by page into the live database, within one transaction of its write-ahead log.

    Readers see the old pages until the last one is written. Nobody writes from the first page on; only then the
    database of before is kept and carried over, so that nothing acknowledged falls between.
    """
    with explained(database), closing(reader(database)) as live:
        _same_pages(copy, live)
        with (
            closing(sqlite3.connect(copy, isolation_level=None)) as source,
            closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as target,
        ):
            (mode,) = target.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise StoreUnavailable(f"the database {database} cannot keep a write-ahead log where it lies")
            target.execute("PRAGMA synchronous = FULL")
            done: list[Carried] = []

            def locked() -> None:
                if keep:
                    _keep(live, database, keep)
                done.append(_carried(live, copy))
                # One snapshot from here on; what changed in the copy makes the first page go again.
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM event").fetchone()

            # One page at a time: after the first the log is ours, and a small database is not yet through.
            source.backup(target, pages=1, progress=_stepper(locked, tick))
            with suppress(sqlite3.DatabaseError):
                empty_log(target, 1)
    return done[0]


def _carried(live: sqlite3.Connection, copy: Path) -> Carried:
    try:
        return carry(live, copy)
    except StoreUnavailable as error:
        # A damaged database is what backups are restored for.
        if "is damaged" not in str(error):
            raise
        return carry(None, copy)


def _stepper(locked: Callable[[], None], tick: Tick) -> Callable[[int, int, int], None]:
    """Watch a backup: do something once after its first page, and give up when a writer does not end."""
    end = time.monotonic() + BUSY_SECONDS
    begun = False

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal begun
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() > end:
                raise sqlite3.OperationalError("database is locked")
            return
        if not begun:
            begun = True
            locked()
        if remaining % 2000 == 0:
            tick(total - remaining, total)

    return step


def _same_pages(copy: Path, live: sqlite3.Connection) -> None:
    """Give the copy pages of the live database's size, which in WAL mode cannot change (sqlite.org/backup.html)."""
    (size,) = live.execute("PRAGMA page_size").fetchone()
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        if connection.execute("PRAGMA page_size").fetchone() != (size,):
            connection.execute(f"PRAGMA page_size = {int(size)}")
            connection.execute("VACUUM")


def _keep(live: sqlite3.Connection, database: Path, keep: Path) -> None:
    with scratch(keep) as part:
        take(live, part, lambda done, total: None)
        part.chmod(database.stat().st_mode & 0o777)
        part.replace(keep)
    flush(keep)


def _place(copy: Path, database: Path, keep: Path | None) -> Carried:
    """Put the copy where no database can be read; what lies there is set aside as it is, log and all."""
    carried = carry(None, copy)
    if database.exists():
        shutil.copymode(database, copy)
    flush(copy)
    for side in SIDES[1:]:
        old = database.with_name(database.name + side)
        if old.exists() and keep:
            old.replace(keep.with_name(keep.name + side))
        # The log of another database would be read into this one.
        old.unlink(missing_ok=True)
    if keep:
        keep.hardlink_to(database)
    copy.replace(database)
    flush(database)
    with explained(database), closing(sqlite3.connect(database, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode = WAL")
    return carried


def _log(database: Path) -> bool:
    log = database.with_name(f"{database.name}-wal")
    return log.exists() and log.stat().st_size > 0
