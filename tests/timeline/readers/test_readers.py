"""Readers return the rows of a file for every delimiter, encoding and error in it."""

import io
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import timeline.readers
from timeline.errors import BadFile
from timeline.readers import FORMATS, Row, csv, geojson, reader_for, yaml
from timeline.readers.registry import STANDARD_INPUT


def rows(reader: Any, data: bytes, notes: list[str] | None = None) -> list[Row]:
    iterator: Iterator[Row] = reader.read(io.BytesIO(data), (notes if notes is not None else []).append)
    return list(iterator)


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_csv_is_found(delimiter: str) -> None:
    data = f'title{delimiter}text\na{delimiter}"1, 2; 3"\n'.encode()
    assert rows(csv, data)[0].columns == {"title": "a", "text": "1, 2; 3"}


def test_quoted_newlines_in_csv_are_read_and_counted() -> None:
    result = rows(csv, b'title,text\na,"1\n2"\n\nb,3\n')
    assert [(row.at, row.columns["text"]) for row in result] == [("line 2", "1\n2"), ("line 5", "3")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_unicode_is_read_with_and_without_a_byte_order_mark(encoding: str) -> None:
    assert rows(csv, "título\nCafé\n".encode(encoding))[0].columns == {"título": "Café"}


def test_csv_that_is_not_utf8_is_noted_with_byte_and_line() -> None:
    notes: list[str] = []
    result = rows(csv, "title\nok\nCafé\n".encode("cp1252"), notes)
    assert result[1].columns == {"title": "Café"}
    assert "byte 0xe9 on line 3" in notes[0]
    assert "Windows-1252" in notes[0]


def test_a_row_of_csv_with_too_many_values_has_a_problem() -> None:
    assert "3 values for 2 columns" in (rows(csv, b"a,b\n1,2,3\n")[0].problem or "")


def test_a_quote_that_never_closes_leaves_the_earlier_rows_intact() -> None:
    result = rows(csv, b'a,b\n1,2\n3,"4\n5,6\n')
    assert result[0].columns == {"a": "1", "b": "2"}
    assert result[1].at == "line 3"
    assert "never closed" in (result[1].problem or "")


def test_a_nul_byte_in_csv_is_a_problem_of_its_row_only() -> None:
    result = rows(csv, b"a,b\n1\x00,2\n3,4\n")
    assert [row.problem for row in result] == ["contains a NUL character", None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\n\n", "is empty"),
        (b"a\n" + b"x" * 5_000_000, "a line of more than"),
    ],
)
def test_csv_that_is_not_a_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(csv, data)


def test_geojson_properties_become_columns_with_the_id_of_the_feature() -> None:
    geometry = {"type": "Point", "coordinates": [4.35, 50.85, 12]}
    feature = {"type": "Feature", "id": 7, "geometry": geometry, "properties": {"title": "a", "id": 8}}
    (row,) = rows(geojson, collection(feature))
    assert row.columns == {"title": "a", "id": 7, "properties.id": 8, "geometry": geometry}
    assert row.cells == 4
    assert row.points == ((4.35, 50.85),)


def test_a_single_feature_without_geometry_is_read() -> None:
    data = b'\xef\xbb\xbf{"geometry": null, "properties": {"title": "a"}, "type": "Feature"}'
    (row,) = rows(geojson, data)
    assert (row.columns, row.points) == ({"title": "a"}, ())


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        (3, '"type": "Feature"'),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}}, "the Polygon is empty"),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1]}}, "not a position"),
        ({"type": "Feature", "properties": {"a": ["\x00"]}}, "NUL"),
    ],
)
def test_a_broken_feature_has_a_problem(feature: Any, reason: str) -> None:
    assert reason in (rows(geojson, collection(feature))[0].problem or "")


def test_a_feature_nested_too_deeply_has_a_problem() -> None:
    deep = b'{"type": "Feature", "geometry": null, "properties": {"a": ' + b"[" * 90 + b"]" * 90 + b"}}"
    assert "nested" in (rows(geojson, deep)[0].problem or "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"type": "FeatureCollection", "features": [{"type"', "not JSON"),
        (b'{"type": "Feature", "properties": {"lat": NaN}}', "not JSON"),
        (b'{"type": "Polygon"}', "'Polygon'"),
        (b'{"a": [1]}', "expected a GeoJSON"),
    ],
)
def test_a_file_that_is_not_geojson_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(geojson, data)


def test_dates_and_norway_stay_text_in_yaml() -> None:
    data = b"events:\n  - title: a\n    date: 2020-01-01\n    places: [NO]\n"
    assert rows(yaml, data)[0].columns == {
        "title": "a",
        "date": "2020-01-01",
        "places": ["NO"],
        "sources": [],
    }


def test_keys_of_sources_in_yaml_are_replaced_by_the_sources() -> None:
    data = b"sources: {t: {title: Times}}\nevents: [{title: a, sources: [t]}]"
    assert rows(yaml, data)[0].columns["sources"] == [{"title": "Times"}]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (b"{titel: a}", "titel: there is no such field"),
        (b"{sources: [x]}", "'x' is not listed"),
        (b"3", "mapping"),
        (b'{title: "\\ud800"}', "surrogate"),
    ],
)
def test_a_broken_entry_in_yaml_has_a_problem(entry: bytes, reason: str) -> None:
    (row,) = rows(yaml, b"events:\n  - " + entry)
    assert row.at == "entry 1 (line 2)"
    assert reason in (row.problem or "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"events:\n - {title: a, title: b}", "line 2: 'title' occurs twice"),
        (b"a: &a [1]\nevents: *a", "alias"),
        (b"events: [", "not YAML"),
        (b"title: a", "no list 'events'"),
        (b"[" * 50_000, "nested too deeply|not YAML"),
    ],
)
def test_yaml_of_another_format_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(yaml, data)


def test_every_module_with_a_read_function_is_a_row_of_the_registry() -> None:
    modules = [module.name for module in pkgutil.iter_modules(timeline.readers.__path__) if not module.ispkg]
    readers = {name for name in modules if hasattr(import_module(f"timeline.readers.{name}"), "read")}
    assert readers == {row.module for row in FORMATS}


def test_an_unknown_suffix_is_refused_with_the_list_of_suffixes() -> None:
    with pytest.raises(BadFile, match=r"'\.doc'.*\.geojson"):
        reader_for("events.doc")


@pytest.mark.parametrize(
    "content", [b"title,date\na,2023\n", b'{"title": "a"}\n{"title": "b"}\n', b'[{"title": "a"}]']
)
def test_the_content_of_standard_input_is_recognised_without_a_remark(content: bytes) -> None:
    remarks: list[str] = []
    stream = io.BytesIO(content)
    rows = list(reader_for(STANDARD_INPUT, None, stream)(stream, remarks.append))
    assert rows[0].columns["title"] == "a"
    assert remarks == []
