"""Connections to PostgreSQL: their time limits, and transactions that cannot be committed."""

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any, cast

import psycopg
import pytest
from replicated import DATABASE, OpenStore, Servers
from sqlalchemy.engine import make_url

from db.engines import backend_of, run
from db.engines.postgres import drivers, transactions
from db.engines.postgres.remote import remote_reader
from db.engines.postgres.shared_query import SharedQuery
from db.errors import ReadTimeout, StoreUnavailable
from db.sql.transactions import reading, writing
from db.store import Store


@pytest.fixture
def store(shared_servers: Servers, open_store: OpenStore) -> Store:
    """Return an empty store on the primary alone."""
    return open_store(shared_servers.primary.url(DATABASE))


def test_a_write_with_a_failed_statement_is_not_reported_as_stored(store: Store) -> None:
    with (
        pytest.raises(StoreUnavailable, match="undid this change"),
        writing(store._engine) as connection,
        suppress(psycopg.errors.DivisionByZero),
    ):
        backend_of(connection).rows(connection, "SELECT 1 / 0")
    assert store.stamp().version == 0


def test_a_read_may_take_as_long_as_its_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "SILENT_SECONDS", 0.2)
    with reading(store._engine, 20) as connection:
        run(connection, "SELECT pg_sleep(0.6)")


class _SlowValue:
    """A parameter that this process computes for longer than the limit of the read and its grace."""

    def value(self, _driver: Any) -> int:
        time.sleep(transactions.GRACE_SECONDS + 0.3)
        return 1


def test_a_read_that_computes_too_long_is_a_read_timeout(store: Store) -> None:
    with pytest.raises(ReadTimeout), reading(store._engine, 0.1) as connection:
        backend_of(connection).rows(connection, "SELECT ?::bigint", (_SlowValue(),))


def test_rows_that_nobody_reads_any_more_cost_no_connection(store: Store) -> None:
    for _ in range(20):
        with store._engine.connect() as connection, connection.begin():
            rows = backend_of(connection).stream(connection, "SELECT n FROM generate_series(1, 100000) n")
            next(rows)
            driver = drivers.driver_of(connection)
            driver.set_deadline(time.monotonic() - 10, transactions.GRACE_SECONDS)  # the client was slow
            cast(Any, rows).close()
            assert not driver.closed


def test_a_query_of_the_event_loop_that_was_given_up_does_not_end_the_next_ones(store: Store) -> None:
    async def ask() -> Any:
        reader = remote_reader(store._engine)
        asker = asyncio.create_task(reader.newest("SELECT 1::bigint"))
        await asyncio.sleep(0)
        assert reader._next is not None
        reader._next.cancel()
        await asyncio.wait((asker,))
        rows = [await reader.newest("SELECT 2::bigint") for _ in range(20)]
        reader.close()
        return rows[-1]

    assert asyncio.run(ask()) == (2,)


def test_who_waited_for_a_shared_query_does_not_end_the_next_one(shared_servers: Servers) -> None:
    query = SharedQuery(make_url(shared_servers.primary.url(DATABASE)), "SELECT pg_sleep(0.2)::text")
    assert query.row(5, connect=True) is not None
    query._started += 1  # as if one were under way
    rows: list[Any] = []
    waiting = threading.Thread(target=lambda: rows.append(query.row(0.3, connect=False)))
    waiting.start()
    time.sleep(0.2)
    with query._changed:
        query._finished += 1
        query._changed.notify_all()
    waiting.join()
    assert rows[0] is not None
    query.close()
