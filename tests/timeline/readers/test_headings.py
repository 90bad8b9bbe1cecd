"""Headings of two lines, and HXL tags below the headings: both name the columns."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from timeline.exchange.hxl import field_of, is_tag
from timeline.readers import Row, csv, xlsx
from timeline.readers.parts.grouped_headings import joined_names, names_groups


def rows_of(data: str) -> tuple[list[Row], list[str]]:
    notes: list[str] = []
    return list(csv.read(io.BytesIO(data.encode()), notes.append)), notes


def workbook(rows: list[list[Any]], *merged: str) -> tuple[list[Row], list[str]]:
    book, notes = Workbook(), list[str]()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return list(xlsx.read(stream, notes.append)), notes


@pytest.mark.parametrize(("tag", "field"), [
    ("#event+name", "title"), ("#event", "title"), ("#incident +type", "category"), ("#event+id", "id"),
    ("#date", "date"), ("#date+occurred", "date"), ("#date+start", "start"), ("#date +end", "end"),
    ("#date+reported", None), ("#geo+lat", "lat"), ("#geo+lon", "lon"), ("#adm1+name", "admin1"), ("#adm1+code", None),
    ("#adm3+name", "city"), ("#country+code", "country"), ("#loc+name", "place"), ("#description", "summary"),
    ("#meta+url", "source_url"), ("#affected+killed", None),
])  # fmt: skip
def test_a_tag_means_a_field(tag: str, field: str | None) -> None:
    assert is_tag(tag)
    assert field_of(tag) == field


@pytest.mark.parametrize("text", ["#1", "# comment", "event", "#", "#a b", "#event+"])
def test_other_texts_are_no_tags(text: str) -> None:
    assert not is_tag(text)


def test_hxl_tags_name_the_columns_that_headings_do_not() -> None:
    rows, notes = rows_of(
        "Libellé,Q1,Q2,Morts\n#event+name,#date+start,#country+name,#affected+killed\nCrue,2023-05-03,Mali,4\n"
    )
    assert rows[0].columns == {
        "#event+name": "Crue", "#date+start": "2023-05-03", "#country+name": "Mali", "Morts": "4"
    }  # fmt: skip
    assert notes == [
        "has HXL tags below its headings, which name the columns: #event+name for 'Libellé', #date+start for 'Q1', "
        "#country+name for 'Q2'"
    ]


def test_headings_that_name_as_many_fields_stay() -> None:
    rows, notes = rows_of("title,date,deaths\n#event,#date,#affected\nFlood,2020,3\n")
    assert rows[0].columns == {"title": "Flood", "date": "2020", "deaths": "3"}
    assert "not imported: '#event'" in notes[0]


def test_the_lower_of_two_heading_lines_names_the_columns() -> None:
    rows, _ = workbook(
        [
            ["Angaben", None, None, "Einsatzort", None, "Quelle"],
            ["Was", "Sorte", "Am", "Stadt", "Land", None],
            ["Brand im Lager", "Brand", date(2023, 5, 3), "Ulm", "Deutschland", "Zeitung"],
            ["Brand im Hof", "Brand", date(2023, 5, 4), "Ulm", "Deutschland", "Zeitung"],
        ],
        "A1:C1", "D1:E1",
    )  # fmt: skip
    assert len(rows) == 2
    assert list(rows[0].columns) == ["Was", "Sorte", "Am", "Stadt", "Land", "Quelle"]


def test_names_that_several_groups_have_get_the_name_of_their_group() -> None:
    names = joined_names(["Start", "", "End", "", "Kind"], ["Year", "Month", "Year", "Month", ""])
    assert names == ["Start Year", "Start Month", "End Year", "End Month", "Kind"]


def test_a_first_event_below_a_heading_without_a_name_is_no_heading() -> None:
    rows, _ = rows_of("title,category,,place\nA raid,raid,x,Hasselt\nB raid 7,raid,y,Gent\n")
    assert [row.columns["title"] for row in rows] == ["A raid", "B raid 7"]
    assert not names_groups(["title", "", "date"], ["name", "raid", "2020"], [["a", "b", "2021"]])


def test_a_row_of_a_workbook_with_more_values_than_headings_is_not_advised_to_be_quoted() -> None:
    rows, _ = workbook([["title", "date"], ["a", "2020"], ["b", "2021", "c"]])
    assert rows[1].problem == "has 3 values for 2 columns; expected a heading above each"
