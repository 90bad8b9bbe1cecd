"""The store on a real file: migrations, query plans, locks, time limits, and no half-written data."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import structs
from sqlmodel import SQLModel

from db.dates.edtf import When
from db.dates.interval import Interval
from db.engines import any_backend, backend_of, connect
from db.errors import BadEvent, BadFilter, ReadTimeout, StoreUnavailable, UnknownCategory
from db.events.draft import Draft, Figure
from db.migrations import upgrade
from db.migrations.hidden_tables import include_object
from db.query.filter import Filter, Near, Sort
from db.sql.filter_conditions import conditions, order_of
from db.store import Store
from geo.box import Box
from geo.place import Place, Precision

HASSELT = Place(name="Hasselt", lon=5.33781, lat=50.93106, precision=Precision.CITY, country="BE")


def event(id_: str = "a", **fields: object) -> Draft:
    """Return a published raid in Hasselt with some fields replaced."""
    when = When.parse("2023-05-03")
    raid = Draft(id=id_, title="Raid", category="raid", status="published", places=(HASSELT,), when=when)
    return structs.replace(raid, **fields)  # type: ignore[arg-type]  # passed on


@pytest.mark.sqlite_only("in PostgreSQL the tables are made from the models, with types of its own")
@pytest.mark.filterwarnings("ignore:autogenerate skipping", "ignore:Skipped unsupported reflection")
def test_the_migrations_create_the_tables_of_the_models(database_url: str) -> None:
    engine = connect(database_url, 10)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": include_object, "compare_type": True}
        )
        differences = compare_metadata(context, SQLModel.metadata)
    assert [change for change in differences if "index" not in change[0]] == []
    engine.dispose()


def test_the_versions_read_without_alembic_are_those_of_alembic() -> None:
    scripts = ScriptDirectory.from_config(upgrade.config()).walk_revisions()
    assert upgrade.versions() == [script.revision for script in scripts]


@pytest.mark.sqlite_only("compares the SQL that SQLite stores")
def test_the_migrations_create_the_indexes_of_the_models(store: Store, tmp_path: Path) -> None:
    """Alembic cannot compare indexes over expressions, so this compares their SQL."""
    modelled = connect(f"sqlite:///{tmp_path}/modelled.db", 10)
    SQLModel.metadata.create_all(modelled)
    modelled.dispose()
    assert _indexes(tmp_path / "events.db") == _indexes(tmp_path / "modelled.db")


def _indexes(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        indexes = {name: " ".join(sql.replace('"', "").split()) for name, sql in rows}
    connection.close()
    return indexes


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.add([event()])
    store.migrate()
    assert store.find(Filter()).matched == 1


@pytest.mark.sqlite_only("other engines have no databases of revisions before 0006")
def test_an_older_database_keeps_its_events(store: Store, tmp_path: Path) -> None:
    """An earlier version stored sources and texts twice; an event is what its Feature says."""
    store.add([event(tags=("x",), figures=(Figure.named("arrests", 3),))])
    feature = store.find(Filter()).features[0]
    old = tmp_path / "old.db"
    engine = connect(f"sqlite:///{old}", 10)
    command.upgrade(upgrade.config(engine), "0002")
    with sqlite3.connect(old) as target, sqlite3.connect(tmp_path / "events.db") as source:
        _copy(source, target)
    target.close()
    source.close()
    engine.dispose()
    migrated = Store(f"sqlite:///{old}")
    migrated.migrate()
    assert migrated.find(Filter(tags=("x",), countries=("BE",))).features == [feature]
    # Migrations count as writes, so only the stamps differ.
    summary = store.summary(Filter())
    assert replace(migrated.summary(Filter()), stamp=summary.stamp) == summary
    migrated.clear()
    assert migrated.find(Filter()).matched == 0


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy the rows of every table; required columns that only the target has get '0'."""
    for table in ("event", "place", "place_country", "figure", "tag", "data_version"):
        target_names = [name for (name,) in target.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        source_names = source.execute("SELECT name FROM pragma_table_info(?)", (table,))
        names = [name for (name,) in source_names if name in target_names]
        rows = source.execute(f"SELECT {', '.join(names)} FROM {table}")
        needed = target.execute('SELECT name FROM pragma_table_info(?) WHERE "notnull"', (table,))
        extra = [name for (name,) in needed if name not in names]
        listed = ", ".join([*names, *extra])
        marks = ", ".join(["?"] * len(names) + ["'0'"] * len(extra))
        target.execute(f"DELETE FROM {table}")
        target.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows.fetchall())
    (feature,) = source.execute("SELECT feature FROM encoded").fetchone()
    target.execute("UPDATE event SET feature = ?", (feature,))
    target.executemany(
        "INSERT INTO pin_index VALUES (?, ?, ?, ?, ?, ?, ?)", source.execute("SELECT * FROM pin_index")
    )


@pytest.mark.sqlite_only("is about its log")
def test_the_database_is_in_wal_mode(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "events.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.sqlite_only("reads the plans of SQLite")
@pytest.mark.parametrize(
    ("filter_", "index"),
    [
        (Filter(box=Box(5, 50, 6, 51), unplaced="exclude"), "pin_index VIRTUAL TABLE"),
        (Filter(near=Near(5, 50, 10)), "pin_index VIRTUAL TABLE"),
        (Filter(text="raid"), "event_text VIRTUAL TABLE"),
        (Filter(countries=("BE",)), "place_country USING"),
        (Filter(categories=("raid",)), "ix_event_category"),
        (Filter(ids=("a",)), "sqlite_autoindex_event"),
        (Filter(tags=("x",)), "tag USING PRIMARY KEY"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_filter_uses_its_index(store: Store, tmp_path: Path, filter_: Filter, index: str) -> None:
    where = conditions(filter_, any_backend()).events
    with sqlite3.connect(tmp_path / "events.db") as connection:
        connection.create_function("distance_km", 4, lambda *numbers: 0.0)
        connection.create_function("moment", 0, lambda: 0, deterministic=True)
        sql = f"EXPLAIN QUERY PLAN SELECT e.pk FROM event e WHERE {where.sql}"
        plan = " | ".join(row[3] for row in connection.execute(sql, where.params))
    connection.close()
    assert index in plan, plan
    assert "SEARCH embargo USING COVERING INDEX ix_embargo_until" in plan, plan


@pytest.mark.sqlite_only("reads the plans of SQLite")
def test_a_page_is_read_in_the_order_of_an_index(store: Store, tmp_path: Path) -> None:
    where = conditions(Filter(interval=Interval.parse("2020/2023")), any_backend()).events
    with sqlite3.connect(tmp_path / "events.db") as connection:
        connection.create_function("moment", 0, lambda: 0, deterministic=True)
        for sort in (Sort.NEWEST, Sort.OLDEST, Sort.UPDATED):
            order = order_of(sort, any_backend()).by
            sql = f"EXPLAIN QUERY PLAN SELECT e.pk FROM event e WHERE {where.sql} ORDER BY {order} LIMIT 100"
            plan = " | ".join(row[3] for row in connection.execute(sql, where.params))
            assert "TEMP B-TREE" not in plan, plan
    connection.close()


def test_an_update_replaces_everything_and_an_equal_draft_nothing(store: Store) -> None:
    first = event(title="Old words", figures=(Figure.named("arrests", 3),), tags=("x",))
    second = event(title="New words", places=(), when=None)
    assert store.add([first]) == (1, 0, 0)
    assert store.add([second]) == (0, 1, 0)
    assert store.add([second]) == (0, 0, 1)
    assert store.find(Filter(text="old")).matched == 0
    assert store.find(Filter(text="new")).matched == 1
    summary = store.summary(Filter())
    assert (summary.pins, summary.undated, summary.unplaced, summary.figures) == (0, 1, 1, {})


def test_the_version_counts_writes_that_change_something(store: Store) -> None:
    store.add([event()])
    store.add([event()])
    store.add([event(title="Other")])
    assert store.stamp().version == 2


@pytest.mark.parametrize("undated", ["include", "exclude"])
@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize("box", [None, Box(5, 50, 6, 51)])
def test_the_edges_of_an_interval_are_included_and_nothing_beyond(
    store: Store, undated: str, certain: bool, box: Box | None
) -> None:
    store.add([event(when=When.parse("2023-05-03T12:00:00Z"))])
    noon = When.parse("2023-05-03T12:00:00Z").start_min
    for first, last, count in (
        (noon, noon, 1),
        (noon - 9, noon, 1),
        (noon, noon + 9, 1),
        (noon + 1, noon + 9, 0),
    ):
        filter_ = Filter(interval=Interval(first, last), undated=undated, certain=certain, box=box)  # type: ignore[arg-type]
        assert store.find(filter_).matched == count
    assert store.find(replace(filter_, interval=Interval(noon - 9, noon - 1))).matched == 0


def test_a_draft_that_cannot_be_stored_stops_the_whole_write(store: Store) -> None:
    with pytest.raises(UnknownCategory) as refusal:
        store.add([event("a"), event("b", category="nope")])
    assert refusal.value.id == "b"
    assert store.find(Filter()).matched == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"id_": ""},
        {"id_": "x" * 501},
        {"id_": "a\nb"},
        {"title": " "},
        {"status": "gone"},
        {"verification": "sure"},
    ],
)
def test_a_draft_with_an_invalid_field_is_refused(store: Store, fields: dict) -> None:
    with pytest.raises(BadEvent):
        store.add([event(**fields)])


@pytest.mark.sqlite_only("another program can lock the file")
def test_the_error_for_a_locked_database_is_one_clear_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engines.sqlite.connections.BUSY_SECONDS", 0.2)
    impatient = Store(f"sqlite:///{tmp_path}/events.db")
    blocking = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
    blocking.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        impatient.add([event()])
    blocking.execute("ROLLBACK")
    blocking.close()
    assert impatient.add([event()]).created == 1
    impatient.close()


def test_reading_does_not_wait_for_writing(store: Store, database_url: str) -> None:
    store.add([event()])
    other_process = connect(database_url, 10)
    with backend_of(other_process).write_transaction(other_process, durable=False):
        assert store.find(Filter()).matched == 1
    other_process.dispose()


def test_a_read_that_takes_too_long_is_interrupted(store: Store, database_url: str) -> None:
    store.add(event(f"e{number}") for number in range(3000))
    impatient = Store(database_url, read_timeout=0.002)
    with pytest.raises(ReadTimeout):
        impatient.find(Filter(near=Near(5.3, 50.9, 10_000), text="raid"))
    impatient.close()
    assert store.stamp().version == 1


def test_a_cursor_belongs_to_one_filter_and_one_order(store: Store) -> None:
    store.add(event(f"e{number}") for number in range(5))
    cursor = store.find(Filter(), 2).next
    assert cursor is not None
    with pytest.raises(BadFilter, match="another filter"):
        store.find(Filter(categories=("raid",)), 2, cursor=cursor)
    with pytest.raises(BadFilter, match="another filter"):
        store.find(Filter(), 2, Sort.TITLE, cursor)


def test_no_event_is_missing_from_pages_while_events_are_added(store: Store) -> None:
    store.add(event(f"e{number}") for number in range(6))
    first = store.find(Filter(), 3)
    store.add([event("a-late-one"), event("newer", when=When.parse("2024"))])
    second = store.find(Filter(), 3, cursor=first.next)
    assert b'"id":"e3"' in second.features[0]
    assert len(second.features) == 3


@pytest.mark.slow
def test_an_import_killed_halfway_leaves_a_sound_database(database_url: str, tmp_path: Path) -> None:
    rows = "".join(f"e{number},Raid {number},raid,2023,5.3,50.9\n" for number in range(30_000))
    (tmp_path / "events.csv").write_text("id,title,category,date,lon,lat\n" + rows)
    env = {**os.environ, "TIMELINE_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "timeline", "import", "events.csv", "--publish"]
    process = subprocess.Popen(command, env=env, cwd=tmp_path)
    store = Store(database_url)
    while store.stamp().version < 3:
        assert process.poll() is None, "the import ended before it could be killed"
        time.sleep(0.01)
    process.kill()
    process.wait()
    stored = store.find(Filter(), 1).matched
    assert 0 < stored < 30_000
    assert stored % 1000 == 0
    assert store.summary(Filter(text="raid", box=Box(5, 50, 6, 51), unplaced="exclude")).pins == stored
    with closing(store._backend.open_reader(store._engine)) as reader:
        store._backend.check_integrity(reader, database_url)
    store.close()


def test_forty_thousand_names_of_figures_are_counted(store: Store) -> None:
    names = (f"f{number}" for number in range(40_000))
    drafts = [
        event(str(n), figures=tuple(Figure.named(name, 1) for name in islice(names, 1_000)))
        for n in range(40)
    ]
    store.add(drafts)
    assert len(store.summary(Filter()).figures) == 40_000
