"""Equal rows without ids: one event and one line of the report, or with `keep_identical` an event each."""

from typing import Any

import pytest

from db.store import Store
from tests.timeline.imports.test_importer import features, take
from timeline.imports.report import Report

SEARCHES = "title,category,date\n" + 3 * "Vehicle search,raid,2021-02-03\n" + "Market raid,raid,2021-02-04\n"
OUTSIDE_FRANCE = """{"type": "Feature", "properties": {"title": "Fire", "category": "raid", "country": "FR"},
    "geometry": {"type": "Point", "coordinates": [43.2, -0.7]}}""".replace("\n", " ")


def counts(report: Report) -> tuple[int, ...]:
    """Return the rows that were created, updated, unchanged, left out and rejected."""
    return report.created, report.updated, report.unchanged, report.left_out, report.rejected.total


def test_equal_rows_are_one_event_and_one_line(store: Store) -> None:
    report = take(store, SEARCHES)
    assert counts(report) == (2, 0, 0, 2, 0)
    (line,) = report.warnings
    assert line.message == (
        "2 rows equal an earlier row and are left out (line 3 equals line 2); "
        "--keep-identical imports each of them as an event"
    )


def test_a_second_import_of_equal_rows_changes_nothing(store: Store) -> None:
    take(store, SEARCHES)
    assert counts(take(store, SEARCHES)) == (0, 0, 2, 2, 0)


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson"])
def test_keep_identical_makes_an_event_of_each_row(store: Store, name: str) -> None:
    line = '{"title": "Vehicle search", "category": "raid", "date": "2021-02-03"}\n'
    data = SEARCHES if name == "a.csv" else 3 * line + line.replace("Vehicle", "House")
    report = take(store, data, name, keep_identical=True)
    assert (counts(report), list(report.warnings)) == ((4, 0, 0, 0, 0), [])
    ids = [feature["id"] for feature in features(store)]
    assert counts(take(store, data, name, keep_identical=True)) == (0, 0, 4, 0, 0)
    assert [feature["id"] for feature in features(store)] == ids


def test_keep_identical_after_an_import_without_it_adds_the_others(store: Store) -> None:
    take(store, SEARCHES)
    assert counts(take(store, SEARCHES, keep_identical=True)) == (2, 0, 2, 0, 0)


@pytest.mark.parametrize("options", [{}, {"keep_identical": True}])
def test_a_row_that_equals_a_rejected_one_is_rejected(store: Store, options: dict[str, Any]) -> None:
    report = take(store, f"{OUTSIDE_FRANCE}\n" * 2, "a.geojsonl", **options)
    assert counts(report) == (0, 0, 0, 0, 2)


def test_equal_rows_far_apart_get_the_same_ids_again(store: Store) -> None:
    """The rows are in different batches."""
    middle = "".join(f"Raid {number},raid,2021\n" for number in range(1_100))
    data = "title,category,date\nSearch,raid,2021\n" + middle + "Search,raid,2021\nSearch,raid,2021\n"
    assert counts(take(store, data, keep_identical=True)) == (1_103, 0, 0, 0, 0)
    assert counts(take(store, data, keep_identical=True)) == (0, 0, 1_103, 0, 0)
