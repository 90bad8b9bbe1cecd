"""How many messages a read costs, and what happens to it when its connection is lost."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from replicated import DATABASE, OpenStore, Servers
from sqlalchemy.engine import make_url

from db.columns.snapshot import Columns
from db.columns.version_rows import ReadRows
from db.engines.postgres.remote import remote_reader
from db.events.draft import Draft
from db.query.filter import Filter
from db.sql.transactions import reading
from db.store import Store


class Proxy:
    """Passes connections on to a database server, and counts what clients send before they wait for an answer."""

    def __init__(self, port: int) -> None:
        """Listen on a free port."""
        self.messages = 0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for source, target, counts in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(source, target, counts), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with source, suppress(OSError):
            while data := source.recv(1 << 16):
                self.messages += counts
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Accept no more connections."""
        self._listener.close()

    def count(self, read: Callable[[], Any]) -> int:
        """Return how many messages a read costs once its connection is open and its statements are prepared."""
        for _ in range(8):
            read()
        before = self.messages
        read()
        return self.messages - before


def _draft(number: int) -> Draft:
    return Draft(id=f"event-{number}", title=f"Event {number}", category="raid", status="published")


@pytest.fixture
def proxy(shared_servers: Servers) -> Iterator[Proxy]:
    """Yield a proxy of the primary."""
    started = Proxy(shared_servers.primary.port)
    yield started
    started.close()


@pytest.fixture
def store(shared_servers: Servers, proxy: Proxy, open_store: OpenStore) -> Store:
    """Return a store with three events, behind the proxy."""
    opened = open_store(
        make_url(shared_servers.primary.url(DATABASE)).set(port=proxy.port).render_as_string(False)
    )
    opened.clear()
    opened.add([_draft(number) for number in range(3)])
    opened.summary(Filter())
    return opened


def test_counts_cost_one_message_and_counts_with_titles_two(store: Store, proxy: Proxy) -> None:
    assert proxy.count(lambda: store.summary(Filter())) == 1
    assert proxy.count(lambda: store.countries(Filter())) == 1
    assert proxy.count(lambda: store.stamp()) == 1
    assert proxy.count(lambda: store.index(Filter(), str)) == 2
    assert proxy.count(lambda: store.find(Filter(), limit=2)) == 2


def test_a_transaction_costs_two_messages_more_than_its_statements(store: Store, proxy: Proxy) -> None:
    assert proxy.count(lambda: store.get("event-1")) == 3


def test_reads_and_writes_use_other_connections_when_theirs_are_lost(
    store: Store, shared_servers: Servers
) -> None:
    reads: list[Callable[[], Any]] = [
        lambda: store.get("event-1"),
        lambda: store.summary(Filter()).matched,
        lambda: store.find(Filter(), limit=2).matched,
        lambda: store.add([_draft(4)]),
    ]
    for read in reads:
        # Two transactions at once, so that the pool has more than one connection.
        with reading(store._engine, 5):
            expected = read()
        shared_servers.primary.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dateline'"
        )
        assert read() == expected or expected.created


def test_rows_are_of_the_version_of_the_columns(store: Store) -> None:
    numbers = iter(range(10, 20))

    def count_while_another_writes(columns: Columns, read: ReadRows) -> tuple[int, int]:
        if len(columns) == 3:
            store.add([_draft(next(numbers))])
        ((count,),) = read("SELECT count(*) AS count FROM event")
        return len(columns), count

    assert store._columns.answer(count_while_another_writes) == (4, 4)


def test_an_error_in_the_event_loop_does_not_reach_the_next_queries(store: Store) -> None:
    async def ask() -> list[Any]:
        reader = remote_reader(store._engine)
        await reader.rows("SELECT 1", (), "")
        broken = reader.rows("SELECT 1 / ?::bigint", (0,), "")
        answers = list(
            await asyncio.gather(broken, *(reader.rows("SELECT ?::bigint", (n,), "") for n in (1, 2)))
        )
        reader._servers[0]._rest_until = 0
        answers.append(await reader.rows("SELECT ?::text, ?::bigint[], ?::text", ("a\x00", [1, 2], None), ""))
        reader.close()
        return answers

    assert asyncio.run(ask()) == [None, None, None, [("a\x01", [1, 2], None)]]


def test_many_queries_of_the_event_loop_wait_on_few_connections(store: Store) -> None:
    async def ask() -> tuple[list[Any], int]:
        reader = remote_reader(store._engine)
        await reader.rows("SELECT 1", (), "")
        answers = await asyncio.gather(*(reader.rows("SELECT ?::bigint", (n,), "") for n in range(200)))
        connections = len(reader._servers[0]._connections)
        reader.close()
        return answers, connections

    answers, connections = asyncio.run(ask())
    assert answers == [[(number,)] for number in range(200)]
    assert connections <= 4
