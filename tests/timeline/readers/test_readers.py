"""Readers: what stands in a file, row by row, whatever its delimiter, encoding or faults."""

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


def rows(reader: Any, data: bytes, notes: list[str] | None = None) -> list[Row]:
    found: Iterator[Row] = reader.read(io.BytesIO(data), (notes if notes is not None else []).append)
    return list(found)


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_its_delimiter(delimiter: str) -> None:
    data = f'title{delimiter}text\na{delimiter}"1, 2; 3"\n'.encode()
    assert rows(csv, data)[0].columns == {"title": "a", "text": "1, 2; 3"}


def test_csv_takes_quoted_newlines_and_counts_lines() -> None:
    found = rows(csv, b'title,text\na,"1\n2"\n\nb,3\n')
    assert [(row.at, row.columns["text"]) for row in found] == [("line 2", "1\n2"), ("line 5", "3")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_reads_unicode_with_and_without_a_mark(encoding: str) -> None:
    assert rows(csv, "título\nCafé\n".encode(encoding))[0].columns == {"título": "Café"}


def test_csv_says_that_it_is_not_utf8() -> None:
    notes: list[str] = []
    found = rows(csv, "title\nok\nCafé\n".encode("cp1252"), notes)
    assert found[1].columns == {"title": "Café"}
    assert "byte 0xe9 on line 3" in notes[0]
    assert "Windows-1252" in notes[0]


def test_csv_row_with_too_many_values_is_a_problem() -> None:
    assert "3 values for 2 columns" in (rows(csv, b"a,b\n1,2,3\n")[0].problem or "")


def test_csv_quote_that_never_closes_is_a_problem_and_earlier_rows_stand() -> None:
    found = rows(csv, b'a,b\n1,2\n3,"4\n5,6\n')
    assert found[0].columns == {"a": "1", "b": "2"}
    assert found[1].at == "line 3"
    assert "never closed" in (found[1].problem or "")


def test_csv_nul_byte_is_a_problem_of_its_row_alone() -> None:
    found = rows(csv, b"a,b\n1\x00,2\n3,4\n")
    assert [row.problem for row in found] == ["holds a NUL character", None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\n\n", "is empty"),
        (b"a\n" + b"x" * 5_000_000, "a line of more than"),
    ],
)
def test_csv_that_is_no_table(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(csv, data)


def test_geojson_properties_are_columns_and_the_id_is_the_features() -> None:
    geometry = {"type": "Point", "coordinates": [4.35, 50.85, 12]}
    feature = {"type": "Feature", "id": 7, "geometry": geometry, "properties": {"title": "a", "id": 8}}
    (row,) = rows(geojson, collection(feature))
    assert row.columns == {"title": "a", "id": 7}
    assert row.points == ((4.35, 50.85),)


def test_geojson_single_feature_without_geometry() -> None:
    data = b'\xef\xbb\xbf{"geometry": null, "properties": {"title": "a"}, "type": "Feature"}'
    (row,) = rows(geojson, data)
    assert (row.columns, row.points) == ({"title": "a"}, ())


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        (3, '"type": "Feature"'),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}}, "the Polygon is empty"),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1]}}, "no position"),
        ({"type": "Feature", "properties": {"a": ["\x00"]}}, "NUL"),
    ],
)
def test_geojson_feature_that_cannot_be_used(feature: Any, reason: str) -> None:
    assert reason in (rows(geojson, collection(feature))[0].problem or "")


def test_geojson_nested_beyond_measure_is_a_problem() -> None:
    deep = b'{"type": "Feature", "geometry": null, "properties": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}"
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
def test_geojson_that_is_none(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(geojson, data)


def test_yaml_keeps_dates_and_norway_as_text() -> None:
    data = b"events:\n  - title: a\n    date: 2020-01-01\n    places: [NO]\n"
    assert rows(yaml, data)[0].columns == {
        "title": "a",
        "date": "2020-01-01",
        "places": ["NO"],
        "sources": [],
    }


def test_yaml_puts_sources_where_their_keys_stand() -> None:
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
def test_yaml_entry_that_cannot_be_used(entry: bytes, reason: str) -> None:
    (row,) = rows(yaml, b"events:\n  - " + entry)
    assert row.at == "entry 1 (line 2)"
    assert reason in (row.problem or "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"events:\n - {title: a, title: b}", "line 2: 'title' stands twice"),
        (b"a: &a [1]\nevents: *a", "aliases"),
        (b"events: [", "not YAML"),
        (b"title: a", "no list called 'events'"),
        (b"[" * 50_000, "nested too deeply|not YAML"),
    ],
)
def test_yaml_that_is_no_such_file(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(yaml, data)


def test_every_module_with_a_read_function_is_a_row_of_the_registry() -> None:
    modules = [module.name for module in pkgutil.iter_modules(timeline.readers.__path__) if not module.ispkg]
    readers = {name for name in modules if hasattr(import_module(f"timeline.readers.{name}"), "read")}
    assert readers == {row.module for row in FORMATS}


def test_an_unknown_suffix_is_refused_with_the_list_of_suffixes() -> None:
    with pytest.raises(BadFile, match=r"'\.doc'.*\.geojson"):
        reader_for("events.doc")
