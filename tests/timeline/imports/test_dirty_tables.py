"""Dirty tables: titles above the header row, totals below, both coordinates in one cell, misleading names."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

OnPlan = Callable[[list[str]], None]


def take(
    store: Store, data: str | bytes, name: str = "a.csv", on_plan: OnPlan = lambda plan: None, **options: Any
) -> Report:
    options.setdefault("values", {"category": "raid"})
    importer = Importer(
        store=store,
        find_candidates=lambda text, country: [],
        options=Options(publish=True, **options),
        on_plan=on_plan,
    )
    return importer.import_stream(name, io.BytesIO(data.encode() if isinstance(data, str) else data))


def events(store: Store) -> dict[str, dict[str, Any]]:
    features = map(json.loads, store.snapshot(Filter())[1])
    return {
        feature["properties"]["title"]: {**feature["properties"], "geometry": feature["geometry"]}
        for feature in features
    }


def point(store: Store, title: str = "a") -> Any:
    return events(store)[title]["geometry"]["coordinates"]


def workbook(*rows: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr] # a new workbook has a sheet
    book.save(out)
    return out.getvalue()


def test_a_title_above_the_header_row_of_a_csv_file_is_left_out_with_a_warning(store: Store) -> None:
    report = take(store, "Raids of 2020\nSource: police,,,\n,,,\ntitle,date,lat,lon\na,2020-05-01,50.9,5.3\n")
    assert (report.created, list(events(store)), point(store)) == (1, ["a"], [5.3, 50.9])
    assert (
        "2 lines above its header row; not imported: 'Raids of 2020', 'Source: police'"
        in report.warnings[0].message
    )


def test_line_numbers_count_lines_above_the_header_row(store: Store) -> None:
    report = take(store, "Raids of 2020\n\ntitle,date,x\na,2020-05-01,1\nb,soon,2\n")
    assert [remark.at for remark in report.rejected] == ["line 5"]


def test_a_title_above_the_header_row_of_a_workbook_is_left_out_with_a_warning(store: Store) -> None:
    report = take(
        store,
        workbook(["Raids of 2020"], [], ["title", "date", "n"], ["a", date(2020, 5, 1), 7]),
        "a.xlsx",
    )
    assert events(store)["a"]["date"] == "2020-05-01"
    assert "1 line above its header row; not imported: 'Raids of 2020'" in report.warnings[0].message


def test_the_first_line_of_a_table_of_one_column_is_its_header_row(store: Store) -> None:
    report = take(store, "title\na\nb\n")
    assert (report.created, len(report.warnings)) == (2, 0)


def test_repeated_header_rows_and_comments_are_left_out(store: Store) -> None:
    report = take(store, "title,date,n\n#event,#date,#n\na,2020,1\n# page 2\ntitle,date,n\nb,2021,2\n")
    assert (sorted(events(store)), report.rejected.total) == (["a", "b"], 0)
    assert "3 lines with a comment or a repeated header row" in report.warnings[0].message


def test_a_title_that_begins_with_a_hash_is_not_a_comment(store: Store) -> None:
    take(store, "title,date,n\n#MeToo march,2020,1\n")
    assert list(events(store)) == ["#MeToo march"]


def test_a_row_of_totals_is_rejected_but_an_event_called_total_is_not(store: Store) -> None:
    report = take(store, "title,date,place,deaths\na,2020,Gent,3\nTotal,,,3\n")
    assert [remark.message for remark in report.rejected] == [
        "seems to be a row of totals, not an event; it is not imported"
    ]
    take(store, "title,date,place,deaths\nTotal,2021,Gent,1\n")
    assert sorted(events(store)) == ["Total", "a"]


def test_of_two_columns_with_one_name_the_second_is_renamed(store: Store) -> None:
    report = take(store, "title,n,n\na,1,2\n")
    assert events(store)["a"]["data"] == {"n": "1", "n (2)": "2"}
    assert "the later ones are renamed to 'n (2)'" in report.warnings[0].message


@pytest.mark.parametrize("cell", ['"34.05, -118.24"', "POINT (-118.24 34.05)"])
@pytest.mark.parametrize("name", ["place", "where", "coordinates", "geom"])
def test_one_column_may_have_both_coordinates(store: Store, name: str, cell: str) -> None:
    take(store, f"title,date,{name}\na,2020,{cell}\n")
    assert point(store) == [-118.24, 34.05]


def test_a_cell_that_is_not_a_pair_is_rejected(store: Store) -> None:
    rows = "".join(f'a{n},2020,"34.{n}, -118.2"\n' for n in range(9))
    report = take(store, f"title,date,coordinates\n{rows}b,2020,downtown\n")
    assert report.created == 9
    assert "'downtown' is not a pair of coordinates; expected one such as" in report.rejected[0].message


def test_pairs_with_swapped_coordinates_are_refused(store: Store) -> None:
    rows = "".join(f'a{n},2020,"-118.2{n}, 34.0"\n' for n in range(9))
    with pytest.raises(BadFile, match="latitude and longitude swapped"):
        take(store, f"title,date,coordinates\n{rows}")


def test_x_and_y_are_degrees_only_together_and_in_range(store: Store) -> None:
    take(store, "title,x,y\na,5.3,50.9\n")
    assert point(store) == [5.3, 50.9]
    take(store, "title,x\nb,5.3\n")
    take(store, "title,x,y\nc,665000,5647000\n")
    assert [(events(store)[title]["geometry"], events(store)[title]["data"]) for title in "bc"] == [
        (None, {"x": "5.3"}),
        (None, {"x": "665000", "y": "5647000"}),
    ]


def test_the_plan_names_columns_whose_values_do_not_fit_their_name(store: Store) -> None:
    plan: list[str] = []
    take(
        store,
        "title,date,country,country_txt,latitude\na,2020,92,Belgium,5647000\n",
        on_plan=plan.extend,
    )
    assert events(store)["a"]["data"] == {"country": "92", "latitude": "5647000", "country_txt": "Belgium"}
    assert "country ← country_txt" in plan
    assert "not used: latitude, which is called like lat but holds values such as '5647000'" in plan


def test_a_timelinejs_sheet_has_end_dates(store: Store) -> None:
    header = "Year,Month,Day,End Year,End Month,End Day,Headline"
    take(store, f"{header}\n2020,5,1,2020,6,,a\n2021,2,,,,,b\n")
    assert {title: event["date"] for title, event in events(store).items()} == {
        "a": "2020-05-01/2020-06",
        "b": "2021-02",
    }


@pytest.mark.parametrize("text", [
    "3 maggio 2023", "3 de maio de 2023", "3. Mai 2023", "mercoledì 3 maggio 2023", "Mittwoch, 3. Mai 2023",
])  # fmt: skip
def test_dates_in_italian_portuguese_and_german_are_read(store: Store, text: str) -> None:
    take(store, f'title,date,n\na,"{text}",1\n')
    assert events(store)["a"]["date"] == "2023-05-03"


def test_a_list_of_objects_and_arcgis_json_are_read(store: Store) -> None:
    take(store, json.dumps([{"title": "a", "date": "2020", "lat": 50.9, "lon": 5.3}]), "a.json")
    feature = {"attributes": {"title": "b", "date": 1588291200000}, "geometry": {"x": 4.3, "y": 50.8}}
    report = take(store, json.dumps({"features": [feature, 3]}), "b.json")
    assert (point(store, "a"), point(store, "b"), events(store)["b"]["date"]) == (
        [5.3, 50.9],
        [4.3, 50.8],
        "2020-05-01",
    )
    assert "3 is not an object" in report.rejected[0].message


@pytest.mark.parametrize("suffix", ["txt", "tab", "psv", "TSV"])
def test_other_suffixes_of_tables_are_read(store: Store, suffix: str) -> None:
    take(store, "title|date|n\na|2020|1\n", f"a.{suffix}")
    assert events(store)["a"]["date"] == "2020"


@pytest.mark.parametrize("value", [True, ["2020"], {"year": 2020}])
@pytest.mark.parametrize("name", ["date", "lat"])
def test_a_json_value_that_is_not_a_text_rejects_only_its_row(store: Store, name: str, value: Any) -> None:
    good = {"title": "a", "date": "2020", "lat": 50.9, "lon": 5.3}
    report = take(store, json.dumps([good, {**good, "title": "b", name: value}]), "a.json")
    assert (report.created, [(remark.at, remark.field) for remark in report.rejected]) == (
        1,
        [("object 2", name)],
    )


def test_a_column_with_a_dot_in_its_name_does_not_make_another_an_object(store: Store) -> None:
    report = take(store, "title,date,place,place.id\na,2020,Hasselt,1\nb,2020,,2\n")
    assert (report.created, report.rejected) == (2, [])


def test_comments_with_commas_above_the_header_row_are_left_out(store: Store) -> None:
    report = take(store, "# made by X\n# on 1 May, by Y\n# licence: CC, BY\ntitle,date,place\na,2021,Gent\n")
    assert (list(events(store)), "3 lines above its header row" in report.warnings[0].message) == (
        ["a"],
        True,
    )


@pytest.mark.parametrize("line", [
    'Raid,raid,2021-05-03,"Hasselt, Belgium"', "1,50.93,5.34,Raid", "Raid,03/05/2021,raid", "a,raid,https://example.org",
])  # fmt: skip
def test_a_table_without_a_header_row_is_refused_with_its_first_line(store: Store, line: str) -> None:
    with pytest.raises(BadFile, match="no header row, since its first line contains '"):
        take(store, f"{line}\n{line}\n", values={"title": "x", "category": "raid"})


def test_a_first_event_called_event_is_not_a_header_row(store: Store) -> None:
    take(store, "Schlagzeile,Art\nEvent,raid\nb,raid\n", columns={"Schlagzeile": "title"})
    assert sorted(events(store)) == ["Event", "b"]
