"""Workbooks, calendars, TimelineJS and JSON by lines: the same events out of each, and no bomb goes off."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from db.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.ingest import Ingest
from timeline.options import Options
from timeline.report import Report


def take(store: Store, name: str, data: bytes, **options: Any) -> Report:
    options.setdefault("values", {"category": "raid"})
    ingest = Ingest(store=store, locate=lambda text, country: [], options=Options(publish=True, **options))
    return ingest.stream(name, io.BytesIO(data))


def only(store: Store) -> dict[str, Any]:
    (feature,) = map(json.loads, store.snapshot(Filter())[1])
    return {**feature["properties"], "id": feature["id"], "geometry": feature["geometry"]}


def workbook(*rows: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr] # a new workbook has a sheet
    book.create_sheet("more").append(["x"])
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read(store: Store) -> None:
    rows: tuple[list[Any], ...] = (
        [],
        ["title", "date", "lat", "lon", "n"],
        ["a", date(2021, 4, 3), 50.9, 5.3, 7.0],
    )
    report = take(store, "a.xlsx", workbook(*rows))
    got = only(store)
    assert (got["date"], got["data"], got["geometry"]["coordinates"]) == (
        "2021-04-03",
        {"n": "7"},
        [5.3, 50.9],
    )
    assert "another sheet, 'more'" in report.warnings[0].message


def test_times_of_a_workbook_are_kept(store: Store) -> None:
    take(store, "a.xlsx", workbook(["title", "date"], ["a", datetime.fromisoformat("2021-04-03T14:30")]))
    assert only(store)["date"] == "2021-04-03T14:30:00"


@pytest.mark.parametrize("data", [b"PK\x03\x04nonsense", b"hello", workbook([])])
def test_a_broken_workbook_is_refused(store: Store, data: bytes) -> None:
    with pytest.raises(BadFile, match=r"workbook|empty|no column"):
        take(store, "a.xlsx", data)


def changed(data: bytes, name: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return out.getvalue()


def test_a_zip_bomb_is_refused(store: Store) -> None:
    bomb = changed(workbook(["title"], ["a"]), "xl/worksheets/sheet1.xml", b" " * 50_000_000)
    with pytest.raises(BadFile, match="unpacks"):
        take(store, "a.xlsx", bomb)


def test_a_billion_laughs_are_refused(store: Store) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = "<worksheet><sheetData><row><c><v>&l9;</v></c></row></sheetData></worksheet>"
    text = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>{sheet}'
    with pytest.raises(BadFile, match="cannot be read as a workbook"):
        take(store, "a.xlsx", changed(workbook(["title"], ["a"]), "xl/worksheets/sheet1.xml", text.encode()))


def calendar(*lines: str) -> bytes:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:u1", "SUMMARY:a", *lines]
    return "\r\n".join([*whole, "END:VEVENT", "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(("lines", "expected"), [
    (["DTSTART;VALUE=DATE:20230501", "DTEND;VALUE=DATE:20230502"], "2023-05-01"),
    (["DTSTART;VALUE=DATE:20230501", "DTEND;VALUE=DATE:20230504"], "2023-05-01/2023-05-03"),
    (["DTSTART;TZID=America/Los_Angeles:20230501T233000", "DTEND;TZID=America/Los_Angeles:20230501T234500"],
     "2023-05-01"),
    (["DTSTART:20230501T233000Z"], "2023-05-01"),
])  # fmt: skip
def test_a_calendar_keeps_its_days(store: Store, lines: list[str], expected: str) -> None:
    take(store, "a.ics", calendar(*lines, "GEO:50.9;5.3", "LOCATION:Town hall", "CATEGORIES:x,y"))
    got = only(store)
    assert (got["id"], got["date"], got["tags"], got["place"]) == ("u1", expected, ["x", "y"], "Town hall")


@pytest.mark.parametrize(("lines", "expected"), [
    (["DTSTART;TZID=America/Los_Angeles:20230501T233000", "DTEND;TZID=America/Los_Angeles:20230501T234500"],
     {"start_time": "23:30-07:00", "end_time": "23:45-07:00"}),
    (["DTSTART:20230501T233000Z"], {"start_time": "23:30+00:00"}),
    (["DTSTART;VALUE=DATE:20230501"], {}),
])  # fmt: skip
def test_a_calendar_keeps_its_times_of_day(store: Store, lines: list[str], expected: dict[str, str]) -> None:
    take(store, "a.ics", calendar(*lines))
    data = only(store).get("data") or {}
    assert {name: value for name, value in data.items() if name.endswith("_time")} == expected


def test_what_repeats_is_told(store: Store) -> None:
    report = take(store, "a.ics", calendar("DTSTART;VALUE=DATE:20230501", "RRULE:FREQ=DAILY"))
    assert "1 repeated events" in report.warnings[0].message


def test_no_calendar_is_refused(store: Store) -> None:
    with pytest.raises(BadFile):
        take(store, "a.ics", b"hello")


def test_timelinejs_is_read(store: Store) -> None:
    event = {
        "start_date": {"year": "1916", "month": 4}, "end_date": {"year": 1916, "month": "5", "day": ""},
        "text": {"headline": "<b>R&amp;D</b>", "text": "<p>s</p>"}, "media": {"url": "https://example.org/a.jpg"},
        "location": {"lat": 53.3, "lon": -6.3, "name": "Dublin"}, "unique_id": "x",
    }  # fmt: skip
    take(store, "a.json", json.dumps({"title": {}, "events": [event]}).encode())
    got = only(store)
    assert (got["title"], got["date"], got["place"]) == ("R&D", "1916-04/1916-05", "Dublin")
    assert got["data"] == {"media": "https://example.org/a.jpg"}


@pytest.mark.parametrize("mark", [b"", b"\x1e"])
def test_json_by_lines_is_read(store: Store, mark: bytes) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [5.3, 50.9]},
        "properties": {"title": "a"},
    }
    data = b"".join(
        mark + json.dumps(one).encode() + b"\n" for one in (feature, {"title": "b", "when": "3 May 2020"})
    )
    report = take(store, "a.geojsonl", data + b"{oops\n")
    dates = {json.loads(raw)["properties"]["date"] for raw in store.snapshot(Filter())[1]}
    assert (dates, report.rejected[0].at) == ({None, date(2020, 5, 3).isoformat()}, "line 3")
