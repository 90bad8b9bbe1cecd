"""A file is checked as a whole before anything is written: it asks instead of losing its dates or places."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile, OpenQuestion
from timeline.imports.columns.row_sample import MAX_ROWS
from timeline.imports.importer import Importer
from timeline.imports.mapping_file import ColumnMapping, read_mapping, write_mapping
from timeline.imports.options import Options
from timeline.imports.report import Report


def take(store: Store, data: str, name: str = "a.csv", **options: Any) -> Report:
    options.setdefault("values", {"category": "raid"})
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=Options(publish=True, **options)
    )
    return importer.import_stream(name, io.BytesIO(data.encode()))


def events(store: Store) -> list[dict[str, Any]]:
    return [json.loads(event)["properties"] for event in store.snapshot(Filter())[1]]


def question(store: Store, data: str, name: str = "a.csv", **options: Any) -> OpenQuestion:
    with pytest.raises(OpenQuestion) as refused:
        take(store, data, name, **options)
    assert events(store) == [], "something was written"
    return refused.value


def many(good: int, bad: int, value: str, bad_value: str) -> str:
    rows = [value] * good + [bad_value] * bad
    return "".join(f"t{number},{text}\n" for number, text in enumerate(rows))


@pytest.mark.parametrize(("heading", "value"), [
    ("Meldedatum der Zeitung", "03.05.2023"), ("publication_date", "2023-05-03"), ("birth_date", "1950-01-02"),
    ("Vorfallszeit", "2023-05-03 14:00"), ("xyz_updated", "3 May 2023"), ("data_registro", "2023-05-03"),
])  # fmt: skip
def test_a_column_that_looks_like_a_date_is_asked_about_if_no_row_gets_one(
    store: Store, heading: str, value: str
) -> None:
    # A second column of dates leaves open which of them is meant, whatever their names are.
    data = f"title,{heading},{heading} (record)\na,{value},{value}\nb,{value},{value}\n"
    raised = question(store, data)
    assert heading in raised.columns
    assert value in raised.values
    assert raised.options[-1] == "--undated"
    assert take(store, data, columns={heading: "date"}).created == 2
    assert all(event["date"] for event in events(store))


def test_undated_imports_the_events_without_the_date_and_keeps_the_column_in_data(store: Store) -> None:
    data = "title,updated\na,2023-05-03\n"
    assert question(store, data).columns == ("updated",)
    take(store, data, undated=True)
    assert [(event["date"], event["data"]) for event in events(store)] == [(None, {"updated": "2023-05-03"})]


@pytest.mark.parametrize(("data", "column", "field"), [
    ("title,home_address\na,Kerkstraat 5 Gent\nb,Markt 1 Brugge\n", "home_address", "place"),
    ("title,reporting country\na,Belgium\nb,France\n", "reporting country", "place"),
    ("title,origin\na,Belgium\nb,France\n", "origin", "place"),
    ("title,Tatort\na,Nähe Markt\nb,Hafen\n", "Tatort", "place"),
])  # fmt: skip
def test_a_column_that_looks_like_a_place_is_asked_about_if_no_row_gets_one(
    store: Store, data: str, column: str, field: str
) -> None:
    raised = question(store, data)
    assert raised.columns == (column,)
    assert raised.options == (
        f"--map {column}=place" if " " not in column else f"--map '{column}=place'",
        "--unplaced",
    )
    assert take(store, data, columns={column: field}).created == 2


def test_one_question_names_the_columns_of_dates_and_of_places(store: Store) -> None:
    raised = question(store, "title,updated,home_address\na,2023-05-03,Gent\n")
    assert raised.columns == ("updated", "home_address")
    assert raised.options == ("--map updated=date", "--undated", "--map home_address=place", "--unplaced")
    assert (
        take(store, "title,updated,home_address\na,2023-05-03,Gent\n", undated=True, unplaced=True).created
        == 1
    )


def test_a_file_without_dates_and_places_is_imported_with_a_line_for_each(store: Store) -> None:
    report = take(store, "title,age\na,40\nb,41\n")
    assert report.created == 2
    assert report.notes == [
        "no row has a date, and no column looks like one; the events are undated",
        "no row has a place, and no column looks like one; the events are unplaced",
    ]
    assert take(store, "title,age\na,40\nb,41\n", undated=True, unplaced=True).notes == []


@pytest.mark.parametrize("heading", ["time", "duration_hours", "age", "people_updated", "status"])
def test_times_of_day_and_numbers_do_not_look_like_dates(store: Store, heading: str) -> None:
    value = "14:30" if heading == "time" else "12"
    assert take(store, f"title,{heading},place\na,{value},Gent\n").created == 1


def test_more_than_a_tenth_of_unreadable_dates_stop_the_import(store: Store) -> None:
    data = "title,date\n" + many(17, 3, "2023-05-03", "KW 34")
    raised = question(store, data)
    assert "has 3 of 20 values in the column 'date' that cannot be read as dates: 'KW 34' (3)" in str(raised)
    assert raised.options == ("--undated", "--allow-rejects")
    report = take(store, data, allow_rejects=True)
    assert (report.created, report.rejected.total) == (17, 3)


def test_undated_stores_the_text_of_dates_that_cannot_be_read(store: Store) -> None:
    report = take(store, "title,date\n" + many(17, 3, "2023-05-03", "KW 34"), undated=True)
    assert (report.created, report.rejected.total, report.warnings.total) == (20, 0, 3)
    undated = [event for event in events(store) if event["date"] is None]
    assert [event["data"] for event in undated] == [{"date": "KW 34"}] * 3


@pytest.mark.parametrize(("good", "bad"), [(18, 2), (16, 3), (5, 4)])
def test_few_unreadable_dates_are_rejected_one_by_one(store: Store, good: int, bad: int) -> None:
    report = take(store, "title,date\n" + many(good, bad, "2023-05-03", "KW 34"))
    assert (report.created, report.rejected.total) == (good, bad)


def test_dates_of_which_none_can_be_read_stop_a_small_file_too(store: Store) -> None:
    raised = question(store, "title,date\na,FY2023\nb,FY2024\nc,FY2025\n")
    assert raised.values == ("FY2023", "FY2024", "FY2025")


def test_empty_dates_do_not_count_as_unreadable(store: Store) -> None:
    assert take(store, "title,date\n" + many(10, 30, "2023-05-03", "")).created == 40


def test_unreadable_coordinates_stop_the_import_and_unplaced_keeps_them_in_data(store: Store) -> None:
    data = "title,lat,lon\n" + many(15, 5, "50.9,5.3", "north,5.3")
    assert question(store, data).options == ("--unplaced", "--allow-rejects")
    report = take(store, data, unplaced=True)
    assert (report.created, report.rejected.total, report.warnings.total) == (20, 0, 5)
    unplaced = [event for event in events(store) if not event["places"]]
    assert [event["data"] for event in unplaced] == [{"lat": "north", "lon": "5.3"}] * 5


def test_places_that_are_not_found_never_stop_a_file(store: Store) -> None:
    report = take(store, "title,place\n" + many(0, 40, "", "Hall A"))
    assert (report.created, report.rejected.total) == (40, 0)


def test_unknown_categories_stop_the_import_with_each_of_them_and_its_count(store: Store) -> None:
    data = "title,category\n" + many(25, 3, "raid", "mill") + many(0, 5, "", "church")
    raised = question(store, data, values={})
    assert (
        "has 8 of 33 values in the column 'category' that are not categories: 'church' (5), 'mill' (3)"
        in str(raised)
    )
    assert raised.options == ("--create-categories", "--override category=raid", "--allow-rejects")
    assert take(store, data, values={}, create_categories=True).created == 33
    assert take(store, data, values={}, overrides={"category": "raid"}).rejected.total == 0


def test_features_with_points_have_places(store: Store) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [5.3, 50.9]},
        "properties": {"title": "a"},
    }
    report = take(store, json.dumps({"type": "FeatureCollection", "features": [feature]}), "a.geojson")
    assert report.notes == ["no row has a date, and no column looks like one; the events are undated"]


def test_a_large_file_is_checked_by_a_sample_and_nothing_is_written_before(store: Store) -> None:
    rows = MAX_ROWS + 2_000
    data = "title,date\n" + many(rows - 2_800, 2_800, "2023-05-03", "KW 34")
    assert f"of the {MAX_ROWS:,} rows that were looked at" in str(question(store, data))


@pytest.mark.parametrize(("bad", "stops"), [(700, False), (701, True)])
def test_all_rows_of_a_large_file_are_counted_if_its_sample_is_close_to_the_limit(
    store: Store, bad: int, stops: bool
) -> None:
    data = "title,date\n" + many(7_000 - bad, bad, "2023-05-03", "KW 34")
    if stops:
        assert "has 701 of 7,000 values in the column" in str(question(store, data))
    else:
        assert take(store, data, dry_run=True).rejected.total == 700


def test_a_single_date_in_a_late_row_is_enough(store: Store) -> None:
    data = "title,date,updated\n" + many(0, MAX_ROWS + 1_000, "", ",2023-05-03") + "z,2020,2023-05-03\n"
    assert take(store, data, dry_run=True).created == MAX_ROWS + 1_001


def test_dry_runs_ask_as_well(store: Store) -> None:
    assert question(store, "title,updated\na,2023-05-03\n", dry_run=True).columns == ("updated",)


def test_a_bad_option_is_no_question(store: Store) -> None:
    with pytest.raises(BadFile, match="has no column 'when'"):
        take(store, "title,updated\na,2023-05-03\n", columns={"when": "date"})


def test_a_mapping_file_holds_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    write_mapping(path, ColumnMapping(overrides={"category": "raid"}, first_days="year", undated=True))
    assert path.read_text() == "override:\n  category: raid\nfirst_days: year\nundated: true\n"
    mapping = ColumnMapping(unplaced=True).over(read_mapping(path))
    assert (mapping.overrides, mapping.first_days) == ({"category": "raid"}, "year")
    assert (mapping.undated, mapping.unplaced, mapping.fix_encoding) == (True, True, False)
    path.write_text("undated: perhaps\n")
    with pytest.raises(BadFile, match="undated is 'perhaps'; expected true or false"):
        read_mapping(path)
