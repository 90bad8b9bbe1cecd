"""What a restore carries over from the live database into the copy that will replace it, so that time only goes on.

Who was forgotten stays forgotten, who was locked out stays locked out, and no version that somebody holds comes again.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection

from db.engines.sqlite.engine import BUSY_SECONDS, connect
from db.sql import visibility
from db.sql.transactions import writing
from db.upkeep.erase import forget, overwrite, purged

_KEY = "name, role, digest, created, used, revoked"


class Carried(NamedTuple):
    """What a restore did: ids purged again; ids deleted or retracted since that are back; events that came since.

    `locked_out` counts keys that were in use when the backup was made, and are revoked by now. Where the live database
    could not be read to its end, all this is not known (`unread`).
    """

    purged: list[str]
    back: list[str]
    newer: int
    locked_out: int
    unread: bool = False


def carry(live: sqlite3.Connection | None, copy: Path) -> Carried:
    """Make a verified copy follow the live database; without one that can be read, only its version moves on."""
    with _opened(copy) as connection:
        now = int(time.time())
        connection.exec_driver_sql("DELETE FROM import_job WHERE finished IS NULL")
        if live is None:
            # How far it had come is not known; nobody commits once a second since 1970.
            _move(connection, now, now)
            return Carried([], [], 0, 0, unread=True)
        live.create_function("moment", 0, lambda: now)
        (version,) = live.execute(visibility.VERSION if _has(live, "embargo") else _VERSION).fetchone()
        erased: list[str] = []
        back: list[str] = []
        locked_out = 0
        newer = _revisions(connection, live, now)
        if _has(live, "tombstone"):
            back = _back(connection, live)
            erased = _forgotten(connection, live)
            locked_out = _keys(connection, live)
        _move(connection, version, now)
    if erased:
        _vacuum(copy)
    return Carried(erased, back, newer, locked_out)


_VERSION = "SELECT version FROM data_version"


@contextmanager
def _opened(copy: Path) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{copy}", BUSY_SECONDS)
    try:
        with writing(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _vacuum(copy: Path) -> None:
    """Leave no page of what was erased, since a copy goes page by page."""
    with sqlite3.connect(copy, isolation_level=None) as driver:
        driver.execute("VACUUM")
    driver.close()


def _has(live: sqlite3.Connection, table: str) -> bool:
    return bool(live.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone())


def _move(connection: Connection, version: int, now: int) -> None:
    """Set a data version that there never was, and another past: tokens of the feed begin anew."""
    connection.exec_driver_sql(
        "UPDATE data_version SET version = max(version, ?) + 1, moment = max(moment, ?), epoch = ?",
        (version, now, secrets.token_hex(4)),
    )


def _revisions(connection: Connection, live: sqlite3.Connection, now: int) -> int:
    """Give each event that the restore changes a revision it never had; count those that the copy does not hold.

    An event's ETag is its revision: with an old one a tool could overwrite what it never saw.
    """
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute(
        "CREATE TEMP TABLE live (id TEXT PRIMARY KEY, revision INTEGER, updated INTEGER, there INTEGER)"
    )
    driver.executemany(
        "INSERT INTO live VALUES (?, ?, ?, 1)", live.execute("SELECT id, revision, updated FROM event")
    )
    if _has(live, "tombstone"):
        driver.executemany(
            "INSERT INTO live VALUES (?, ?, NULL, 0)"
            " ON CONFLICT (id) DO UPDATE SET revision = max(revision, excluded.revision)",
            live.execute("SELECT event, revision FROM tombstone"),
        )
    driver.execute(
        "CREATE TEMP TABLE moved AS SELECT e.pk, max(e.revision, l.revision) + 1 AS revision"
        " FROM event e JOIN live l ON l.id = e.id"
        " WHERE e.revision <> l.revision OR e.updated IS NOT l.updated"
    )
    driver.execute("UPDATE event SET revision = m.revision FROM moved m WHERE m.pk = event.pk")
    driver.execute(
        "INSERT INTO history (event, revision, at, who, action, fields)"
        " SELECT e.id, e.revision, ?, 'command line', 'restored', '[]' FROM event e JOIN moved m USING (pk)",
        (now,),
    )
    sql = "SELECT count(*) FROM live WHERE there AND id NOT IN (SELECT id FROM event)"
    (newer,) = driver.execute(sql).fetchone()
    driver.execute("DROP TABLE live")
    driver.execute("DROP TABLE moved")
    return int(newer)


def _back(connection: Connection, live: sqlite3.Connection) -> list[str]:
    """List the events that readers will see again although they were deleted or retracted since the backup."""
    gone = [
        id_ for (id_,) in live.execute("SELECT event FROM tombstone WHERE kind <> 'purged' ORDER BY event")
    ]
    seen = f"SELECT 1 FROM event e WHERE e.id = ? AND {visibility.EVENTS}"
    return [id_ for id_ in gone if connection.exec_driver_sql(seen, (id_,)).first()]


def _forgotten(connection: Connection, live: sqlite3.Connection) -> list[str]:
    """Purge again what was purged since the backup, and keep every id that was; name those that the copy held."""
    graves = live.execute(
        "SELECT event, kind, at, public, revision FROM tombstone WHERE kind = 'purged'"
    ).fetchall()
    again = []
    for grave in graves:
        id_ = grave[0]
        if purged(connection, id_) is None and _said(connection, id_):
            again.append(id_)
        forget(connection, id_)
        for table in ("history", "tombstone"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE event = ?", (id_,))
        connection.exec_driver_sql(
            "INSERT INTO tombstone (event, kind, at, public, revision) VALUES (?, ?, ?, ?, ?)", grave
        )
        names = "event, revision, at, who, action, why, note, fields"
        for row in live.execute(f"SELECT {names} FROM history WHERE event = ?", (id_,)).fetchall():
            connection.exec_driver_sql(f"INSERT INTO history ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    if again:
        connection.exec_driver_sql("DELETE FROM import_job")
        overwrite(connection)
    return again


def _said(connection: Connection, id_: str) -> bool:
    sql = (
        "SELECT 1 FROM event WHERE id = ? UNION ALL SELECT 1 FROM history WHERE event = ?"
        " UNION ALL SELECT 1 FROM place_choice WHERE event = ?"
    )
    return connection.exec_driver_sql(sql, (id_, id_, id_)).first() is not None


def _keys(connection: Connection, live: sqlite3.Connection) -> int:
    """Keep the keys as they are now: made since, they stay; revoked since, they stay revoked."""
    held: dict[str, Any] = {}
    for digest, revoked in connection.exec_driver_sql("SELECT digest, revoked FROM api_key"):
        held[digest] = revoked
    rows = live.execute(f"SELECT {_KEY} FROM api_key ORDER BY pk").fetchall()
    locked_out = 0
    for name, role, digest, created, used, revoked in rows:
        locked_out += bool(revoked) and digest in held and held[digest] is None
        connection.exec_driver_sql(
            f"INSERT INTO api_key ({_KEY}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET"
            " used = max(coalesce(used, 0), coalesce(excluded.used, 0)), revoked = excluded.revoked",
            (name, role, digest, created, used, revoked),
        )
    return locked_out
