"""Words of erased events: which of them no index contains, and which are still in the bytes of the files."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from db.engines.sqlite.connections import driver_of
from db.engines.sqlite.grep_process import grep
from db.query.search_words import searchable

_BYTES_TO_SEARCH = 30_000_000_000  # number of words times size of the files: about half a minute
_MIN_WORDS_SEARCHED = 50
_MAX_WORDS_SEARCHED = 5000
_MIN_FOLDED_LENGTH = 4


def affordable(words: Sequence[str], sizes: Iterable[int]) -> Sequence[str]:
    """Return the first words, as many as can be searched for in files of these sizes (bytes) in about half a minute."""
    number = min(_MAX_WORDS_SEARCHED, _BYTES_TO_SEARCH // max(sum(sizes), 1))
    return words[: max(_MIN_WORDS_SEARCHED, number)]


def unindexed_words(connection: Connection, words: Sequence[str]) -> list[str]:
    """Return those words that no event's full text contains: a match of another one would prove nothing."""
    driver = driver_of(connection)
    with _terms(driver):
        return [word for word in words if not _is_term(driver, word)]


def words_in_file(path: Path, words: Iterable[str]) -> set[str]:
    """Return the words that a file's bytes contain, in any form in which Dateline writes them."""
    by_form = {form: word for word in words for form in _forms(word)}
    return {by_form[form] for form in grep(path, by_form)}


def words_in_rows(driver: sqlite3.Connection, words: Iterable[str]) -> set[str]:
    """Return the words that rows of any table contain: another event's, or a part of the erased event's id."""
    searches = list(_searches(driver))
    with _terms(driver):
        return {
            word
            for word in words
            if _inside_term(driver, word)
            or any(_matches(driver, search, _forms(word)) for search in searches)
        }


def _forms(word: str) -> set[bytes]:
    """Return a word as a column, JSON of either kind and the full text's index contain it."""
    plain, escaped = (json.dumps(word, ensure_ascii=ascii_)[1:-1] for ascii_ in (False, True))
    forms = {word, plain, escaped}
    if word.isalnum() and len(folded := searchable(word).strip()) >= _MIN_FOLDED_LENGTH:
        forms.add(folded)
    return {form.encode("utf-8", "surrogatepass") for form in forms}


@contextmanager
def _terms(driver: sqlite3.Connection) -> Iterator[None]:
    """Make the terms of the full text a table: https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module."""
    driver.execute("DROP TABLE IF EXISTS temp.indexed_terms")
    driver.execute("CREATE VIRTUAL TABLE temp.indexed_terms USING fts5vocab('main', 'event_text', 'row')")
    try:
        yield
    finally:
        driver.execute("DROP TABLE temp.indexed_terms")


def _is_term(driver: sqlite3.Connection, word: str) -> bool:
    term = searchable(word).strip()
    if not word.isalnum() or " " in term:
        return False
    return bool(driver.execute("SELECT 1 FROM temp.indexed_terms WHERE term = ?", (term,)).fetchone())


def _inside_term(driver: sqlite3.Connection, word: str) -> bool:
    if not word.isalnum():
        return False
    sql = "SELECT 1 FROM temp.indexed_terms WHERE instr(term, ?) LIMIT 1"
    return bool(driver.execute(sql, (searchable(word),)).fetchone())


def _searches(driver: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Yield a query for each table with texts except the search indexes, and the number of its columns."""
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


def _matches(driver: sqlite3.Connection, search: tuple[str, int], forms: set[bytes]) -> bool:
    sql, columns = search
    return any(driver.execute(sql, (form,) * columns).fetchone() for form in forms)
