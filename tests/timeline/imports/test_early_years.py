"""Imports of years before 1000 and before Christ, and of dates with impossible or missing months."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.mapping_file import read_mapping
from timeline.imports.options import Options
from timeline.imports.report import Report


def take(store: Store, data: str, name: str = "events.csv", **options: Any) -> Report:
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=Options(publish=True, **options)
    )
    return importer.import_stream(name, io.BytesIO(data.encode()))


def by_title(store: Store) -> dict[str, dict[str, Any]]:
    features = [json.loads(feature)["properties"] for feature in store.snapshot(Filter())[1]]
    return {properties["title"]: properties for properties in features}


def dates(store: Store) -> dict[str, str]:
    return {title: properties["date"] for title, properties in by_title(store).items()}


TABLE = "Title,Category,Year,Month,Day\na,raid,-323,6,10\nb,raid,79,8,24\nc,raid,1755,11,1\nd,raid,-1200,,\n"


def test_early_years_in_columns_are_read_and_reported(store: Store) -> None:
    report = take(store, TABLE)
    assert dates(store) == {"a": "-0322-06-10", "b": "0079-08-24", "c": "1755-11-01", "d": "-1199"}
    assert by_title(store)["a"]["display_date"] == "10 June 323 BC"
    (message,) = [warning.message for warning in report.warnings if "BC" in warning.message]
    assert "323 BC (-0322-06-10); if -323 means 324 BC, as in ISO 8601, use --years iso" in message


def test_years_may_be_counted_as_iso_does(store: Store) -> None:
    report = take(store, TABLE, years="iso")
    assert dates(store) == {"a": "-0323-06-10", "b": "0079-08-24", "c": "1755-11-01", "d": "-1200"}
    assert not [warning for warning in report.warnings if "BC" in warning.message]


def test_a_column_of_small_numbers_is_not_a_column_of_years(store: Store) -> None:
    take(store, "title,category,year\na,raid,1\nb,raid,2\nc,raid,12\n")
    assert dates(store) == {"a": None, "b": None, "c": None}


def test_a_day_without_a_month_is_kept_in_data(store: Store) -> None:
    take(store, "title,category,year,month,day\na,raid,2015,,7\nb,raid,2016,2,\n")
    properties = by_title(store)
    assert (properties["a"]["date"], properties["a"]["data"]) == ("2015", {"day": "7"})
    assert (properties["b"]["date"], properties["b"]["data"]) == ("2016-02", {})


def test_a_mapping_file_says_how_years_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("years: iso\n")
    assert read_mapping(path).years == "iso"
    path.write_text("years: roman\n")
    with pytest.raises(BadFile, match="years is 'roman'; expected iso"):
        read_mapping(path)


@pytest.mark.parametrize(("start", "date"), [
    ({"year": -323}, "-0322"), ({"year": "-323", "month": 6, "day": "10"}, "-0322-06-10"), ({"year": -1}, "0000"),
    ({"year": 79, "month": 8}, "0079-08"), ({"year": "2014", "month": "May"}, "2014-05"),
])  # fmt: skip
def test_timelinejs_counts_years_before_christ_as_people_do(store: Store, start: object, date: str) -> None:
    take(store, slide(start), "a.json", values={"category": "raid"})
    assert dates(store) == {"a": date}


@pytest.mark.parametrize("start", [{"year": 2014, "month": 14}, {"year": 2014, "month": "23"},
                                   {"year": 2014, "month": 4, "day": 42}])  # fmt: skip
def test_a_timelinejs_slide_with_an_impossible_date_is_rejected(store: Store, start: object) -> None:
    report = take(store, slide(start), "a.json", values={"category": "raid"})
    assert "2014 with" in report.rejected[0].message
    assert dates(store) == {}


def test_parts_of_a_timelinejs_date_that_edtf_does_not_take_are_kept_in_data(store: Store) -> None:
    start = {"year": 2014, "month": 4, "day": 2, "hour": 10}
    take(store, slide(start), "a.json", values={"category": "raid"})
    assert by_title(store)["a"]["data"] == {"written_start": start}


def slide(start: object) -> str:
    return json.dumps({"events": [{"start_date": start, "text": {"headline": "a"}}]})
