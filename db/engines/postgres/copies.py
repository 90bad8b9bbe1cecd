"""A whole database in PostgreSQL: load its rows without indexes, then build these, or delete all tables.

There are no files to copy: a backup is a copy of the rows in a SQLite file.
"""

import time
from pathlib import Path

from sqlalchemy import Connection, Engine

from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.connections import LONG_STATEMENT_SECONDS, guarded, write_transaction
from db.engines.postgres.drivers import Driver, driver_of
from db.engines.postgres.promotions import TABLE
from db.engines.postgres.schema import own_tables
from db.engines.readers import DatabaseReader
from db.errors import StoreUnavailable

FILE_COPIES = None
_SECONDS_FOR_LOCKS = 5
_SECONDS_TO_DISCONNECT = 2
_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c
WHERE c.contype IN ('p', 'u', 'f') AND c.conrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) name)
ORDER BY c.contype = 'f', c.conrelid::regclass::text, c.conname
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) name)
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
ORDER BY 1
"""
_SERIALS = """
SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ANY(%s)
AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
"""
_FILL_TIMES = (
    "UPDATE place_country c SET first = i.first, last = i.last FROM pin_index i WHERE i.place = c.place"
)
_OTHER_PROGRAMS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND application_name LIKE 'dateline%'"
)


def check_integrity(_reader: DatabaseReader, _name: object) -> None:
    """Do nothing: PostgreSQL checks its references itself."""


def search_counts(reader: DatabaseReader) -> tuple[int, int]:
    """Count the events in the full text and the pins in the spatial index."""
    ((texts, pins),) = reader.rows(
        "SELECT (SELECT count(*) FROM event_text), (SELECT count(*) FROM pin_index)"
    )
    return texts, pins


def has_data(engine: Engine) -> bool:
    """Return whether the database has any table of Dateline."""
    with guarded(engine), engine.connect() as connection:
        return bool(
            connection.exec_driver_sql("SELECT to_regclass('alembic_version') IS NOT NULL").scalar_one()
        )


def own_files(_engine: Engine) -> list[Path]:
    """Return no path: the files belong to the server."""
    return []


def expect_pauses(connection: Connection) -> None:
    """Let the server not end this transaction while a backup is written."""
    driver = driver_of(connection)
    driver.silent_seconds = LONG_STATEMENT_SECONDS
    driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def drop_indexes(connection: Connection) -> list[str]:
    """Drop keys, references and indexes of empty tables, and return the statements that create them again.

    Copied countries of pins have no times: these are filled in first.
    """
    driver = driver_of(connection)
    keys: list[str] = []
    references: list[str] = []
    constraints = driver.execute(_CONSTRAINTS, (own_tables(),)).fetchall()
    indexes = driver.execute(_INDEXES, (own_tables(),)).fetchall()
    for table, name, _ in reversed(constraints):
        driver.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table, name, definition in constraints:
        statements = references if definition.startswith("FOREIGN KEY") else keys
        statements.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, _ in indexes:
        driver.execute(f"DROP INDEX {name}")
    return [_FILL_TIMES, *keys, *(definition for _, definition in indexes), *references]


def finish_load(engine: Engine) -> None:
    """Let every counter follow its numbers, and let the planner know the tables."""
    with guarded(engine), own_connection(engine) as driver:
        tables = own_tables()
        for table, column, sequence in driver.execute(_SERIALS, (tables,)).fetchall():
            driver.execute(
                f"SELECT setval('{sequence}', coalesce((SELECT max({column}) FROM {table}), 0) + 1, false)"
            )
        driver.execute(
            f"{_FILL_TIMES} AND c.first IS NULL AND c.last IS NULL AND coalesce(i.first, i.last) IS NOT NULL"
        )
        driver.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")


def delete_database(engine: Engine) -> None:
    """Drop all tables of Dateline; raise StoreUnavailable while its servers use them."""
    engine.dispose()
    if others := _other_connections(engine):
        raise StoreUnavailable(
            f"the database {engine.url.database} is in use by {others} connections of Dateline; stop the servers that"
            " use it first"
        )
    with write_transaction(engine, durable=True) as connection:
        driver = driver_of(connection)
        driver.execute(f"SET LOCAL lock_timeout = '{_SECONDS_FOR_LOCKS}s'")
        driver.execute(
            f"DROP TABLE IF EXISTS {', '.join(own_tables())}, {TABLE}, alembic_version, unfinished_copy CASCADE"
        )


def _other_connections(engine: Engine) -> int:
    """Count the connections of Dateline that stay: those that have been closed are listed for a moment."""
    end = time.monotonic() + _SECONDS_TO_DISCONNECT
    with guarded(engine), own_connection(engine) as driver:
        while others := int(driver.execute(_OTHER_PROGRAMS).fetchall()[0][0]):
            if time.monotonic() > end:
                break
            time.sleep(0.05)
    return others


def own_connection(engine: Engine) -> Driver:
    """Return a connection outside the pool, whose statements are not in a transaction; it is closed by `with`."""
    driver = Driver.connect(**libpq_parameters(engine.url), autocommit=True)
    driver.silent_seconds = LONG_STATEMENT_SECONDS
    return driver
