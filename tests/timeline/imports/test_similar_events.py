"""Probable duplicates on crowded days: found among thousands, each held against a few alone."""

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


def crowd(size: int) -> list[str]:
    some = random.Random(1)
    return [
        f"c{n},{' '.join(some.choices(WORDS, k=4))} {n},raid,2015-01-01,34.05,-118.24" for n in range(size)
    ]


def found(report: Report, at: str) -> list[str]:
    return [one.message.split("'")[1] for one in report.warnings if one.at == at]


def test_a_twin_is_found_among_many_of_its_day(store: Store) -> None:
    first = "t,Fire in the old town hall of Hasselt,raid,2015-01-01,34.05,-118.24"
    second = "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25"
    assert found(take(store, first, *crowd(400), second), "line 403") == ["t"]


def test_a_twin_in_the_database_is_found_among_many_of_its_day(store: Store) -> None:
    take(store, *crowd(400), "t,Fire in the old town hall of Hasselt,raid,2015-01-01,34.05,-118.24")
    report = take(store, "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25")
    assert found(report, "line 2") == ["t"]


def test_an_event_of_a_crowded_day_is_held_against_a_few_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    alike = similar_events._is_similar

    def counted(*args: Any) -> bool:
        calls.append(1)
        return alike(*args)

    monkeypatch.setattr(similar_events, "_is_similar", counted)
    take(store, *crowd(800))
    assert len(calls) < 800 * 100
    calls.clear()
    take(store, "u,Fire at the old town hal of Haselt,raid,2015-01-01,34.06,-118.25")
    assert len(calls) <= 100


def test_the_same_file_again_tells_of_no_twins(store: Store) -> None:
    take(store, *crowd(150))
    assert take(store, *crowd(150)).warnings.total == 0
