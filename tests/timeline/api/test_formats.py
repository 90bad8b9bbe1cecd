"""Output formats: each writer of the registry by its address, by `f=` and by the Accept header."""

import csv
import io
from typing import Any

import pytest

from timeline.api.http.media_types import negotiate_format
from timeline.api.params.tables import LIST_FORMAT
from timeline.writers.registry import WRITERS
from timeline.writers.writer import Writer

ITEMS = "/collections/events/items"
FORMATS = tuple(LIST_FORMAT.schema["enum"])
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
each_writer = pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)


@each_writer
@pytest.mark.parametrize("path", ["/events", ITEMS])
def test_f_chooses_a_format(server: Any, writer: Writer, path: str) -> None:
    response = server.get(f"{path}?f={writer.name}&category=raid")
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == writer.media_type


@each_writer
@pytest.mark.parametrize("path", ["/events", ITEMS])
def test_the_accept_header_chooses_a_format(server: Any, writer: Writer, path: str) -> None:
    response = server.get(f"{path}?category=raid", headers={"Accept": writer.media_type})
    assert response.headers["content-type"].split(";")[0] == writer.media_type
    assert "Accept" in response.headers["vary"]


@each_writer
def test_the_suffix_fixes_the_format_whatever_is_accepted(server: Any, writer: Writer) -> None:
    response = server.get(f"{writer.path}?category=raid", headers={"Accept": BROWSER})
    assert response.headers["content-type"].split(";")[0] == writer.media_type


@pytest.mark.parametrize("writer", [writer for writer in WRITERS if writer.streams], ids=lambda row: row.name)
def test_a_streamed_format_ignores_limit_by_every_address(server: Any, writer: Writer) -> None:
    by_suffix = server.get(f"{writer.path}?limit=1")
    by_name = server.get(f"/events?f={writer.name}&limit=1")
    assert by_name.content == by_suffix.content
    assert by_name.headers["content-disposition"] == by_suffix.headers["content-disposition"]
    assert by_suffix.content.count(b"\n") > 2


def test_a_table_has_a_row_for_every_matching_event(server: Any) -> None:
    table = server.get("/events?category=raid", headers={"Accept": "text/csv"}).text
    matched = server.get("/events?category=raid").json()["numberMatched"]
    assert len(list(csv.DictReader(io.StringIO(table, newline="")))) == matched


def test_csv_for_excel_has_a_byte_order_mark_and_semicolons(server: Any) -> None:
    plain, excel = (server.get(f"/events.csv?{query}").content for query in ("", "dialect=excel"))
    assert excel.startswith(b"\xef\xbb\xbfid;title;")
    rows = [
        list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
        for content, delimiter in ((plain, ","), (excel, ";"))
    ]
    assert rows[0] == rows[1]
    assert server.get("/events?f=csv&dialect=excel").content == excel


@pytest.mark.parametrize("query", ["f=csv&dialect=exel", "dialect=excel", "f=geojsonl&dialect=excel"])
def test_another_dialect_or_one_of_another_format_is_refused(server: Any, query: str) -> None:
    response = server.get(f"/events?{query}")
    assert (response.status_code, response.json()["parameter"]) == (400, "dialect")


def test_an_unknown_format_is_refused_with_the_known_ones(server: Any) -> None:
    response = server.get("/events?f=csw")
    assert response.status_code == 400
    assert all(name in response.json()["detail"] for name in FORMATS)
    assert response.json()["example"] == "f=csv"


@pytest.mark.parametrize("path", ["/", "/events", "/embed"])
def test_an_empty_format_of_a_submitted_form_is_left_out(server: Any, path: str) -> None:
    response = server.get(f"{path}?f=&category=raid", headers={"Accept": BROWSER})
    assert (response.status_code, response.headers["location"]) == (303, f"{path}?category=raid")


def test_a_browser_gets_an_unknown_format_explained_as_a_page(server: Any) -> None:
    response = server.get("/events?f=csw", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("text/html")


def test_a_page_links_to_the_other_formats_with_its_filter(server: Any) -> None:
    links = server.get("/events?category=raid&limit=1").json()["links"]
    alternates = {link["type"]: link["href"] for link in links if link["rel"] == "alternate"}
    others = [writer for writer in WRITERS if writer.name != "geojson"]
    assert set(alternates) == {"text/html", *(writer.media_type for writer in others)}
    for writer in others:
        assert alternates[writer.media_type].endswith(f"{writer.path}?category=raid")


def test_the_html_page_links_to_the_exports(server: Any) -> None:
    page = server.get("/?category=raid", headers={"Accept": "text/html"}).text
    for writer in WRITERS:
        if writer.streams:
            assert f'<link rel="alternate" type="{writer.media_type}"' in page


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", "json"),
        ("", "json"),
        (BROWSER, "html"),
        ("text/csv", "csv"),
        ("text/csv, */*", "csv"),
        ("text/csv, */*;q=0.1", "csv"),
        ("text/csv;q=0.5, application/json", "json"),
        ("text/csv, application/geo+json", "json"),
        ("text/csv, text/html", "html"),
        ("text/csv;q=0", "json"),
        ("application/x-ndjson", "geojsonl"),
        ("application/geo+json-seq", "json"),
        ("text/*", "html"),
        ("application/geo+json;q=0.9, text/html;q=0.8", "json"),
    ],
)
def test_the_highest_weight_wins_and_wildcards_mean_json(accept: str, chosen: str) -> None:
    assert negotiate_format(accept, FORMATS) == chosen


def test_formats_of_lists_are_not_offered_elsewhere(server: Any) -> None:
    response = server.get("/events/summary?f=csv")
    assert (response.status_code, response.json()["parameter"]) == (400, "f")
    assert server.get("/events/summary", headers={"Accept": "text/csv"}).json()["matched"] > 0
