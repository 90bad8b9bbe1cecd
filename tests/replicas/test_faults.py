"""Servers of PostgreSQL and of Dateline that fail while clients read and write: all recovers without anybody's help.

Each test is one fault. At the end the counts of all are printed as a table.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clients_under_faults import eventually
from fault_scene import Scene
from server_process import free_port

pytestmark = pytest.mark.slow
UNSURE = "Not sure whether it was stored"
MANY_EVENTS = 30_000


def many(prefix: str) -> str:
    """Return a file with many drafts."""
    rows = (f"{prefix}{n},Raid {n},raid\n" for n in range(MANY_EVENTS))
    return "id,title,category\n" + "".join(rows)


def test_the_primary_is_killed_while_clients_write(scene: Scene) -> None:
    with scene.clients("kill -9 of the primary, three times") as clients:
        for _ in range(3):
            scene.primary.kill()
            clients.wait_for_reads(30)
            scene.primary.start()
            clients.wait_for_writes(10)
        scene.primary.kill()
        scene.primary.start()


def test_the_replica_is_killed(scene: Scene) -> None:
    with scene.clients("kill -9 of the replica") as clients:
        scene.replica.kill()
        clients.wait_for_writes(20)
        clients.wait_for_reads(40)
        scene.replica.start()
        eventually(scene.uses_the_replica)


def test_the_replica_shows_nothing_new(scene: Scene) -> None:
    with scene.clients("replay on the replica is paused") as clients:
        scene.replica.pause_replay()
        clients.wait_for_writes(20)
        clients.wait_for_reads(40)
        assert {host.get("/health")["status"] for host in scene.hosts} == {"degraded"}
        scene.replica.resume_replay()
        eventually(scene.uses_the_replica)


def test_the_replica_hangs(scene: Scene) -> None:
    with scene.clients("the replica is stopped (SIGSTOP)") as clients:
        scene.replica.pause()
        clients.wait_for_writes(20)
        clients.wait_for_reads(60)
        scene.replica.resume()
        eventually(scene.uses_the_replica)


def test_a_server_is_killed(scene: Scene) -> None:
    with scene.clients("kill -9 of a server of Dateline") as clients:
        scene.hosts[0].restart()
        clients.wait_for_writes(20)


@pytest.fixture
def synchronous(scene: Scene) -> Iterator[None]:
    """Let each commit wait for the replica during the test."""
    scene.primary.set_synchronous("standby")
    yield
    scene.primary.set_synchronous("")


@pytest.mark.usefixtures("synchronous")
@pytest.mark.parametrize("fault", ["kill", "pause"])
def test_the_synchronous_replica_is_away(scene: Scene, fault: str) -> None:
    name = {
        "kill": "kill -9 of the synchronous replica",
        "pause": "the synchronous replica is stopped (SIGSTOP)",
    }
    with scene.clients(name[fault]) as clients:
        getattr(scene.replica, fault)()
        eventually(lambda: not scene.confirms())
        for host in scene.hosts:
            health = host.get("/health")
            assert health["status"] == "degraded"
            assert "synchronous_standby_names" in health["commits"]["problem"]
        clients.wait_for_refusal(UNSURE)
        clients.wait_for_reads(40)
        {"kill": scene.replica.start, "pause": scene.replica.resume}[fault]()
        eventually(scene.confirms)
        eventually(scene.uses_the_replica)


def test_the_primary_is_killed_in_imports(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many("c"))
    first, second = scene.hosts
    with scene.clients("kill -9 of the primary in two imports"):
        path = first.send("many.csv", many("s"), "&strict=1")
        command = scene.start_command("import", str(file))
        eventually(lambda: bool(first.get(path)["rows"]) and scene.stored("c") > 0)
        scene.primary.kill()
        scene.primary.start()
        job = second.finished(path)
        _, errors = command.communicate(timeout=60)
        if job["state"] == "failed":
            assert "database" in job["report"]["error"]
        assert scene.stored("s") == (MANY_EVENTS if job["state"] == "done" else 0)
        if command.returncode:
            assert "Error: the database events" in errors
            assert "Traceback" not in errors
        again = scene.start_command("import", str(file))
        again.communicate(timeout=120)
        assert again.returncode == 0
        assert scene.stored("c") == MANY_EVENTS
    print(f"strict import: {job['state']}, {job['report'].get('error')}; command: {errors.strip()[-300:]}")


def test_everything_restarts_at_once_in_any_order(scene: Scene) -> None:
    with (
        scene.clients("everything is killed; the servers of Dateline start first"),
        ThreadPoolExecutor(2) as both,
    ):
        scene.replica.kill()
        scene.primary.kill()
        restarts = [both.submit(host.restart) for host in scene.hosts]
        time.sleep(8)  # the servers start without a database
        scene.replica.start()
        scene.primary.start()
        for restart in restarts:
            restart.result(60)
        for host in scene.hosts:
            assert "Waiting up to 30 s for the database" in host.server.log.read_text()
        eventually(scene.uses_the_replica)


def test_a_server_ends_with_one_line_if_its_database_stays_away(scene: Scene) -> None:
    address = scene.url.replace(f":{scene.primary.port}/", f":{free_port()}/")
    command = scene.start_command("serve", "--port", "0", TIMELINE_DATABASE_URL=address)
    begin = time.monotonic()
    _, errors = command.communicate(timeout=60)
    assert command.returncode == 1
    assert 25 < time.monotonic() - begin < 45
    waiting, error = errors.splitlines()
    assert waiting.startswith("Waiting up to 30 s for the database: ")
    assert error.startswith("Error: the database events cannot be reached")


def test_a_wrong_password_ends_a_server_at_once(scene: Scene) -> None:
    address = scene.url.replace(scene.primary.password, "wrong")
    command = scene.start_command("serve", "--port", "0", TIMELINE_DATABASE_URL=address)
    _, errors = command.communicate(timeout=20)
    assert errors.splitlines() == ["Error: the database events does not accept this user or password"]
