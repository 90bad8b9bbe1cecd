"""Purge in PostgreSQL: the text is gone from the files of the tables, and the report claims no more than that."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from databases import Databases, run_sql, shared_cluster, skip_reason
from secret_event import ADA, WORDS, other_events, secret

from db.errors import EventGone
from db.query.filter import Filter
from db.store import Store

pytestmark = [
    pytest.mark.skipif(bool(skip_reason("postgres")), reason="PostgreSQL is not installed"),
    pytest.mark.skipif(
        "DATELINE_TEST_POSTGRES" in os.environ, reason="the files of the server are elsewhere"
    ),
]


@pytest.fixture
def url(_databases_by_engine: Callable[[str], Databases]) -> Iterator[str]:
    databases = _databases_by_engine("postgres")
    address = databases.new()
    yield address
    databases.drop(address)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    opened.add([*other_events(), secret()])
    yield opened
    opened.close()


@pytest.fixture
def traces(url: str, shared_folder: Path) -> Callable[[str], set[str]]:
    """Return a function that searches the files of the database, or the log of the server, for the secret words."""
    cluster = shared_cluster(shared_folder)
    ((oid,),) = run_sql(url, "SELECT oid::bigint FROM pg_database WHERE datname = current_database()")

    def search(folder: str = f"base/{oid}") -> set[str]:
        cluster.run("CHECKPOINT")
        return {word for word in WORDS if grep(cluster.data / folder, word)}

    return search


def grep(folder: Path, word: str) -> bool:
    """Return whether a file contains a word as the tables, JSON or the full text do."""
    forms = {word, json.dumps(word)[1:-1], word.lower()}
    forms.add(word.lower().replace("å", "a").replace("ö", "o").replace("ü", "u"))
    patterns = [part for form in forms for part in ("-e", form)]
    command = ["grep", "-rqaF", *patterns, str(folder)]
    done = subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, check=False, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def edit(store: Store) -> None:
    """Leave the secret words in the history, the choices and the answers, and in the planner's samples."""
    store.places.settle("s", 1, None)
    store.desk.replace(
        secret(summary="Hexapolitan"), 2, ADA._replace(why="why Quirrelmund", note="Not Ümbröckel")
    )
    store.places.save_geocoder_answer("nominatim", "Zwyntorf near Vrexley", "CA", None)


def test_nothing_of_a_purged_event_is_left_in_the_files_of_the_tables(
    store: Store, url: str, traces: Callable[..., set[str]]
) -> None:
    edit(store)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    assert traces() == set(WORDS)
    done = store.desk.purge(["s"], ADA)
    assert traces() == set()
    assert store.find(Filter()).matched == 40
    with pytest.raises(EventGone, match="removed for good"):
        store.get("s")
    assert (done.rebuilt, done.searched, done.files) == (True, 0, ())
    assert not done.complete, "nobody has searched the files"


def test_the_only_event_leaves_nothing_in_the_samples_of_empty_tables(
    store: Store, url: str, traces: Callable[..., set[str]]
) -> None:
    store.desk.purge([f"e{number}" for number in range(40)], ADA)
    edit(store)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    store.desk.purge(["s"], ADA)
    assert traces() == set()
    store.add([secret("t")])
    assert store.find(Filter(text="Hexapolitan")).matched == 1


def test_the_log_still_has_the_text_and_the_report_names_it(
    store: Store, traces: Callable[..., set[str]]
) -> None:
    done = store.desk.purge(["s"], ADA)
    assert "Quirrelmund" in traces("pg_wal")
    assert any("write-ahead log" in place for place in done.unreached)
    assert not any("pg_statistic" in place for place in done.unreached)


def test_a_transaction_from_before_is_reported_and_a_second_purge_finishes(
    store: Store, url: str, traces: Callable[..., set[str]]
) -> None:
    with psycopg.connect(url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (41,)
        begun = time.monotonic()
        done = store.desk.purge(["s"], ADA, wait=0.3)
        assert time.monotonic() - begun < 10
        assert done.rebuild_error is not None
        assert "a transaction from before the purge" in done.rebuild_error
        assert not done.rebuilt
        assert traces()
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (41,)
    second = store.desk.purge(["s"], ADA)
    assert (second.rebuilt, second.erased.ids, list(second.erased.purged_before)) == (True, [], ["s"])
    assert traces() == set()


def test_the_command_claims_no_more_than_it_knows(store: Store, url: str) -> None:
    command = [sys.executable, "-m", "timeline", "purge", "s", "--why", "a request"]
    env = {**os.environ, "TIMELINE_DATABASE_URL": url}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Verified" not in done.stdout
    assert "Not verified, because nobody can search the files" in done.stdout
    assert "The text may still be in:\n  the server's write-ahead log and its archive" in done.stdout
    assert not any(word in done.stdout for word in WORDS)
