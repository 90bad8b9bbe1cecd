"""Databases of every earlier revision, written by the program of that time, and what `migrate` makes of them."""

import ast
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs
from old_databases import OLD_REVISIONS, migrate, old_database, schema, vocabulary

from db.errors import StoreUnavailable
from db.events.categories import SHAPES, VOCABULARY
from db.events.draft import COMMAND_LINE
from db.migrations import upgrade
from db.query.filter import Filter
from db.store import Store

VERSIONS = Path(upgrade.__file__).parent / "versions"


def test_every_earlier_revision_has_a_fixture() -> None:
    assert sorted(upgrade.versions())[:-1] == OLD_REVISIONS


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
    store.close()


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
