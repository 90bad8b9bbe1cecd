"""Coordinates, and words for unknown values, as people write them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.query.filter import Filter
from db.store import Store
from timeline.commands import cli
from timeline.errors import OpenQuestion
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


def test_a_column_of_coordinates_may_have_unknown_and_bad_values(store: Store) -> None:
    report = take(store, 'title,coordinates\na,"41.38, 2.17"\nb,"41, 2"\nc,unknown\nd,\n')
    assert points(store) == {"a": [2.17, 41.38], "c": None, "d": None}
    assert "'41, 2' is not a pair of coordinates" in report.rejected[0].message


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
def test_other_words_are_not_coordinates(store: Store, word: str) -> None:
    report = take(store, f"title,lat,lon\na,{word},{word}\nb,50.9,5.3\n")
    assert (report.created, report.rejected.total) == (1, 1)


def test_na_is_the_code_of_namibia(store: Store) -> None:
    codes: list[str | None] = []
    take(
        store,
        "title,place,country\na,Rundu,NA\n",
        find_candidates=lambda text, country: codes.append(country) or [],
    )
    assert codes[-1] == "NA"


def test_a_title_may_be_the_word_unknown(store: Store) -> None:
    take(store, "title,date\nUnknown,2021\n")
    assert list(points(store)) == ["Unknown"]


def test_the_plan_names_columns_in_metres_of_a_projection(store: Store) -> None:
    plan: list[str] = []
    with pytest.raises(OpenQuestion, match="import the events unplaced with --unplaced"):
        take(store, "title,easting,northing\na,430000,4580000\n", on_plan=plan.extend)
    assert any("easting, northing, which are metres of a projection" in line for line in plan)


def test_a_code_of_a_state_gets_a_hint_at_the_option_for_its_country(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    file = tmp_path / "a.csv"
    file.write_text("title,category,state\na,raid,AZ\n")
    output = CliRunner().invoke(cli, ["import", str(file)]).output
    assert "marked for review; if it is in the United States, use --country US" in output
    assert "warning:" not in CliRunner().invoke(cli, ["import", str(file), "--country", "US"]).output
