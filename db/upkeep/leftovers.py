"""Traces: the words that only an erased event had, looked for in the bytes of the database's files."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from db.engines.sqlite.engine import searchable
from db.upkeep.grep_process import grep

_WORD = re.compile(r"[^\W_]{4,}")
_EFFORT = 30_000_000_000  # bytes to look through, words times size: some half a minute
SIDES = ("", "-wal", "-shm", "-journal")


def words(said: Iterable[str]) -> list[str]:
    """List the words of texts (four letters and more), and short texts as a whole; names first, then the longest."""
    found: dict[str, None] = {}
    for one in said:
        if " " in one.strip() and len(one) <= 200:
            found[one] = None
        found |= dict.fromkeys(word for word in _WORD.findall(one) if not word.isdigit())
    return sorted(found, key=lambda word: (word[:1].islower(), -len(word)))


def files(database: Path) -> list[Path]:
    """List the files of a database that are there: itself, its log, the log's index, a rollback journal."""
    return [path for side in SIDES if (path := database.with_name(database.name + side)).exists()]


def enough(wanted: Sequence[str], sizes: Iterable[int]) -> Sequence[str]:
    """Leave out what would take too long to look for in files of these sizes: fifty words are looked for anyway."""
    return wanted[: max(50, min(5000, _EFFORT // max(sum(sizes), 1)))]


def distinctive(driver: sqlite3.Connection, wanted: Iterable[str]) -> list[str]:
    """Keep the words that no event's full text has: finding another one would tell nothing."""
    with _terms(driver):
        return [word for word in wanted if not _indexed(driver, word)]


def found(path: Path, wanted: Iterable[str]) -> set[str]:
    """Tell which words a file's bytes hold, in any of the forms in which we write them."""
    forms = {form: word for word in wanted for form in _forms(word)}
    return {forms[form] for form in grep(path, forms)}


def used(driver: sqlite3.Connection, wanted: Iterable[str]) -> set[str]:
    """Tell which words stand in rows that are there, of whatever table: another event's, or part of its own id."""
    selects = list(_searches(driver))
    held = set()
    with _terms(driver):
        for word in wanted:
            forms = _forms(word)
            inside = word.isalnum() and driver.execute(
                "SELECT 1 FROM temp.erased_terms WHERE instr(term, ?) LIMIT 1", (searchable(word),)
            )
            if (inside and inside.fetchone()) or any(_stands(driver, sql, forms) for sql in selects):
                held.add(word)
    return held


def quoted(why: str, said: Sequence[str]) -> list[str]:
    """List what a reason quotes of texts: names (words with a capital letter), and four words in a row."""
    names = {word for one in said for word in _WORD.findall(one) if word[0].isupper()}
    runs = {run for one in said for run in _runs(one)}
    taken = [word for word in _WORD.findall(why) if word in names]
    return taken or [run for run in _runs(why) if run in runs]


def _runs(text: str) -> Iterator[str]:
    parts = re.findall(r"\w+", text.casefold())
    return (" ".join(parts[at : at + 4]) for at in range(len(parts) - 3))


def _forms(word: str) -> set[bytes]:
    """Write a word as it stands in a column, in JSON of either kind, and in the full text's index."""
    plain, escaped = (json.dumps(word, ensure_ascii=ascii_)[1:-1] for ascii_ in (False, True))
    forms = {word, plain, escaped}
    if word.isalnum() and len(folded := searchable(word).strip()) >= 4:
        forms.add(folded)
    return {form.encode("utf-8", "surrogatepass") for form in forms}


class _terms:  # noqa: N801  # a context of a few lines
    """The terms of the full text as a table (https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module)."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def __enter__(self) -> None:
        self._driver.execute("DROP TABLE IF EXISTS temp.erased_terms")
        self._driver.execute(
            "CREATE VIRTUAL TABLE temp.erased_terms USING fts5vocab('main', 'event_text', 'row')"
        )

    def __exit__(self, *_: object) -> None:
        self._driver.execute("DROP TABLE temp.erased_terms")


def _indexed(driver: sqlite3.Connection, word: str) -> bool:
    term = searchable(word).strip()
    if not word.isalnum() or " " in term:
        return False
    return bool(driver.execute("SELECT 1 FROM temp.erased_terms WHERE term = ?", (term,)).fetchone())


def _searches(driver: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Write a query for each table that holds texts, and the number of its columns; indexes of ours aside."""
    yield "SELECT 1 FROM sqlite_schema WHERE instr(CAST(sql AS BLOB), ?)", 1
    tables = driver.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'event_text%'"
        " AND name NOT LIKE 'pin_index%' ORDER BY name = 'encoded'"
    ).fetchall()
    for (table,) in tables:
        columns = [
            name
            for _, name, kind, *_ in driver.execute(f'PRAGMA table_info("{table}")')
            if kind.upper() not in ("INTEGER", "FLOAT", "BOOLEAN")
        ]
        if columns:
            tests = " OR ".join(f'instr(CAST("{name}" AS BLOB), ?)' for name in columns)
            yield f'SELECT 1 FROM "{table}" WHERE {tests} LIMIT 1', len(columns)


def _stands(driver: sqlite3.Connection, search: tuple[str, int], forms: set[bytes]) -> bool:
    sql, columns = search
    return any(driver.execute(sql, (form,) * columns).fetchone() for form in forms)
