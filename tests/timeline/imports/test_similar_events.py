"""Probable duplicates on days with many events: found although each event is compared with only a few."""

import io
import random
from typing import Any

import pytest

from db.store import Store
from timeline.imports import similar_events
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

WORDS = [
    "shooting",
    "robbery",
    "corner",
    "store",
    "downtown",
    "victim",
    "police",
    "car",
    "night",
    "market",
    "bridge",
    "harbour",
    "student",
    "driver",
]


def take(store: Store, *rows: str) -> Report:
    table = "\n".join(["id,title,category,date,lat,lon", *rows])
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(publish=True))
    return importer.import_stream("a.csv", io.BytesIO(table.encode()))


def many(size: int) -> list[str]:
    chance = random.Random(1)
    return [
        f"c{n},{' '.join(chance.choices(WORDS, k=4))} {n},raid,2015-01-01,34.05,-118.24" for n in range(size)
    ]


def duplicates(report: Report, at: str) -> list[str]:
    """Return the ids of the events that the row may be, by the warnings."""
    return [remark.message.split("'")[1] for remark in report.warnings if remark.at == at]


def test_a_duplicate_is_found_among_many_events_of_its_day(store: Store) -> None:
    first = "t,Fire in the old town hall of Hasselt,raid,2015-01-01,34.05,-118.24"
    second = "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25"
    assert duplicates(take(store, first, *many(400), second), "line 403") == ["t"]


def test_a_duplicate_in_the_database_is_found_among_many_events_of_its_day(store: Store) -> None:
    take(store, *many(400), "t,Fire in the old town hall of Hasselt,raid,2015-01-01,34.05,-118.24")
    report = take(store, "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25")
    assert duplicates(report, "line 2") == ["t"]


def test_an_event_of_a_day_with_many_is_compared_with_only_a_few(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    is_similar = similar_events._is_similar

    def counted(*args: Any) -> bool:
        calls.append(1)
        return is_similar(*args)

    monkeypatch.setattr(similar_events, "_is_similar", counted)
    take(store, *many(800))
    assert len(calls) < 800 * 100
    calls.clear()
    take(store, "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25")
    assert len(calls) <= 100


def test_the_same_file_again_reports_no_duplicates(store: Store) -> None:
    take(store, *many(150))
    assert take(store, *many(150)).warnings.total == 0
