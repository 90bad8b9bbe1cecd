"""The migration 0010 finds what editors changed before it in the history, and leaves out what imports changed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from msgspec import structs
from old_databases import migrate

from db.dates.edtf import When
from db.engines import connect
from db.events.draft import Author, Draft, LookedUpText
from db.migrations import upgrade
from db.store import Store
from db.writing.prepared import prepare
from geo.place import Place, Precision

ADA = Author("Ada")
RAID = Draft(id="a", title="Raid", category="raid", when=When.parse("2023"), data={"age": "30", "sex": "f"})
HASSELT = Place(name="Hasselt", lon=5.3, lat=50.9, precision=Precision.CITY, country="BE", geocoder="chosen")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/events.db")
    store.migrate()
    yield store
    store.close()


def edit(store: Store, **fields: Any) -> None:
    stored = store.desk.event("a")
    store.desk.replace(structs.replace(stored.draft, **fields), stored.revision, ADA)


def marks_after_migration(store: Store, tmp_path: Path) -> dict[str, str]:
    """Return the marks that the migration makes of the history, after those of the program were deleted."""
    store.close()
    file = tmp_path / "events.db"
    engine = connect(f"sqlite:///{file}", 10)
    command.downgrade(upgrade.config(engine), "0010")
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        before = connection.execute("SELECT fields FROM edited").fetchall()
        connection.execute("DROP TABLE edited")
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
        connection.commit()
    migrate(file)
    with closing(sqlite3.connect(file)) as connection:
        after = connection.execute("SELECT fields FROM edited").fetchall()
    assert list(map(_decoded, after)) == list(map(_decoded, before))
    return _decoded(after[0]) if after else {}


def _decoded(row: tuple[str]) -> dict[str, str]:
    marks: dict[str, str] = json.loads(row[0])
    return marks


def test_fields_that_an_editor_changed_have_marks(store: Store, tmp_path: Path) -> None:
    store.add([RAID])
    edit(store, title="Search", data={"age": "31", "sex": "f", "more": "x"}, tags=("t",))
    store.add([structs.replace(RAID, category="arrest")])
    marks = marks_after_migration(store, tmp_path)
    assert marks.keys() == {"title", "data.age", "data.more", "tags"}
    assert marks["tags"] == marks["data.more"] == ""


def test_a_field_that_an_editor_changed_back_has_none(store: Store, tmp_path: Path) -> None:
    store.add([RAID])
    edit(store, title="Search")
    edit(store, title="Raid")
    assert marks_after_migration(store, tmp_path) == {}


def test_an_event_that_an_editor_created_has_marks_of_its_values(store: Store, tmp_path: Path) -> None:
    store.desk.create([RAID], ADA)
    assert marks_after_migration(store, tmp_path).keys() == {
        "title", "category", "date", "data.age", "data.sex",
    }  # fmt: skip


def test_a_retraction_has_a_mark(store: Store, tmp_path: Path) -> None:
    store.add([structs.replace(RAID, status="published")])
    edit(store, status="retracted")
    assert marks_after_migration(store, tmp_path).keys() == {"status"}


def test_a_place_that_was_chosen_in_review_has_a_mark(store: Store, tmp_path: Path) -> None:
    store.add([structs.replace(RAID, texts=(LookedUpText(text="Hasselt", doubt="missing"),))])
    store.places.settle("a", 1, HASSELT)
    assert marks_after_migration(store, tmp_path).keys() == {"places"}


def test_an_import_over_http_is_no_edit(store: Store, tmp_path: Path) -> None:
    store.jobs.start("1", "Ada", "editor", "events.csv")
    for title in ("Raid", "Search"):
        with store.writer(author=ADA) as write:
            write([prepare(structs.replace(RAID, title=title), 1)], {})
    store.jobs.finish("1", "done", {}, 1)
    assert marks_after_migration(store, tmp_path) == {}
