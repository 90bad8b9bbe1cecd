"""A new category: its migration is written, and adds it to old and new databases alike."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from old_databases import OLD_REVISIONS, migrate, old_database, vocabulary

from db.events.categories import VOCABULARY, BuiltInCategory
from db.migrations import upgrade
from db.migrations.new_category import write_migration

LABELS = {
    "en": "Border closure",
    "ca": "Tancament",
    "es": "Cierre",
    "fr": 'Fermeture d’une "frontière"',
    "ar": "إغلاق",
}
CLOSURE = BuiltInCategory("border_closure", LABELS, "#3f7f5f", "square")


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the migrations, so that a test may add one."""
    copy = tmp_path / "migrations"
    shutil.copytree(upgrade.SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(upgrade, "SCRIPTS", copy)
    return copy


@pytest.fixture
def complete(scripts: Path) -> Path:
    """Return the copied migrations, with one for every category of the vocabulary."""
    write_migration()
    return scripts


def test_no_migration_is_written_while_every_category_has_one(scripts: Path) -> None:
    assert write_migration() is None, "run .venv/bin/python -m db.migrations.new_category"


def test_a_new_category_gets_the_next_revision(complete: Path) -> None:
    last = int(upgrade.versions()[0])
    file = write_migration([*VOCABULARY, CLOSURE])
    assert file == complete / "versions" / f"{last + 1:04}_add_border_closure.py"
    assert upgrade.versions()[0] == f"{last + 1:04}"


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_a_new_category_reaches_old_and_new_databases(revision: str, complete: Path, tmp_path: Path) -> None:
    write_migration([*VOCABULARY, CLOSURE])
    old = old_database(revision, tmp_path)
    migrate(old)
    migrate(tmp_path / "new.db")
    assert vocabulary(old) == vocabulary(tmp_path / "new.db")
    assert vocabulary(old)[-1][0] == "border_closure"


def test_a_category_that_an_import_created_gets_the_built_in_labels(complete: Path, tmp_path: Path) -> None:
    old = old_database("0005", tmp_path)
    write_migration([*VOCABULARY, BuiltInCategory("strike", LABELS, "#3f7f5f", "square")])
    migrate(old)
    with closing(sqlite3.connect(old)) as connection:
        row = connection.execute(
            "SELECT color, shape, position FROM category WHERE slug = 'strike'"
        ).fetchone()
        events = connection.execute("SELECT count(*) FROM event WHERE category = 'strike'").fetchone()
    assert row == ("#3f7f5f", "square", 12)
    assert events == (1,)


def test_a_new_category_counts_as_a_write_of_a_database_with_events(complete: Path, tmp_path: Path) -> None:
    old = old_database("0005", tmp_path)
    migrate(old)
    with closing(sqlite3.connect(old)) as connection:
        (before,) = connection.execute("SELECT version FROM data_version").fetchone()
    write_migration([*VOCABULARY, CLOSURE])
    migrate(old)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT version FROM data_version").fetchone() == (before + 1,)


def test_an_unknown_shape_stops_the_migration(complete: Path, tmp_path: Path) -> None:
    write_migration([*VOCABULARY, CLOSURE._replace(shape="star")])
    with pytest.raises(ValueError, match="unknown marker shape 'star'; expected one of circle, triangle"):
        migrate(tmp_path / "new.db")
