"""`timeline copy`: both databases give the same answers, and an interrupted copy goes on where it stopped."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from chance import examples
from databases import ENGINES, Databases, run_sql, skip_reason
from hypothesis import given
from hypothesis import strategies as st
from rich_events import EDITOR, fill_richly, rich_event
from upkeep_rows import rows_of

from db.engines import backend_of, connect
from db.errors import DatabaseDamaged, StoreUnavailable
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from db.upkeep import copied_tables
from db.upkeep.copied_tables import CopiedTable
from db.upkeep.database_copy import DatabaseCopy, copy_database

OTHER_ENGINE = [("sqlite", "postgres"), ("postgres", "sqlite")]
SAME_ENGINE = [("sqlite", "sqlite"), ("postgres", "postgres")]


class Addresses(NamedTuple):
    """A filled database, an address without tables, and a key of an editor of the first."""

    source: str
    target: str
    key: str


def mark(pair: tuple[str, str]) -> Any:
    """Return a parameter that is skipped where an engine is not installed."""
    reason = next(filter(None, map(skip_reason, pair)), None)
    marks = [pytest.mark.skip(reason=f"postgres: {reason}")] if reason else []
    return pytest.param(pair, marks=marks, id="-".join(pair))


@pytest.fixture(params=[mark(pair) for pair in OTHER_ENGINE])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param  # type: ignore[no-any-return]  # a pair of names


@pytest.fixture
def addresses(
    pair: tuple[str, str], _databases_by_engine: Callable[[str], Databases], tmp_path: Path
) -> Iterator[Addresses]:
    """Yield the address of a rich database and one without any table."""
    of_source, of_target = (_databases_by_engine(name) for name in pair)
    source, target = of_source.new(tmp_path / "from"), of_target.bare(tmp_path / "to")
    with closing(Store(source)) as store:
        key = fill_richly(store)
    yield Addresses(source, target, key)
    of_source.drop(source)
    of_target.drop(target)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after every seven rows, so that a small database takes many transactions."""
    monkeypatch.setattr(copied_tables, "ROWS_PER_GROUP", 7)


@contextmanager
def silent(_label: str) -> Iterator[Callable[[int, int], None]]:
    """Show no progress."""
    yield lambda done, total: None


def copied(source: str, target: str, *, force: bool = False, show_phase: Any = silent) -> DatabaseCopy:
    """Copy a database to another address."""
    engines = [connect(url, 60) for url in (source, target)]
    try:
        return copy_database(*engines, show_phase, force=force)
    finally:
        for engine in engines:
            backend_of(engine).close(engine)


class Interruption(Exception):
    """Raised in the middle of a copy."""


def interrupt_after(calls: int) -> Callable[[str], Any]:
    """Return how to show progress so that a copy stops after so many reports of it."""
    remaining = [calls]

    def on_progress(_done: int, _total: int) -> None:
        remaining[0] -= 1
        if remaining[0] < 0:
            raise Interruption

    return lambda label: nullcontext(on_progress)


every_pair = pytest.mark.parametrize("pair", [mark(pair) for pair in OTHER_ENGINE + SAME_ENGINE])


@every_pair
def test_every_table_is_copied_and_a_rich_database_has_rows_in_each(addresses: Addresses) -> None:
    before = rows_of(addresses.source)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    done = copied(addresses.source, addresses.target)
    assert rows_of(addresses.target) == rows_of(addresses.source) == before
    assert done.rows == {name: len(rows) for name, rows in before.items()}
    assert (done.resumed, done.begun_again, done.source_changed) == (0, None, False)


PATHS = (
    "/events?limit=1000", "/events?limit=7&sortby=title", "/events?q=hospitalet", "/events?q=%22l%20hospitalet%22",
    "/events?bbox=-64,44,-63,45&datetime=2022/2024", "/events?near=21.5,42.7&radius=10", "/events?country=MK",
    "/events?filter=casei(title)%20LIKE%20%27l%25%27", "/events/summary", "/events/clusters?zoom=3", "/categories",
    "/tiles/0/0/0", "/events.csv", "/events.geojsonl", "/events.ics", "/changes", "/changes?limit=3",
    "/collections/events/items/event-1", "/collections/events/items/event-4", "/collections/events/items/event-8",
    "/events/index", "/events/countries",
)  # fmt: skip
KEY_PATHS = ("/collections/events/items/event-1/history", "/events?status=draft,review&limit=100")


def test_the_servers_of_both_give_the_same_bytes_etags_and_tokens(
    addresses: Addresses, serve: Callable[..., Any]
) -> None:
    copied(addresses.source, addresses.target)
    first, second = (serve(url) for url in (addresses.source, addresses.target))
    headers = {"Authorization": f"Bearer {addresses.key}", "Host": "localhost"}
    for path in (*PATHS, *KEY_PATHS):
        sent = headers if path in KEY_PATHS else {"Host": "localhost"}
        response, other = (httpx.get(server.url + path, headers=sent) for server in (first, second))
        assert response.status_code < 500
        assert (response.status_code, response.content) == (other.status_code, other.content), path
        assert response.headers.get("etag") == other.headers.get("etag"), path
    feed = httpx.get(first.url + "/changes?limit=5").json()
    token = {key: value for key, value in feed.items() if key in ("next", "since", "token")}
    assert token
    tag = first.get("/events", headers={"Host": "localhost"}).headers["etag"]
    again = second.get("/events", headers={"Host": "localhost", "If-None-Match": tag})
    assert again.status_code == 304


def test_an_editor_goes_on_with_the_numbers_of_the_source(addresses: Addresses) -> None:
    copied(addresses.source, addresses.target)
    with closing(Store(addresses.source)) as first, closing(Store(addresses.target)) as second:
        token = first.desk.changes(None, 10_000).token
        assert second.desk.changes(token, 10).entries == []
        for store in (first, second):
            assert store.desk.holder(addresses.key)
            store.add([rich_event(100), rich_event(3)])
            store.desk.create_key("New", "editor")
            store.desk.delete("event-9", 1, EDITOR)
        changes = [store.desk.changes(token, 10).entries for store in (first, second)]
        assert [entry.id for entry in changes[0]] == [entry.id for entry in changes[1]]
        assert first.find(Filter(text="hospitalet")).matched == second.find(Filter(text="hospitalet")).matched
        names = [{key.name for key in store.desk.keys()} for store in (first, second)]  # noqa: SIM118  # no dict
        assert names == [{"Ada", "Old", "New"}] * 2


@pytest.mark.usefixtures("small_groups")
def test_an_interrupted_copy_goes_on_where_it_stopped(addresses: Addresses) -> None:
    resumed = []
    for calls in (3, 20, 40):
        with pytest.raises(Interruption):
            copied(addresses.source, addresses.target, show_phase=interrupt_after(calls))
        resumed.append(run_sql(addresses.target, "SELECT count(*) FROM event")[0][0])
    done = copied(addresses.source, addresses.target)
    assert done.resumed > 100
    assert done.begun_again is None
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.usefixtures("small_groups")
def test_a_copy_of_a_source_that_has_changed_begins_again(addresses: Addresses) -> None:
    with pytest.raises(Interruption):
        copied(addresses.source, addresses.target, show_phase=interrupt_after(30))
    with closing(Store(addresses.source)) as store:
        store.add(
            [Draft(id="event-2", title="Changed", category="raid")]
        )  # a draft: readers see no difference
    done = copied(addresses.source, addresses.target)
    assert (done.resumed, done.begun_again) == (0, "the source has changed since")
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.usefixtures("small_groups")
def test_keys_and_answers_that_change_between_two_runs_do_not_matter(addresses: Addresses) -> None:
    with pytest.raises(Interruption):
        copied(addresses.source, addresses.target, show_phase=interrupt_after(30))
    with closing(Store(addresses.source)) as store:
        store.desk.create_key("Bob", "editor")
        store.places.save_geocoder_answer("nominatim", "Plonkheim", "", None)
    assert copied(addresses.source, addresses.target).begun_again is None
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.usefixtures("small_groups")
def test_no_command_uses_an_unfinished_copy(addresses: Addresses, tmp_path: Path) -> None:
    with pytest.raises(Interruption):
        copied(addresses.source, addresses.target, show_phase=interrupt_after(30))
    before = rows_of(addresses.target)
    for arguments in (
        ["serve", "--port", "0"], ["migrate"], ["export", "geojson"], ["backup", f"{tmp_path}/b.db"],
        ["copy", "--from", addresses.target, "--to", f"sqlite:///{tmp_path}/c.db"],
    ):  # fmt: skip
        done = timeline(addresses.target, *arguments)
        assert done.returncode == 1, arguments
        assert "is an unfinished copy; run the same 'timeline copy' again" in done.stderr.splitlines()[-1]
        assert len(done.stderr.splitlines()) == 1
    assert rows_of(addresses.target) == before


@pytest.mark.parametrize("pair", [mark(("sqlite", "postgres"))])
def test_the_countries_of_pins_have_the_times_of_their_events(addresses: Addresses) -> None:
    copied(addresses.source, addresses.target)
    missing = (
        "SELECT count(*) FROM place_country c JOIN place p ON p.pk = c.place JOIN event e ON e.pk = p.event"
        " WHERE e.date = '2021-05-03' AND (c.first IS NULL OR c.last IS NULL)"
    )
    dated = "SELECT count(*) FROM place p JOIN event e ON e.pk = p.event WHERE e.date = '2021-05-03'"
    assert run_sql(addresses.target, dated)[0][0] > 0
    assert run_sql(addresses.target, missing) == [(0,)]


@every_pair
def test_a_target_with_data_is_replaced_only_by_force(addresses: Addresses) -> None:
    copied(addresses.source, addresses.target)
    before = rows_of(addresses.target)
    with closing(Store(addresses.source)) as store:
        store.add([rich_event(200)])
    with pytest.raises(
        StoreUnavailable, match=r"has data already \(.*event.*\); choose an empty database, or pass"
    ):
        copied(addresses.source, addresses.target)
    assert rows_of(addresses.target) == before
    copied(addresses.source, addresses.target, force=True)
    assert rows_of(addresses.target) == rows_of(addresses.source) != before


def test_a_migrated_target_without_events_is_used(addresses: Addresses) -> None:
    with closing(Store(addresses.target)) as store:
        store.migrate()
    copied(addresses.source, addresses.target)
    assert rows_of(addresses.target) == rows_of(addresses.source)


@every_pair
def test_a_database_is_not_copied_onto_itself(addresses: Addresses) -> None:
    before = rows_of(addresses.source)
    with pytest.raises(StoreUnavailable, match="is the source itself; expected another database"):
        copied(addresses.source, addresses.source, force=True)
    assert rows_of(addresses.source) == before


def test_the_tables_of_another_program_stay(addresses: Addresses) -> None:
    run_sql(addresses.target, "CREATE TABLE songs (name TEXT)")
    for force in (False, True):
        with pytest.raises(StoreUnavailable, match="belongs to another program"):
            copied(addresses.source, addresses.target, force=force)
    assert run_sql(addresses.target, "SELECT count(*) FROM songs") == [(0,)]


def test_a_target_that_a_server_uses_is_not_deleted(addresses: Addresses, serve: Callable[..., Any]) -> None:
    copied(addresses.source, addresses.target)
    server = serve(addresses.target)
    matched = server.get("/events").json()["numberMatched"]
    with pytest.raises(StoreUnavailable, match="is in use"):
        copied(addresses.source, addresses.target, force=True)
    assert server.get("/events").json()["numberMatched"] == matched
    server.stop()
    copied(addresses.source, addresses.target, force=True)


HARM = {
    "a title": "UPDATE event SET title = 'x' WHERE id = 'event-3'",
    "a Feature": "DELETE FROM encoded WHERE event = 3",
    "a place": "UPDATE place SET lon = lon + 0.00001 WHERE pk = 2",
    "a figure": "UPDATE figure SET value = value + 1e-9 WHERE name = 'seized_eur'",
    "a pin": "DELETE FROM pin_index WHERE place = 2",
    "history": "DELETE FROM history WHERE event = 'event-1' AND revision = 2",
    "the feed": "UPDATE change SET at = at + 1 WHERE seq = 3",
}


def test_a_damaged_copy_is_noticed_and_the_next_run_begins_again(addresses: Addresses) -> None:
    for harm in HARM.values():

        def show_phase(label: str, harm: str = harm) -> Any:
            if label == "Verifying":
                run_sql(addresses.target, harm)
            return silent(label)

        with pytest.raises(DatabaseDamaged, match=r"is not like its source|rows of full text|is damaged"):
            copied(addresses.source, addresses.target, show_phase=show_phase)
        with (
            pytest.raises(StoreUnavailable, match="is an unfinished copy"),
            closing(Store(addresses.target)) as store,
        ):
            store.check()
    assert copied(addresses.source, addresses.target).begun_again == "the earlier copy was damaged"
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.usefixtures("small_groups")
def test_of_two_copies_at_once_one_stops(addresses: Addresses) -> None:
    def show_phase(label: str) -> Any:
        other_runs = iter([lambda: copied(addresses.source, addresses.target)])

        def on_progress(done: int, _total: int) -> None:
            for run in other_runs if label == "Copying" and done > 100 else ():
                run()

        return nullcontext(on_progress)

    with pytest.raises(StoreUnavailable, match="another process copies into the same database"):
        copied(addresses.source, addresses.target, show_phase=show_phase)
    assert rows_of(addresses.target) == rows_of(addresses.source)


def test_a_write_to_the_source_meanwhile_is_reported_and_not_copied(addresses: Addresses) -> None:
    before = rows_of(addresses.source)

    def show_phase(label: str) -> Any:
        if label == "Copying":
            with closing(Store(addresses.source)) as store:
                store.add([rich_event(300)])
        return silent(label)

    assert copied(addresses.source, addresses.target, show_phase=show_phase).source_changed
    assert rows_of(addresses.target) == before


def timeline(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with a database."""
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(
        command, env={**os.environ, "TIMELINE_DATABASE_URL": url}, capture_output=True, text=True, check=False
    )


def test_the_command_says_what_it_copied(addresses: Addresses) -> None:
    done = timeline("", "copy", "--from", addresses.source, "--to", addresses.target)
    assert done.returncode == 0, done.stderr
    assert "60 events copied from" in done.stdout
    assert "counts and checksums of 21 tables verified" in done.stdout
    assert "dateline:" not in done.stdout.replace("dateline:***", ""), "no password is printed"


_COPY = """
import sys
from contextlib import nullcontext
from db.engines import connect
from db.upkeep import copied_tables
from db.upkeep.database_copy import copy_database
copied_tables.ROWS_PER_GROUP = 7
print("ready", flush=True)
copy_database(connect(sys.argv[1], 60), connect(sys.argv[2], 60), lambda label: nullcontext(lambda done, total: None),
    force=False)
"""


@pytest.mark.slow
def test_a_killed_copy_goes_on_wherever_it_was_killed(addresses: Addresses) -> None:
    command = [sys.executable, "-c", _COPY, addresses.source, addresses.target]
    chance = random.Random(24)
    for seconds in sorted(chance.uniform(0, 2.5) for _ in range(12)):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with suppress(StoreUnavailable):  # the last one may have been quicker than its end
        copied(addresses.source, addresses.target)
    assert rows_of(addresses.target) == rows_of(addresses.source)


def lose_connections(url: str) -> Callable[[str], Any]:
    """Return how to show progress so that the server at `url` ends its connections in the middle of a copy."""
    urls = iter([url])

    def on_progress(done: int, _total: int) -> None:
        for url in urls if done > 100 else ():
            run_sql(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )

    return lambda label: nullcontext(on_progress)


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("pair", [mark(("postgres", "sqlite"))])
def test_a_lost_source_is_one_line_and_the_copy_goes_on(addresses: Addresses) -> None:
    with pytest.raises(StoreUnavailable, match="run the same command again to go on") as lost:
        copied(addresses.source, addresses.target, show_phase=lose_connections(addresses.source))
    assert "\n" not in str(lost.value)
    assert copied(addresses.source, addresses.target).resumed > 100
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("pair", [mark(("sqlite", "postgres"))])
def test_a_target_that_ends_idle_connections_is_connected_again(addresses: Addresses) -> None:
    copied(addresses.source, addresses.target, show_phase=lose_connections(addresses.target))
    assert rows_of(addresses.target) == rows_of(addresses.source)


@pytest.mark.parametrize("pair", [mark(("sqlite", "sqlite")), mark(("postgres", "sqlite"))])
def test_a_full_disk_is_one_line_and_the_copy_goes_on(addresses: Addresses) -> None:
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n{_COPY}"
    command = [sys.executable, "-c", limited, addresses.source, addresses.target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "disk is full" in done.stderr.splitlines()[-1]
    copied(addresses.source, addresses.target)
    assert rows_of(addresses.target) == rows_of(addresses.source)


@given(
    numbers=st.lists(st.integers(0, 300), max_size=12, unique=True),
    rows=st.integers(1, 9),
    calls=st.lists(st.integers(0, 40), max_size=3),
)
@examples(10)
@pytest.mark.skipif(bool(skip_reason("postgres")), reason="postgres: not installed")
def test_any_events_survive_the_way_there_and_back(
    _databases_by_engine: Callable[[str], Databases],  # noqa: PT019  # used
    tmp_path_factory: pytest.TempPathFactory,
    numbers: list[int],
    rows: int,
    calls: list[int],
) -> None:
    sqlite, postgres = (_databases_by_engine(name) for name in ENGINES)
    folder = tmp_path_factory.mktemp("there-and-back")
    source, middle, back = sqlite.new(folder / "a"), postgres.bare(), sqlite.bare(folder / "b")
    with closing(Store(source)) as store:
        store.add([rich_event(number) for number in numbers], categories={"new_kind": "New kind"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copied_tables, "ROWS_PER_GROUP", rows)
        for number in calls:
            with suppress(Interruption, StoreUnavailable):
                copied(source, middle, show_phase=interrupt_after(number))
        with suppress(StoreUnavailable):  # it may be complete, and has data then
            copied(source, middle)
        copied(middle, back)
    assert rows_of(back) == rows_of(middle) == rows_of(source)
    postgres.drop(middle)


def test_groups_depend_on_the_rows_alone() -> None:
    table = CopiedTable("encoded", ("event", "feature"), ("event",), (), 1)
    size = copied_tables.BYTES_PER_GROUP // 3
    rows = [(number, bytes(size)) for number in range(7)]
    assert [len(group) for group in table.groups(iter(rows))] == [4, 3]
    few = [(number, b"") for number in range(copied_tables.ROWS_PER_GROUP + 1)]
    assert [len(group) for group in table.groups(iter(few))] == [copied_tables.ROWS_PER_GROUP, 1]
