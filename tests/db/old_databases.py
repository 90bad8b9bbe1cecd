"""Database files of every earlier revision, written by the program of that time (tests/data/revisions)."""

import gzip
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from conftest import DATA

from db.store import Store

REVISIONS = DATA / "revisions"
# Each fixture contains two published events, a draft and the category "strike", which an import created.
OLD_REVISIONS = sorted(path.name.removesuffix(".db.gz") for path in REVISIONS.iterdir())


def old_database(revision: str, folder: Path) -> Path:
    """Write the database of a revision into a folder."""
    file = folder / f"{revision}.db"
    file.write_bytes(gzip.decompress((REVISIONS / f"{revision}.db.gz").read_bytes()))
    return file


def migrate(file: Path) -> None:
    """Upgrade a database file, or create it."""
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()


def schema(file: Path) -> dict[tuple[str, str], str]:
    """Return the SQL of every table and index, without quotes and line breaks."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
        return {(kind, name): re.sub(r"\s+", " ", re.sub("[\"']", "", sql)) for kind, name, sql in rows}


def vocabulary(file: Path) -> list[tuple[object, ...]]:
    """Return the categories of a database in their order, without the one that the fixtures' import created."""
    with closing(sqlite3.connect(file)) as connection:
        sql = "SELECT slug, labels, color, shape FROM category WHERE slug <> 'strike' ORDER BY position"
        return list(connection.execute(sql))
