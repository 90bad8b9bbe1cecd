"""Too many clients, slow queries and migrations with real servers; and how soon an edit is in every server's counts."""

import asyncio
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest
from clients_under_faults import ITEMS, Counts, eventually
from fault_scene import Scene
from hosts import Host
from postgres_cluster import connected
from replicated import DATABASE

from db.engines.postgres.transactions import WRITE_LOCK
from db.migrations import upgrade

pytestmark = pytest.mark.slow
CLIENTS = 500
FEW_CONNECTIONS = 40
EDITS = 100
READ_SECONDS = 2
_PATHS = ("/events?limit=2&datetime=1900/{}", "/events?q=fault&limit={}", "/events/summary?datetime=1900/{}")
_SEARCHES = (
    "SELECT query FROM pg_stat_activity"
    " WHERE application_name = 'dateline' AND state = 'active' AND query LIKE '%event_text%'"
)


@pytest.fixture(scope="module")
def alone(scene: Scene) -> Host:
    """Return a server that reads from the primary alone, with a short time limit."""
    return scene.start_host("alone", TIMELINE_READ_TIMEOUT=str(READ_SECONDS))


@pytest.fixture
def few_connections(scene: Scene) -> Iterator[None]:
    """Let the primary accept only a few connections."""
    scene.primary.run(f"ALTER SYSTEM SET max_connections = {FEW_CONNECTIONS}")
    scene.primary.restart()
    yield
    scene.primary.run("ALTER SYSTEM RESET max_connections")
    scene.primary.restart()


async def storm(url: str) -> Counts:
    """Send a request of each of many clients at once; each has a connection of its own."""
    counts, refused = Counts(), Counter[str]()

    async def ask(client: httpx.AsyncClient, number: int) -> None:
        begin = time.monotonic()
        response = await client.get(_PATHS[number % len(_PATHS)].format(2100 + number))
        counts.reads += 1
        counts.longest_read = max(counts.longest_read, time.monotonic() - begin)
        assert response.status_code in (200, 503), response.text
        if response.status_code == 503:
            assert "Retry-After" in response.headers
            refused[response.json()["title"]] += 1

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, timeout=90, limits=limits) as client:
        await asyncio.gather(*(ask(client, number) for number in range(CLIENTS)))
    counts.refused = dict(refused)
    return counts


def is_well(host: Host) -> bool:
    """Return whether a server answers a search, counts and an edit."""
    body = {"type": "Feature", "geometry": None, "properties": {"title": "Well", "category": "raid"}}
    statuses = [host.request("GET", path.format(2100)).status_code for path in _PATHS]
    return [*statuses, host.request("POST", ITEMS, json=body).status_code] == [200, 200, 200, 201]


@pytest.mark.usefixtures("few_connections")
def test_five_hundred_clients_at_once(scene: Scene, alone: Host) -> None:
    eventually(lambda: is_well(alone))
    counts = asyncio.run(storm(alone.server.url))
    counts.recovery = eventually(lambda: is_well(alone))
    scene.table.add(f"{CLIENTS} clients at once, PostgreSQL with {FEW_CONNECTIONS} connections", counts)


def take_connections(url: str, others: ExitStack) -> None:
    """Open more connections than PostgreSQL accepts."""
    for _ in range(FEW_CONNECTIONS):
        others.enter_context(connected(url))


@pytest.mark.usefixtures("few_connections")
def test_others_use_all_connections_of_postgresql(scene: Scene, alone: Host) -> None:
    eventually(lambda: is_well(alone))
    with ExitStack() as others:
        with pytest.raises(psycopg.OperationalError, match="connection"):
            take_connections(scene.url, others)
        counts = asyncio.run(storm(alone.server.url))
    counts.recovery = eventually(lambda: is_well(alone))
    assert counts.recovery < 10
    scene.table.add(f"{CLIENTS} clients at once, others use all connections of PostgreSQL", counts)


@contextmanager
def nobody_reads_features(scene: Scene) -> Iterator[None]:
    """Let each query of Features wait, as a very slow one does."""
    with connected(scene.primary.url(DATABASE, user="postgres")) as connection, connection.transaction():
        connection.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        yield


def searches(scene: Scene) -> list[str]:
    """Return the searches of Dateline that PostgreSQL works on."""
    return [query for (query,) in scene.primary.run(_SEARCHES)]


def test_a_query_over_its_time_limit_ends_in_postgresql_too(scene: Scene, alone: Host) -> None:
    eventually(lambda: is_well(alone))
    with nobody_reads_features(scene):
        begin = time.monotonic()
        response = alone.request("GET", "/events?q=fault")
        seconds = time.monotonic() - begin
        assert (response.status_code, response.json()["title"]) == (503, "Took too long")
        assert "Retry-After" in response.headers
        assert READ_SECONDS <= seconds < READ_SECONDS + 3
        eventually(lambda: not searches(scene), 2)
    recovery = eventually(lambda: is_well(alone))
    refused = {response.json()["title"]: 1}
    scene.table.add(
        f"a query over its limit of {READ_SECONDS} s",
        Counts(reads=1, refused=refused, longest_read=seconds, recovery=recovery),
    )


def test_queries_of_clients_that_disconnect_end_at_their_time_limit(scene: Scene, alone: Host) -> None:
    clients = 12
    with nobody_reads_features(scene):
        for _ in range(clients):
            with pytest.raises(httpx.ReadTimeout):
                httpx.get(f"{alone.server.url}/events?q=fault", timeout=0.1)
        assert alone.get("/health")["status"] == "ok"
        eventually(lambda: not searches(scene), 3 * (READ_SECONDS + 2))
    recovery = eventually(lambda: is_well(alone))
    scene.table.add(
        f"{clients} clients disconnect during a slow query", Counts(reads=clients, recovery=recovery)
    )


def test_an_edit_is_in_every_servers_counts(scene: Scene) -> None:
    """There are no notifications that could be lost: each request asks for the data version."""
    first, second = scene.hosts
    eventually(scene.uses_the_replica)
    body = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [4.35, 50.85]},
        "properties": {"title": "Visible", "category": "raid", "date": "2000-01-01", "status": "published"},
    }  # fmt: skip
    path = "/events/summary?datetime=2000"
    before = first.get(path)["matched"] - first.get(path)["undated"]
    assert second.get(path)["matched"] - second.get(path)["undated"] == before
    seconds = []
    for number in range(1, EDITS + 1):
        assert first.request("POST", ITEMS, json=body).status_code == 201
        begin = time.monotonic()
        for host in (second, first):
            counts = host.get(path)
            assert counts["matched"] - counts["undated"] == before + number
        seconds.append(time.monotonic() - begin)
    median, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    print(f"an edit is in the counts of both servers: p50 {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")
    assert p95 < 2


def test_two_migrations_at_once_create_one_database(scene: Scene) -> None:
    url = scene.primary.create_database("created_twice")
    commands = [scene.start_command("migrate", TIMELINE_DATABASE_URL=url) for _ in range(2)]
    for command in commands:
        _, errors = command.communicate(timeout=120)
        assert (command.returncode, errors) == (0, "")
    assert scene.primary.run("SELECT count(*) FROM data_version", database="created_twice") == [(1,)]


def test_servers_of_the_version_before_go_on_during_and_after_a_migration(scene: Scene) -> None:
    migrated = threading.Event()

    def migrate() -> None:
        url = scene.primary.url(DATABASE, user="postgres")
        with connected(url) as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
            connection.execute("ALTER TABLE event ADD COLUMN of_the_next_version integer")
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            time.sleep(3)
        migrated.set()

    try:
        with scene.clients("migration of 3 s beside servers of the version before") as clients:
            thread = threading.Thread(target=migrate)
            thread.start()
            assert migrated.wait(30)
            thread.join()
            clients.wait_for_reads(20)
        new = scene.start_command("serve", "--port", "0")
        _, errors = new.communicate(timeout=30)
        assert new.returncode == 1
        assert "has a newer version (9999) than this program; upgrade Dateline" in errors
    finally:
        revision = upgrade.versions()[0]
        scene.primary.run(f"UPDATE alembic_version SET version_num = '{revision}'", database=DATABASE)
