"""What a restore keeps from the live database.

Purged events stay purged, revoked keys stay revoked, and data versions and event revisions never repeat, so ETags and
feed tokens held by clients cannot match old data.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.engines import backend_of, connect_file, run
from db.engines.readers import DatabaseReader
from db.sql import visibility
from db.sql.transactions import moment, writing
from db.upkeep.erase import erase_everywhere, purged_on

_KEY_COLUMNS = "name, role, digest, created, used, revoked"
_HISTORY_COLUMNS = "event, revision, at, who, action, why, note, fields"
_ROWS_PER_BATCH = 10_000


class Merged(NamedTuple):
    """What a restore changed in the copy.

    `purged`: ids purged again. `public_again`: ids that readers see again although they were deleted or retracted since
    the backup. `lost` counts events created since the backup, `revoked_keys` keys revoked since. With `unread` the live
    database could not be read to its end, and none of this is known.
    """

    purged: list[str]
    public_again: list[str]
    lost: int
    revoked_keys: int
    unread: bool = False


def merge_live(live: DatabaseReader, copy: Path) -> Merged:
    """Bring a verified copy up to date with the live database."""
    with _writing_to(copy) as connection:
        ((now,),) = live.rows("SELECT moment()")
        _drop_running_imports(connection)
        tables = live.tables()
        sql = visibility.VERSION if "embargo" in tables else "SELECT version FROM data_version"
        ((version,),) = live.rows(sql)
        lost = _raise_revisions(connection, live, now)
        public_again, purged, revoked_keys = [], [], 0
        if "tombstone" in tables:
            public_again = _visible_again(connection, live)
            purged = _purge_again(connection, live)
            revoked_keys = _merge_keys(connection, live)
        _move_version(connection, version, now)
    if purged:
        # A restore copies page by page; no page may still have what was erased.
        _compact(copy)
    return Merged(purged, public_again, lost, revoked_keys)


def merge_without_live(copy: Path) -> Merged:
    """Set a data version that no client has seen in a verified copy, although the live database cannot be read."""
    with _writing_to(copy) as connection:
        now = moment(connection)
        _drop_running_imports(connection)
        # The live version is unknown; nobody commits once a second since 1970.
        _move_version(connection, now, now)
    return Merged([], [], 0, 0, unread=True)


@contextmanager
def _writing_to(copy: Path) -> Iterator[Connection]:
    engine = connect_file(copy)
    try:
        with writing(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _compact(copy: Path) -> None:
    engine = connect_file(copy)
    file_copies = backend_of(engine).FILE_COPIES
    if file_copies:
        file_copies.compact(engine)
    engine.dispose()


def _drop_running_imports(connection: Connection) -> None:
    run(connection, "DELETE FROM import_job WHERE finished IS NULL")


def _move_version(connection: Connection, version: int, now: int) -> None:
    """Set a data version that never existed, and a new epoch: tokens of the feed start again."""
    run(
        connection,
        "UPDATE data_version SET version = CASE WHEN version < ? THEN ? ELSE version END + 1,"
        " moment = CASE WHEN moment < ? THEN ? ELSE moment END, epoch = ?",
        (version, version, now, now, secrets.token_hex(4)),
    )


def _raise_revisions(connection: Connection, live: DatabaseReader, now: int) -> int:
    """Raise the revisions of events that the restore changes to new ones; count the events that the copy lacks.

    An event's ETag is its revision: with an old one a client could overwrite a version that it never saw.
    """
    _load_live_revisions(connection, live)
    run(
        connection,
        "CREATE TEMPORARY TABLE moved AS SELECT e.pk,"
        " CASE WHEN e.revision < l.revision THEN l.revision ELSE e.revision END + 1 AS revision"
        " FROM event e JOIN live l ON l.id = e.id"
        " WHERE e.revision <> l.revision OR l.updated IS NULL OR e.updated <> l.updated",
    )
    run(connection, "UPDATE event SET revision = m.revision FROM moved m WHERE m.pk = event.pk")
    run(
        connection,
        "INSERT INTO history (event, revision, at, who, action, fields)"
        " SELECT e.id, e.revision, ?, 'command line', 'restored', '[]' FROM event e JOIN moved m ON m.pk = e.pk",
        (now,),
    )
    sql = "SELECT count(*) FROM live WHERE present = 1 AND id NOT IN (SELECT id FROM event)"
    lost = int(run(connection, sql).scalar_one())
    run(connection, "DROP TABLE live")
    run(connection, "DROP TABLE moved")
    return lost


def _load_live_revisions(connection: Connection, live: DatabaseReader) -> None:
    """Fill a temporary table `live` with the newest revision of each id, and whether its event is present."""
    run(
        connection,
        "CREATE TEMPORARY TABLE live (id TEXT PRIMARY KEY, revision INTEGER, updated INTEGER, present INTEGER)",
    )
    for rows in _batches(live.stream("SELECT id, revision, updated, 1 FROM event")):
        columns = ("id", "revision", "updated", "present")
        backend_of(connection).put_rows(connection, "live", columns, rows)
    if "tombstone" in live.tables():
        for rows in _batches(live.stream("SELECT event, revision FROM tombstone")):
            run(
                connection,
                "INSERT INTO live (id, revision, present) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET revision ="
                " CASE WHEN live.revision < excluded.revision THEN excluded.revision ELSE live.revision END",
                rows,
            )


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _ROWS_PER_BATCH)):
        yield batch


def _visible_again(connection: Connection, live: DatabaseReader) -> list[str]:
    """Return the events that readers see again although they were deleted or retracted since the backup."""
    gone = [id_ for (id_,) in live.rows("SELECT event FROM tombstone WHERE kind <> 'purged' ORDER BY event")]
    visible = f"SELECT 1 FROM event e WHERE e.id = ? AND {visibility.EVENTS}"
    return [id_ for id_ in gone if run(connection, visible, (id_,)).first()]


def _purge_again(connection: Connection, live: DatabaseReader) -> list[str]:
    """Purge what was purged since the backup, and keep the record of every purge; return the ids the copy still had."""
    tombstones = live.rows("SELECT event, kind, at, public, revision FROM tombstone WHERE kind = 'purged'")
    again = []
    for tombstone in tombstones:
        id_ = tombstone[0]
        if purged_on(connection, id_) is None and _has_traces(connection, id_):
            again.append(id_)
        erase_everywhere(connection, id_)
        _copy_record(connection, live, tombstone)
    if again:
        run(connection, "DELETE FROM import_job")
        backend_of(connection).purge_search(connection)
    return again


def _copy_record(connection: Connection, live: DatabaseReader, tombstone: tuple[Any, ...]) -> None:
    """Replace an event's tombstone and history by those of the live database."""
    id_ = tombstone[0]
    for table in ("history", "tombstone"):
        run(connection, f"DELETE FROM {table} WHERE event = ?", (id_,))
    sql = "INSERT INTO tombstone (event, kind, at, public, revision) VALUES (?, ?, ?, ?, ?)"
    run(connection, sql, tuple(tombstone))
    for row in live.rows(f"SELECT {_HISTORY_COLUMNS} FROM history WHERE event = ?", (id_,)):
        sql = f"INSERT INTO history ({_HISTORY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        run(connection, sql, tuple(row))


def _has_traces(connection: Connection, id_: str) -> bool:
    sql = (
        "SELECT 1 FROM event WHERE id = ? UNION ALL SELECT 1 FROM history WHERE event = ?"
        " UNION ALL SELECT 1 FROM place_choice WHERE event = ?"
    )
    return run(connection, sql, (id_, id_, id_)).first() is not None


def _merge_keys(connection: Connection, live: DatabaseReader) -> int:
    """Take over the keys as they are now: new ones are added, revoked ones stay revoked; count the latter."""
    revoked_in_copy: dict[str, Any] = dict(map(tuple, run(connection, "SELECT digest, revoked FROM api_key")))
    revoked_keys = 0
    for name, role, digest, created, used, revoked in live.rows(
        f"SELECT {_KEY_COLUMNS} FROM api_key ORDER BY pk"
    ):
        revoked_keys += bool(revoked) and revoked_in_copy.get(digest, revoked) is None
        run(
            connection,
            f"INSERT INTO api_key ({_KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET revoked = excluded.revoked,"
            " used = CASE WHEN coalesce(api_key.used, 0) > coalesce(excluded.used, 0)"
            " THEN api_key.used ELSE excluded.used END",
            (name, role, digest, created, used, revoked),
        )
    return revoked_keys
