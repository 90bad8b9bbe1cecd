"""A database file of every revision, written by the program of that time (tests/data/revisions).

A new migration needs one as well: `python -m tests.db.old_databases` writes that of this program's revision.
"""

import gzip
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from db.dates.edtf import When
from db.editing.wrong_keys import NewAttempts
from db.events.draft import Author, Draft, Figure, LookedUpText, Source
from db.migrations import upgrade
from db.store import Store
from geo.place import Place, Precision

REVISIONS = Path(__file__).parents[1] / "data" / "revisions"
# Each contains two published events, a draft and the category "strike", which an import created. Those of 0005 and
# from 0007 on also contain a row of every other table: an embargo, a deletion, keys, history, choices, answers.
FIXTURES = sorted(path.name.removesuffix(".db.gz") for path in REVISIONS.iterdir())
OLD_REVISIONS = [revision for revision in FIXTURES if revision != upgrade.versions()[0]]

_HASSELT = Place(name="Hasselt", lon=5.33781, lat=50.93106, precision=Precision.CITY, country="BE")
_BELGIUM = Place(name="Belgium", lon=4.47, lat=50.5, precision=Precision.COUNTRY, country="BE")
_DRAFTS = (
    Draft(
        id="hasselt-raid", title="Raid in Hasselt", summary="Officers search two houses.", category="raid",
        when=When.parse("2023-05-03"), places=(_HASSELT,),
        texts=(LookedUpText(text="Hasselt", country="BE", place=0),),
        figures=(Figure.named("arrests", 3), Figure.named("cocaine_kg", 12.5)), tags=("drugs",),
        sources=(Source(title="Het Belang", url="https://example.org/1", date="2023-05-04"),),
        data={"case": "17"}, note="Corrected: three arrests.", status="published", verification="confirmed",
    ),
    Draft(
        id="belgium-strike", title="Strike of the guards", category="strike", when=When.parse("2021-06/2022-10"),
        places=(_BELGIUM,), status="published",
    ),
    Draft(
        id="undated-draft", title="A draft without a date", category="death",
        texts=(LookedUpText(text="Atlantis", doubt="missing"),),
    ),
)  # fmt: skip
_EMBARGO_SECONDS = 10**9  # longer than this fixture is used


def write_fixture() -> Path:
    """Write the fixture of this program's revision, and return its path."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "events.db"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        store.add(_DRAFTS, categories={"strike": "Strike"})
        _edit(store)
        store.close()
        target = REVISIONS / f"{upgrade.versions()[0]}.db.gz"
        target.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    return target


def _edit(store: Store) -> None:
    """Add rows to the tables of editors: keys, history, a deletion, an embargo, a choice, an answer, an import."""
    author = Author("desk", why="from the archive", note="Added later.")
    store.desk.create_key("desk", "editor")
    store.desk.create_key("former desk", "admin")
    store.desk.revoke("former desk")
    texts = (LookedUpText(text="Genk", country="BE", doubt="missing"),)
    until = int(time.time()) + _EMBARGO_SECONDS
    embargoed = Draft(
        id="embargoed", title="Not yet", category="raid", status="published", texts=texts, embargo=until
    )
    removed = Draft(id="removed", title="Removed", category="raid", status="published")
    store.desk.create([embargoed, removed], author)
    store.desk.delete("removed", 1, author)
    store.places.settle("embargoed", 1, _HASSELT)
    store.places.save_geocoder_answer("nominatim", "Genk", "BE", _HASSELT)
    store.jobs.start("1", "desk", "editor", "events.csv")
    store.jobs.add_rejected_part("1", 0, b"rejected")
    store.jobs.finish("1", "done", {"rows": 3}, 3)
    store.desk.add_wrong_keys({"203.0.113.7": NewAttempts(wrong=3)})


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


if __name__ == "__main__":
    print(write_fixture())
