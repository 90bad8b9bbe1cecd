"""Columns in a file: mapped by the next server if they belong to the database, and otherwise read again."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from same_columns import assert_same, both, read

from db.columns import cache, stored
from db.columns.snapshot import ARRAYS, Columns
from db.events.draft import Author, Draft, Figure
from db.query.filter import Filter
from db.sql.transactions import reading
from db.store import Store
from db.upkeep import purge

pytestmark = pytest.mark.sqlite_only("the file of columns is next to the database file")


@pytest.fixture(autouse=True)
def _few_events_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MIN_STORED_EVENTS", 1)


def _event(id_: str, figure: str = "arrests") -> Draft:
    return Draft(id=id_, title="x", category="raid", figures=(Figure.named(figure, 2),), status="published")


def _file(store: Store) -> Path:
    file = store._backend.columns_file(store._engine)
    assert file is not None
    return file


def _save(store: Store) -> Columns:
    columns = read(store)
    with reading(store._engine, 60) as connection:
        stored.save(columns, _file(store), connection)
    return columns


def _load(store: Store) -> Columns | None:
    with reading(store._engine, 60) as connection:
        return stored.load(_file(store), connection)


def _server(store: Store) -> Store:
    """Return another store of the same database, as a server opens it."""
    return Store(str(store._engine.url), ahead=True)


def _wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("columns"):
            thread.join(30)


def test_stored_columns_are_those_that_were_saved(store: Store) -> None:
    store.add([_event("a"), _event("b"), Draft(id="c", title="y", category="death", status="published")])
    columns = _save(store)
    loaded = _load(store)
    assert loaded is not None
    assert_same(loaded, columns)
    assert _file(store).stat().st_mode & 0o777 == 0o600


def test_columns_of_an_empty_database_are_stored(store: Store) -> None:
    columns = _save(store)
    loaded = _load(store)
    assert loaded is not None
    assert_same(loaded, columns)


def test_stored_columns_follow_later_writes(store: Store) -> None:
    store.add([_event(f"e{n}") for n in range(20)])
    _save(store)
    store.add([_event("e3", "boats"), _event("new", "crimes")])
    loaded = _load(store)
    assert loaded is not None
    following, expected = both(store, loaded)
    assert following is not None
    assert_same(following, expected)


def _truncate(store: Store) -> None:
    file = _file(store)
    file.write_bytes(file.read_bytes()[:-64])


def _damage_header(store: Store) -> None:
    file = _file(store)
    encoded = bytearray(file.read_bytes())
    encoded[60] ^= 1
    file.write_bytes(encoded)


def _empty(store: Store) -> None:
    _file(store).write_bytes(b"")


def _remove(store: Store) -> None:
    _file(store).unlink()


def _restore_another_history(store: Store) -> None:
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE data_version SET epoch = 'another'")


def _diverge(store: Store) -> None:
    """Act as if an older copy of the database had replaced it, and had changed since."""
    with store._writing() as connection:
        connection.exec_driver_sql(
            "UPDATE change SET event = 'other' WHERE seq = (SELECT max(seq) FROM change)"
        )


def _upgrade(store: Store) -> None:
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    "change", [_truncate, _damage_header, _empty, _remove, _restore_another_history, _diverge, _upgrade]
)
def test_a_file_that_does_not_belong_to_the_database_is_ignored(
    store: Store, change: Callable[[Store], None]
) -> None:
    store.add([_event("a")])
    _save(store)
    change(store)
    assert _load(store) is None


def test_a_server_maps_what_another_one_has_saved(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add([_event(f"e{n}") for n in range(20)])
    first = _server(store)
    assert first.summary(Filter()).matched == 20
    _wait_for_threads()
    store.add([_event("later")])

    def fail(_connection: object) -> Columns:
        raise AssertionError("all events were read")

    monkeypatch.setattr(cache, "read_columns", fail)
    second = _server(store)
    summary = second.summary(Filter())
    assert (summary.matched, summary.figures) == (21, {"arrests": 42})
    assert first.summary(Filter()) == summary
    first.close()
    second.close()


def test_saved_columns_take_the_place_of_those_in_memory(store: Store) -> None:
    store.add([_event("a")])
    server = _server(store)
    server.summary(Filter())
    _wait_for_threads()
    columns = server._columns.columns
    assert columns is not None
    assert [name for name in ARRAYS if getattr(columns, name).flags.owndata] == []
    server.close()


def test_a_purge_removes_the_file(store: Store) -> None:
    store.add([_event("a", "secretfigure"), _event("b")])
    server = _server(store)
    server.summary(Filter())
    _wait_for_threads()
    assert b"secretfigure" in _file(store).read_bytes()
    assert store.desk.purge(["a"], Author("Ada")).complete
    assert not _file(store).exists()
    server.close()


def test_a_folder_that_cannot_be_written_is_no_obstacle(store: Store) -> None:
    store.add([_event("a")])
    file = _file(store)
    file.with_name(f".{file.name}.lock").mkdir()
    server = _server(store)
    assert server.summary(Filter()).matched == 1
    _wait_for_threads()
    assert not file.exists()
    server.close()


def test_a_link_to_the_database_leads_to_the_same_file(store: Store, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(str(store._engine.url.database))
    linked = Store(f"sqlite:///{link}")
    assert _file(linked).resolve() == _file(store).resolve()
    linked.close()


def test_a_purge_deletes_columns_that_were_moved_here_without_their_lock(store: Store) -> None:
    store.add([_event("a", "boats")])
    _save(store)
    _file(store).with_name(f".{_file(store).name}.lock").unlink(missing_ok=True)
    store.desk.purge(["a"], Author("Ada"))
    assert not _file(store).exists()


def test_a_purge_reports_columns_that_it_cannot_delete(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError("not yours")

    store.add([_event("a", "boats")])
    monkeypatch.setattr(purge, "discard", refuse)
    purged = store.desk.purge(["a"], Author("Ada"))
    assert purged.rebuild_error == "not yours"
    assert not purged.complete
