"""An upgrade rewrites the dates in words that events store, and nothing else of their Features."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from old_databases import OLD_REVISIONS, migrate, old_database

from db.dates.edtf import When
from db.events.draft import Draft
from db.events.feature import Meta, encode
from db.migrations.display_dates import with_display_date


def _feature(title: str, date: str | None) -> bytes:
    draft = Draft(id="a", title=title, category="raid", when=When.parse(date) if date else None)
    return encode(draft, Meta(0, 0))


@pytest.mark.parametrize("date", ["2020/2023", "2023-05-04?", "[2022,2023]", "2023-05-03T14:30", None])
def test_a_feature_gets_the_words_of_this_program(date: str | None) -> None:
    current = _feature("Raid", date)
    words = msgspec.json.encode(msgspec.json.decode(current)["properties"]["display_date"])
    old = current.replace(b'"display_date":' + words, b'"display_date":"words of an earlier program"')
    assert old != current
    assert with_display_date(old) == current


def test_a_title_that_looks_like_a_date_is_left_alone() -> None:
    feature = _feature('x","date":"2020","display_date":"old', "2023-05-03")
    assert with_display_date(feature) == feature


@pytest.mark.parametrize("revision", OLD_REVISIONS)
def test_migrate_rewrites_stored_dates_and_moves_the_version(revision: str, tmp_path: Path) -> None:
    file = old_database(revision, tmp_path)
    table = "event" if revision in ("0001", "0002") else "encoded"
    with closing(sqlite3.connect(file)) as connection:
        features = dict(connection.execute(f"SELECT rowid, feature FROM {table}"))
        for row, feature in features.items():
            old = feature.replace(b'"display_date":"3 May 2023"', b'"display_date":"3.5.23"')
            connection.execute(f"UPDATE {table} SET feature = ? WHERE rowid = ?", (old, row))
        connection.commit()
        version = connection.execute("SELECT version FROM data_version").fetchone()[0]
    migrate(file)
    with closing(sqlite3.connect(file)) as connection:
        stored = b" ".join(feature for (feature,) in connection.execute("SELECT feature FROM encoded"))
        assert b'"display_date":"3 May 2023"' in stored
        assert b"3.5.23" not in stored
        assert connection.execute("SELECT version FROM data_version").fetchone()[0] > version
