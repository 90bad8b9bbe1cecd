"""Connections for reading alone, without SQLAlchemy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Engine

from db.engines.base import SqlParams
from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.drivers import Driver
from db.engines.postgres.errors import explained
from db.engines.postgres.statements import bound, stream_of, translated

_SET_MOMENT = "SELECT set_config('dateline.moment', floor(extract(epoch FROM clock_timestamp()))::text, {})"


class ServerReader:
    """A connection that only reads; `name` is what errors call the database."""

    def __init__(self, url: URL, name: object = None) -> None:
        self.name = name or url.database
        with explained(self.name):
            self.driver = Driver.connect(**libpq_parameters(url), autocommit=True)
            self.driver.silent_seconds = None
            self.driver.execute("SET default_transaction_read_only = on")
            self.driver.execute("SET plan_cache_mode = force_custom_plan")

    def rows(self, sql: str, params: SqlParams = ()) -> list[Any]:
        """Return all rows of a query."""
        with explained(self.name):
            if self.driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                # A query outside a snapshot has its own moment.
                self.driver.execute(_SET_MOMENT.format("false"))
            return self.driver.execute(translated(sql), bound(self.driver, params)).fetchall()

    def stream(self, sql: str, params: SqlParams = ()) -> Iterator[Any]:
        """Yield the rows of a query as the database finds them."""
        with explained(self.name):
            if self.driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                with self.snapshot():
                    yield from stream_of(self.driver, sql, params)
            else:
                yield from stream_of(self.driver, sql, params)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Hold one snapshot of the database for all queries of the block."""
        with explained(self.name):
            self.driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self.driver.execute(_SET_MOMENT.format("true"))
        try:
            yield
        finally:
            if not self.driver.closed:
                with explained(self.name):
                    self.driver.execute("ROLLBACK")

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        return {name for (name,) in self.rows(sql)} - {"spatial_ref_sys"}

    def identity(self) -> str:
        """Return the numbers of the cluster and of the database, which replicas have as well."""
        sql = (
            "SELECT (SELECT system_identifier::text FROM pg_control_system()), oid::bigint FROM pg_database"
            " WHERE datname = current_database()"
        )
        ((cluster, database),) = self.rows(sql)
        return f"postgresql {cluster} {database}"

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()


def instant_reader(_engine: Engine) -> None:
    """Return None: an answer takes a journey through the network, which must not stop the event loop."""


def open_reader(engine: Engine, name: object = None) -> ServerReader:
    """Open the database for reading alone; raise StoreUnavailable if it cannot be reached."""
    return ServerReader(engine.url, name)
