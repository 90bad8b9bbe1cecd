"""What a purge does to tables in PostgreSQL, and what it cannot reach."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine

from db.engines.postgres.connections import guarded
from db.engines.postgres.copies import own_connection
from db.engines.postgres.drivers import Driver, milliseconds
from db.engines.postgres.schema import own_tables
from db.engines.postgres.statements import rows
from db.engines.reports import Leftovers
from db.errors import StoreUnavailable
from db.query.search_words import searchable

_SECONDS_BETWEEN_LOOKS = 0.1
_UNREACHED = (
    "the server's write-ahead log and its archive, until they have expired",
    "replicas, until they have replayed this",
    "base backups and snapshots",
    "the server's own log",
    "free blocks of its disks",
)
_STATISTICS = (
    "the planner's samples of values (pg_statistic), which only the owner of the database can rebuild"
)
_NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text"
# With the same collation: statements that sessions have prepared refuse another one.
_TEXT_COLUMNS = """
SELECT quote_ident(attname), format_type(atttypid, atttypmod) || coalesce(' COLLATE ' || quote_ident(collname), '')
FROM pg_attribute LEFT JOIN pg_collation ON pg_collation.oid = attcollation
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
AND format_type(atttypid, NULL) IN ('text', 'bytea')
"""
_EMPTY_ROWS = {
    "event_text": "(event, content) VALUES (0, ' ')",
    "pin_index": "(place, lon, lat) VALUES (0, 0, 0)",
}
# Sessions, replicas that report theirs, and transactions that wait for the second phase of their commit.
_OLDER_TRANSACTIONS = """
SELECT count(*) FROM (
    SELECT backend_xmin AS oldest FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
    UNION ALL SELECT xmin FROM pg_replication_slots
    UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()
) transactions WHERE age(oldest) > age(%s::xid)
"""


def overwrite_deleted(_connection: Connection) -> None:
    """Do nothing: PostgreSQL cannot overwrite what it deletes."""


def purge_search(_connection: Connection) -> None:
    """Do nothing: rebuilding the tables rebuilds their indexes."""


def unindexed_words(connection: Connection, words: Sequence[str]) -> list[str]:
    """Return those words that no event's full text contains, in their order."""
    return [word for word in words if not _is_indexed(connection, word)]


def _is_indexed(connection: Connection, word: str) -> bool:
    term = searchable(word).strip()
    if not word.isalnum() or " " in term:
        return False
    return bool(
        rows(connection, "SELECT 1 FROM event_text WHERE words @@ ?::tsquery LIMIT 1", (f"'{term}'",))
    )


def purge_files(engine: Engine, _words: Sequence[str], wait: float) -> Leftovers:
    """Rebuild all tables, their indexes and the planner's samples of their values; readers of a table wait meanwhile.

    Nobody can search the server's files for words, so the report names what may still contain them.
    """
    with guarded(engine), own_connection(engine) as driver, _notices(driver) as notices:
        driver.silent_seconds = None
        _wait_for_older_transactions(driver, wait)
        driver.execute("SELECT set_config('lock_timeout', %s, false)", (str(milliseconds(wait)),))
        for table in own_tables():
            _forget_samples(driver, table)
            driver.execute(f"VACUUM (FULL, ANALYZE) {table}")
        notices.clear()
        driver.execute("VACUUM (FULL) pg_catalog.pg_statistic")
        # A role that does not own the database gets a warning instead of an error.
        skipped = (_STATISTICS,) if notices else ()
    return Leftovers(False, 0, (), {}, (*_UNREACHED, *skipped))


def _forget_samples(driver: Driver, table: str) -> None:
    """Remove the planner's samples of the texts of an empty table, which ANALYZE leaves as they were.

    They go when the type of a column changes, also to the same one. A column that others are generated from refuses
    that; its samples become those of a row that no reader sees.
    """
    if driver.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
        return
    with driver.transaction():
        if table in _EMPTY_ROWS:
            driver.execute(f"INSERT INTO {table} {_EMPTY_ROWS[table]}")
            driver.execute(f"ANALYZE {table}")
            driver.execute(f"DELETE FROM {table}")
            return
        for column, kind in driver.execute(_TEXT_COLUMNS, (table,)).fetchall():
            driver.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")


def _wait_for_older_transactions(driver: Driver, seconds: float) -> None:
    """Wait for the transactions that can still read the erased rows, for which a rebuilt table keeps these."""
    end = time.monotonic() + seconds
    ((next_transaction,),) = driver.execute(_NEXT_TRANSACTION).fetchall()
    while driver.execute(_OLDER_TRANSACTIONS, (next_transaction,)).fetchall() != [(0,)]:
        if time.monotonic() > end:
            raise StoreUnavailable(
                f"a transaction from before the purge, such as a long export, still runs (waited {seconds:g} seconds)"
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)


@contextmanager
def _notices(driver: Driver) -> Iterator[list[str]]:
    """Yield the list to which the server's warnings are added within the block."""
    notices: list[str] = []

    def add(notice: Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            notices.append(notice.message_primary or "")

    driver.add_notice_handler(add)
    try:
        yield notices
    finally:
        driver.remove_notice_handler(add)
