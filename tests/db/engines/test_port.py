"""The port to database products, on each of them: statements, transactions, readers and errors."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, Engine, select
from sqlmodel import col

from db.engines import BACKENDS, backend_of, connect, connect_file, run
from db.engines.base import joined
from db.errors import DatabaseDamaged, StoreUnavailable
from db.events.draft import Draft
from db.events.tables import Event
from db.store import Store


@pytest.fixture
def engine(store: Store, database_url: str) -> Iterator[Engine]:
    """Yield an engine for a migrated database without events."""
    opened = connect(database_url, 10)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that may only read."""
    with engine.connect() as opened:
        yield opened


@pytest.fixture
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a write."""
    with backend_of(engine).write_transaction(engine, durable=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "mysql://localhost/events",
            "cannot store events in 'mysql'; expected an address like sqlite",
        ),
        ("events.db", "'events.db' is not a database address; expected one like sqlite:///timeline.db"),
    ],
)
def test_an_address_without_a_backend_is_refused_with_an_example(url: str, message: str) -> None:
    with pytest.raises(StoreUnavailable, match=message):
        connect(url, 10)


def test_a_backend_is_found_by_the_scheme_of_its_engine(engine: Engine, database_url: str) -> None:
    assert backend_of(engine) is BACKENDS[urlsplit(database_url).scheme]


def test_a_statement_runs_once_for_each_tuple_of_a_list(writing: Connection) -> None:
    run(writing, "INSERT INTO change (event, kind, at) VALUES (?, 'created', ?)", [("a", 1), ("b", 2)])
    assert run(writing, "SELECT event, at FROM change ORDER BY seq").all() == [("a", 1), ("b", 2)]


def test_rows_are_put_in_and_read_in_batches(writing: Connection) -> None:
    backend = backend_of(writing)
    backend.put_rows(writing, "change", ("event", "kind", "at"), [])
    backend.put_rows(writing, "change", ("event", "kind", "at"), [(f"e{n}", "created", n) for n in range(5)])
    sql = "SELECT at FROM change WHERE at > ? ORDER BY at"
    batches = backend.batches(writing, sql, (0,), 3)
    assert [[at for (at,) in batch] for batch in batches] == [[1, 2, 3], [4]]
    assert list(backend.stream(writing, sql, (2,))) == backend.rows(writing, sql, (2,)) == [(3,), (4,)]


def test_a_column_is_compared_with_any_number_of_values(writing: Connection) -> None:
    run(writing, "INSERT INTO change (event, kind, at) VALUES (?, 'created', 1)", [("a",), ("b",), ("c",)])
    listed = backend_of(writing).any_of("event", ["a", "c", *(f"x{n}" for n in range(50_000))])
    assert run(writing, f"SELECT count(*) FROM change WHERE {listed.sql}", listed.params).scalar_one() == 2
    nothing = backend_of(writing).any_of("event", [])
    assert run(writing, f"SELECT count(*) FROM change WHERE {nothing.sql}", nothing.params).scalar_one() == 0


def test_texts_are_in_the_order_of_their_code_points(writing: Connection) -> None:
    """A database with another collation would sort 'a' before 'B', and '_' before both."""
    ids = ["B", "Z", "_", "a", "e", "é", "中", "😀"]
    put = "INSERT INTO change (event, kind, at) VALUES (?, 'created', 1)"
    run(writing, put, [(id_,) for id_ in reversed(ids)])
    assert [id_ for (id_,) in run(writing, "SELECT event FROM change ORDER BY event")] == ids
    assert run(writing, "SELECT count(*) FROM change WHERE event > 'Z' AND event < 'b'").scalar_one() == 2


def test_a_thousand_conditions_are_joined(connection: Connection) -> None:
    condition = joined([backend_of(connection).like_clause("event", f"{n}%") for n in range(1_500)], "OR")
    sql = f"SELECT count(*) FROM change WHERE {condition.sql}"
    assert run(connection, sql, condition.params).scalar_one() == 0


def test_features_come_in_the_order_of_the_inner_query(store: Store, connection: Connection) -> None:
    titles = ["Beta", "alpha", "Gamma"]
    store.add(Draft(id=title, title=title, category="raid", status="published") for title in titles)
    backend = backend_of(connection)
    rows = f"SELECT e.pk, e.id FROM event e ORDER BY {backend.TITLE_KEY} LIMIT 10"
    assert [id_ for _, id_ in run(connection, backend.features_in_order(rows, ("id",)))] == [
        "alpha", "Beta", "Gamma",
    ]  # fmt: skip


def test_the_indexes_of_events_are_those_of_a_new_database(connection: Connection) -> None:
    backend = backend_of(connection)
    assert "ix_event_title" in backend.event_indexes()
    assert backend.event_indexes().keys() <= backend.index_names(connection)


def test_the_moment_of_a_transaction_is_the_one_in_sql(connection: Connection) -> None:
    with connection.begin():
        moment = backend_of(connection).moment(connection)
        assert run(connection, "SELECT moment()").scalar_one() == moment
    assert abs(moment - time.time()) < 5


def test_a_write_that_does_not_wait_fails_at_once_while_another_one_runs(engine: Engine) -> None:
    backend = backend_of(engine)
    with backend.write_transaction(engine, durable=False):
        begun = time.monotonic()
        with (
            pytest.raises(StoreUnavailable, match="busy with other changes"),
            backend.write_transaction(engine, durable=True, wait=0),
        ):
            pass
        assert time.monotonic() - begun < 2


def test_a_write_that_raises_changes_nothing(engine: Engine, connection: Connection) -> None:
    def fail() -> None:
        with backend_of(engine).write_transaction(engine, durable=True) as opened:
            run(opened, "INSERT INTO change (event, kind, at) VALUES ('a', 'created', 1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert run(connection, "SELECT count(*) FROM change").scalar_one() == 0


def test_a_reader_sees_one_snapshot_and_reports_errors_by_name(store: Store, engine: Engine) -> None:
    with closing(backend_of(engine).open_reader(engine, "the backup")) as reader:
        with reader.snapshot():
            before = reader.rows("SELECT count(*) FROM event")
            store.add([Draft(id="a", title="A", category="raid")])
            assert reader.rows("SELECT count(*) FROM event") == before
        assert list(reader.stream("SELECT id FROM event")) == [("a",)]
        with pytest.raises(StoreUnavailable, match=r"the database the backup .*; run 'timeline migrate'"):
            reader.rows("SELECT * FROM songs")


def test_a_file_that_is_not_a_database_is_called_damaged(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("a,b\n" * 999)
    engine = connect_file(file)
    with pytest.raises(DatabaseDamaged, match="is not a SQLite database"):
        backend_of(engine).open_reader(engine)


def test_a_text_that_no_row_can_have_matches_no_row(store: Store, connection: Connection) -> None:
    text = "a\x00b"
    assert store.jobs.get(text) is None
    assert store.get(text) is None
    assert connection.scalars(select(col(Event.id)).where(col(Event.id).in_(["a", text]))).all() == []


def test_queries_without_a_transaction_survive_rollbacks(store: Store) -> None:
    engine = store._engine
    for turn in range(24):  # psycopg prepares a statement that it has run five times
        for number in (turn, 0, 1, turn, 2):  # the first one is prepared before the others are missed
            sql = f"SELECT count(*) + {number} FROM event WHERE id = ?"
            assert store._backend.single_query(engine, sql, ("a",), 10) == [(number,)]
        store.add([Draft(id="b", title=f"Raid {turn}", category="raid")])
        with engine.connect() as connection:
            run(connection, "SELECT 1")
            connection.rollback()
