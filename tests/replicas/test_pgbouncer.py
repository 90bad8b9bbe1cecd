"""Dateline through PgBouncer in transaction mode: each transaction may be on another connection of the server."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres_cluster import OWNER
from postgres_programs import new_cluster_folder
from replicated import DATABASE, OpenStore, Servers
from server_process import free_port

from db.errors import StoreUnavailable
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("pgbouncer") is None, reason="pgbouncer is not installed (Debian's pgbouncer)"
    ),
]
_CONFIGURATION = """[databases]
{database} = host=127.0.0.1 port={server} dbname={database} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
ignore_startup_parameters = options
pidfile = {folder}/pgbouncer.pid
logfile = {folder}/pgbouncer.log
"""


@pytest.fixture(scope="module")
def address(shared_servers: Servers) -> Iterator[str]:
    """Start PgBouncer with four connections to the primary, and yield the address of the database behind it."""
    folder, port = new_cluster_folder(), free_port()  # the user `postgres` may read it
    primary = shared_servers.primary
    text = _CONFIGURATION.format(
        database=DATABASE,
        server=primary.port,
        user=OWNER,
        password=primary.password,
        port=port,
        folder=folder,
    )
    configuration = Path(folder, "pgbouncer.ini")
    configuration.write_text(text)
    configuration.chmod(0o644)
    process = subprocess.Popen(["pgbouncer", "-u", "postgres", configuration], stderr=subprocess.DEVNULL)
    yield f"postgresql://{OWNER}@127.0.0.1:{port}/{DATABASE}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def store(address: str, open_store: OpenStore) -> Store:
    """Return an empty store behind PgBouncer."""
    opened = open_store(f"{address}?prepared_statements=off")
    for _ in range(50):
        try:
            opened.clear()
            return opened
        except StoreUnavailable:
            time.sleep(0.1)
    opened.clear()
    return opened


def _draft(number: int) -> Draft:
    return Draft(id=f"event-{number}", title=f"Event {number}", category="raid", status="published")


def test_reads_and_writes_of_many_threads(store: Store) -> None:
    def write_and_read(number: int) -> None:
        store.add([_draft(number)])
        assert store.get(f"event-{number}") is not None
        assert store.summary(Filter()).matched > 0
        assert store.find(Filter(text="event"), limit=2).matched > 0
        assert len(list(store.snapshot(Filter())[1])) > 0

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_and_read, range(60)))
    assert store.summary(Filter()).matched == 60
    assert store.find(Filter(), limit=60).matched == 60


def test_reads_of_the_event_loop(store: Store) -> None:
    store.add(_draft(number) for number in range(20))
    store.summary(Filter())

    async def ask() -> int:
        await store.quick.version()
        answers = []
        for _ in range(10):
            answers += await asyncio.gather(*(store.quick.event(f"event-{number}") for number in range(20)))
        page = await store.quick.page(Filter(), 10)
        assert page is None or page.matched == 20
        return sum(answer is not None for answer in answers)

    assert asyncio.run(ask()) > 100  # a busy machine does not answer all of them in time


def test_another_value_of_the_option_is_refused(address: str) -> None:
    with pytest.raises(StoreUnavailable, match="expected on, or off"):
        Store(f"{address}?prepared_statements=never").check()
