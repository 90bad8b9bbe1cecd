"""The clusters that tests of PostgreSQL use: databases, replicas, crashes, and their end with the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_cluster import Cluster, is_alive
from postgres_programs import missing, new_cluster_folder

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"PostgreSQL: {missing()}")


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    """Yield a running cluster with an empty table `word` in the database `postgres`."""
    cluster = Cluster.create(new_cluster_folder() / "primary", durable=True)
    cluster.start()
    cluster.install()
    cluster.run("CREATE TABLE word (text text)")
    yield cluster
    cluster.stop("immediate")


def _words(cluster: Cluster) -> list[str]:
    return [text for (text,) in cluster.run("SELECT text FROM word")]


def test_a_database_has_the_extensions_and_belongs_to_a_role_without_privileges(primary: Cluster) -> None:
    primary.create_database("extended")
    assert primary.run("SELECT ST_AsText(ST_Point(1, 2))", "extended") == [("POINT(1 2)",)]
    owner = "SELECT rolname, rolsuper FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = 'extended'"
    assert primary.run(owner) == [("dateline", False)]
    primary.drop_database("extended")
    assert primary.run("SELECT 1 FROM pg_database WHERE datname = 'extended'") == []


def test_the_collation_and_time_zone_differ_from_those_of_sqlite(primary: Cluster) -> None:
    assert primary.run("SELECT 'a' < 'B', 'a' < 'B' COLLATE \"C\"") == [(True, False)]
    assert primary.run("SHOW timezone") == [("Asia/Kathmandu",)]


def test_a_killed_server_has_every_commit_after_its_start(primary: Cluster) -> None:
    primary.run("INSERT INTO word VALUES ('before the kill')")
    processes = primary.processes()
    primary.kill()
    assert len(processes) > 3
    assert primary.processes() == []
    primary.start()
    assert "before the kill" in _words(primary)


def test_a_replica_follows_pauses_and_becomes_a_primary(primary: Cluster) -> None:
    standby = primary.replica("standby", synchronous=True)
    primary.run("SET synchronous_commit = remote_apply; INSERT INTO word VALUES ('seen at once')")
    assert "seen at once" in _words(standby)
    primary.set_synchronous("")
    standby.pause_replay()
    primary.run("INSERT INTO word VALUES ('seen late')")
    time.sleep(0.2)
    assert "seen late" not in _words(standby)
    standby.resume_replay()
    primary.wait_for(standby)
    assert "seen late" in _words(standby)
    standby.promote()
    standby.run("INSERT INTO word VALUES ('of the new primary')")
    assert "of the new primary" not in _words(primary)
    standby.stop()


def test_a_paused_server_keeps_its_processes_and_answers_later(primary: Cluster) -> None:
    client = [sys.executable, "-c", f"import psycopg; psycopg.connect({primary.admin_url!r}).close()"]
    primary.pause()
    with subprocess.Popen(client) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        primary.resume()
        assert process.wait(20) == 0


def test_a_cluster_ends_with_the_process_that_made_it_even_if_that_is_killed() -> None:
    code = """
from postgres_cluster import Cluster, is_alive
from postgres_programs import new_cluster_folder
cluster = Cluster.create(new_cluster_folder() / "lost")
cluster.start()
print(cluster.data, cluster.processes()[0], flush=True)
input()
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        data, server = process.stdout.readline().split()
        os.kill(int(server), signal.SIGSTOP)
        process.kill()
    end = time.monotonic() + 20
    while Path(data).parent.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert not is_alive(int(server))
