"""Coordinates, and words for unknown values, as people write them."""

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.query.filter import Filter
from db.store import Store
from geo.coordinates import degrees, pair
from timeline.commands import cli
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report


def take(
    store: Store,
    data: str,
    on_plan: Any = lambda plan: None,
    find_candidates: Any = lambda text, country: [],
) -> Report:
    options = Options(publish=True, values={"category": "raid"})
    importer = Importer(store=store, find_candidates=find_candidates, options=options, on_plan=on_plan)
    return importer.import_stream("a.csv", io.BytesIO(data.encode()))


def points(store: Store) -> dict[str, Any]:
    events = map(json.loads, store.snapshot(Filter())[1])
    return {event["properties"]["title"]: (event["geometry"] or {}).get("coordinates") for event in events}


@pytest.mark.parametrize("text", [
    "41°23'06\"N 2°10'24\"E", "41°23'06\" N, 2°10'24\" E", "N41 23 06 E2 10 24", "2°10'24\"E 41°23'06\"N",
    "41.385 N, 2.17333 E",
    "41,385 2,17333", "41,385; 2,17333", "41,385, 2,17333", "41.385 2.17333 12 4.5",
])  # fmt: skip
def test_both_coordinates_are_read_from_one_text(text: str) -> None:
    texts = pair(text)
    assert texts
    lon, lat = (degrees(each, axis) for each, axis in zip(texts, ("lon", "lat"), strict=True))
    assert (lon, lat) == pytest.approx((2.17333, 41.385), abs=1e-4)


@pytest.mark.parametrize(
    "text", ["12 Main Street, 5 East Road", "1, 2", "3 N", "41,3", "12,5 kg, 3,25 m", "NE 2nd, SE 3rd"]
)
def test_other_texts_are_no_pair_of_coordinates(text: str) -> None:
    assert pair(text) is None


@pytest.mark.parametrize(("text", "axis", "expected"), [
    ("433400N", "lat", 43.56667), ("1161300W", "lon", -116.21667), ("0021024E", "lon", 2.17333),
    ("412306.5S", "lat", -41.38514),
])  # fmt: skip
def test_degrees_are_read_in_the_notation_of_aviation(text: str, axis: str, expected: float) -> None:
    assert degrees(text, axis) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("text", "expected"), [
    ("33 51 35 S", -33.85972), ("33°51'35S", -33.85972), ("33d51m35s", 33.85972), ("33 51.5 S", -33.85833),
])  # fmt: skip
def test_a_capital_s_is_south_and_a_small_one_after_minutes_is_seconds(text: str, expected: float) -> None:
    assert degrees(text, "lat") == pytest.approx(expected, abs=1e-5)
    assert math.isnan(degrees("33 51 35 s", "lat"))


def test_a_column_of_coordinates_may_have_unknown_and_bad_values(store: Store) -> None:
    report = take(store, 'title,coordinates\na,"41.38, 2.17"\nb,"41, 2"\nc,unknown\nd,\n')
    assert points(store) == {"a": [2.17, 41.38], "c": None, "d": None}
    assert "'41, 2' is no pair of coordinates" in report.rejected[0].message


@pytest.mark.parametrize(
    "word", ["N/A", "-", "null", "NULL", "none", "unknown", "#N/A", "NA", "\\N", "Unknown", "—"]
)
def test_words_for_unknown_values_are_read_as_empty(store: Store, word: str) -> None:
    texts: list[str] = []
    rows = f"a,{word},{word},{word},{word},{word}\nb,50.9,5.3,Gent,BE,https://example.org\n"
    report = take(
        store,
        f"title,latitude,longitude,place,country,url\n{rows}",
        find_candidates=lambda text, country: texts.append(text) or [],
    )
    assert (report.rejected.total, texts, points(store)["a"]) == (0, [], None)


@pytest.mark.parametrize("word", ["NaN", "inf", "nowhere"])
def test_other_words_are_no_coordinates(store: Store, word: str) -> None:
    report = take(store, f"title,lat,lon\na,{word},{word}\nb,50.9,5.3\n")
    assert (report.created, report.rejected.total) == (1, 1)


def test_na_is_the_code_of_namibia(store: Store) -> None:
    codes: list[str | None] = []
    take(
        store,
        "title,place,country\na,Rundu,NA\n",
        find_candidates=lambda text, country: codes.append(country) or [],
    )
    assert codes == ["NA"]


def test_a_title_may_be_the_word_unknown(store: Store) -> None:
    take(store, "title,date\nUnknown,2021\n")
    assert list(points(store)) == ["Unknown"]


def test_the_plan_names_columns_in_metres_of_a_projection(store: Store) -> None:
    plan: list[str] = []
    take(store, "title,easting,northing\na,430000,4580000\n", on_plan=plan.extend)
    assert any("easting, northing, which are metres of a projection" in line for line in plan)


def test_a_code_of_a_state_gets_a_hint_at_the_option_for_its_country(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", f"sqlite:///{tmp_path}/events.db")
    file = tmp_path / "a.csv"
    file.write_text("title,category,state\na,raid,AZ\n")
    CliRunner().invoke(cli, ["migrate"])
    output = CliRunner().invoke(cli, ["import", str(file)]).output
    assert "marked for review; if it lies in the United States, use --country US" in output
    assert "warning:" not in CliRunner().invoke(cli, ["import", str(file), "--country", "US"]).output
