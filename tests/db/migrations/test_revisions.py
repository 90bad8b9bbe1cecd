"""Databases of every earlier revision, written by the program of that time, and what `migrate` makes of them."""

import ast
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs
from old_databases import FIXTURES, OLD_REVISIONS, migrate, old_database, schema, vocabulary

from db.errors import StoreUnavailable
from db.events.categories import SHAPES, VOCABULARY
from db.events.draft import COMMAND_LINE
from db.migrations import upgrade
from db.query.filter import Filter
from db.store import Store

VERSIONS = Path(upgrade.__file__).parent / "versions"


def test_every_revision_has_a_fixture() -> None:
    """If this fails, a migration has no database file: run `python -m tests.db.old_databases`."""
    assert sorted(upgrade.versions()) == FIXTURES


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_an_old_database_is_of_its_revision_before_it_is_migrated(revision: str, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{old_database(revision, tmp_path)}")
    with pytest.raises(StoreUnavailable, match=f"has the older version {revision}; run 'timeline migrate'"):
        store.check()
    store.close()


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_a_migrated_database_has_the_schema_of_a_new_one(revision: str, tmp_path: Path) -> None:
    migrate(tmp_path / "new.db")
    old = old_database(revision, tmp_path)
    migrate(old)
    assert schema(old) == schema(tmp_path / "new.db")


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_a_migrated_database_has_the_vocabulary_of_a_new_one(revision: str, tmp_path: Path) -> None:
    migrate(tmp_path / "new.db")
    old = old_database(revision, tmp_path)
    migrate(old)
    assert vocabulary(old) == vocabulary(tmp_path / "new.db")


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_a_migrated_database_finds_and_changes_its_events(revision: str, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{old_database(revision, tmp_path)}")
    store.migrate()
    assert store.find(Filter()).matched == 2
    assert store.find(Filter(text="officers hasselt", tags=("drugs",))).matched == 1
    assert store.categories()["strike"].labels == {"en": "Strike"}
    raid = store.desk.event("hasselt-raid")
    store.desk.replace(structs.replace(raid.draft, title="Search in Hasselt"), raid.revision, COMMAND_LINE)
    assert store.find(Filter(text="raid")).matched == 0
    assert store.find(Filter(text="search hasselt")).matched == 1
    assert store.find(Filter(text="guards belgium")).matched == 1
    store.close()


# Migrations change the Features and categories, and the data version with them.
CHANGED_TABLES = ("alembic_version", "category", "data_version", "encoded")


def rows_by_table(file: Path) -> dict[tuple[str, ...], list[str]]:
    """Return the sorted rows of every table but the changed ones and the full text, by its name and columns."""
    with closing(sqlite3.connect(file)) as connection:
        tables = {}
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in CHANGED_TABLES and not name.startswith("event_text"):
                cursor = connection.execute(f"SELECT * FROM {name}")
                columns = (column[0] for column in cursor.description)
                tables[name, *columns] = sorted(map(repr, cursor))
    return tables


@pytest.mark.parametrize("revision", FIXTURES)
def test_a_migration_keeps_the_rows_of_every_table(revision: str, tmp_path: Path) -> None:
    old = old_database(revision, tmp_path)
    before = rows_by_table(old)
    migrate(old)
    after = rows_by_table(old)
    expected = {table: rows for table, rows in before.items() if table in after and rows}
    assert {table: after[table] for table in expected} == expected
    assert len(expected) > 3


@pytest.mark.parametrize("revision", FIXTURES)
def test_a_second_migration_changes_nothing(revision: str, tmp_path: Path) -> None:
    old = old_database(revision, tmp_path)
    migrate(old)
    content = old.read_bytes()
    migrate(old)
    assert old.read_bytes() == content


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_the_full_text_of_a_migrated_database_is_whole(revision: str, tmp_path: Path) -> None:
    old = old_database(revision, tmp_path)
    migrate(old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("INSERT INTO event_text (event_text) VALUES ('integrity-check')")


def test_the_built_in_categories_are_those_that_the_migrations_add(store: Store) -> None:
    """If this fails, a category has no migration: run `python -m db.migrations.new_category`."""
    categories = [
        (category.slug, category.labels, category.color, category.shape)
        for category in store.categories(hidden=True).values()
    ]
    assert categories == [tuple(category) for category in VOCABULARY]


def test_every_built_in_category_has_a_shape_that_can_be_drawn() -> None:
    assert {category.shape for category in VOCABULARY} <= set(SHAPES)


@pytest.mark.parametrize("script", sorted(VERSIONS.glob("[0-9]*.py")), ids=lambda script: script.stem)
def test_a_migration_imports_no_live_code(script: Path) -> None:
    allowed = {"alembic", "sqlalchemy", "db.migrations.vocabulary", *sys.stdlib_module_names}
    imported = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert imported <= allowed
