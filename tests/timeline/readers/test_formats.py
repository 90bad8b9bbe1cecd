"""Workbooks, calendars, TimelineJS and JSON by lines: the same events out of each, and no bomb goes off."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Ingest
from timeline.imports.options import Options
from timeline.imports.report import Report


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


def book(*parts: list[str], head: tuple[str, ...] = ()) -> bytes:
    events = [line for part in parts for line in ("BEGIN:VEVENT", *part, "END:VEVENT")]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *head, *events, "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def days(store: Store) -> dict[str, str]:
    found = (json.loads(one) for one in store.snapshot(Filter())[1])
    return {one["id"]: one["properties"]["date"] for one in found}


EVENING = ["UID:u1", "SUMMARY:a", "DTSTART:20230502T003000Z", "DTEND:20230502T013000Z"]
OWN_ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Customized Time Zone", "BEGIN:STANDARD", "DTSTART:16010101T000000",
    "TZOFFSETFROM:-0500", "TZOFFSETTO:-0500", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@pytest.mark.parametrize(("head", "named"), [
    (("X-WR-TIMEZONE:America/New_York",), "America/New_York"),
    (("X-WR-TIMEZONE:Eastern Standard Time",), "Eastern Standard Time"),
    (OWN_ZONE, "Customized Time Zone"),
])  # fmt: skip
def test_times_in_utc_have_their_day_in_the_zone_of_the_calendar(
    store: Store, head: tuple[str, ...], named: str
) -> None:
    report = take(store, "a.ics", book(EVENING, head=head))
    assert days(store) == {"u1": "2023-05-01"}
    assert f"1 event in UTC; its day is that of the calendar's time zone, {named!r}" in str(
        report.warnings[0]
    )


@pytest.mark.parametrize("head", [(), ("X-WR-TIMEZONE:Nowhere/Land",), ("X-WR-TIMEZONE:../../etc/passwd",)])
def test_times_in_utc_without_a_zone_are_told(store: Store, head: tuple[str, ...]) -> None:
    report = take(store, "a.ics", book(EVENING, head=head))
    assert days(store) == {"u1": "2023-05-02"}
    assert "1 event in UTC, and no time zone" in str(report.warnings[0])


def test_a_zone_of_the_same_name_in_another_file_is_another(store: Store) -> None:
    take(store, "a.ics", book(EVENING, head=OWN_ZONE))
    east = tuple(line.replace("-0500", "+0900") for line in OWN_ZONE)
    take(store, "a.ics", book(["UID:u2", "SUMMARY:b", "DTSTART:20230501T183000Z"], head=east))
    assert days(store)["u2"] == "2023-05-02"


def test_a_whole_day_written_in_utc_is_one_day(store: Store) -> None:
    event = ["UID:u1", "SUMMARY:a", "DTSTART:20230501T220000Z", "DTEND:20230502T220000Z"]
    take(store, "a.ics", book(event, head=("X-WR-TIMEZONE:Europe/Brussels",)))
    assert days(store) == {"u1": "2023-05-02"}


@pytest.mark.parametrize("zone", [
    "W. Europe Standard Time", "Customized Time Zone", "Europe/Nowhere", "/example.org/Europe/Paris",
])  # fmt: skip
def test_a_time_in_a_zone_of_its_own_keeps_its_day_whatever_the_zone_is_called(
    store: Store, zone: str
) -> None:
    event = ["UID:u1", "SUMMARY:a", f"DTSTART;TZID={zone}:20230501T233000"]
    take(store, "a.ics", book(event, head=("X-WR-TIMEZONE:Asia/Tokyo",)))
    assert days(store) == {"u1": "2023-05-01"}


def test_a_flight_over_the_date_line_ends_on_the_day_of_its_start(store: Store) -> None:
    event = [
        "UID:u1", "SUMMARY:a", "DTSTART;TZID=Asia/Tokyo:20230502T080000",
        "DTEND;TZID=America/Los_Angeles:20230501T230000",
    ]  # fmt: skip
    take(store, "a.ics", book(event))
    assert days(store) == {"u1": "2023-05-02"}


SERIES = ["UID:u1", "SUMMARY:Vigil", "DTSTART:20230501T180000Z", "RRULE:FREQ=WEEKLY;COUNT=3"]


def test_what_repeats_is_named_and_its_rule_kept(store: Store) -> None:
    report = take(store, "a.ics", book(SERIES))
    assert "has 1 repeated events; each is taken once, on its first day: event 1 ('Vigil')" in str(
        report.warnings[1]
    )
    assert only(store)["data"]["repeats"] == "FREQ=WEEKLY;COUNT=3"


def test_a_moved_event_of_a_series_is_an_event_of_its_own(store: Store) -> None:
    moved = ["UID:u1", "SUMMARY:Vigil", "RECURRENCE-ID:20230508T180000Z", "DTSTART:20230509T180000Z"]
    report = take(store, "a.ics", book(SERIES, moved))
    assert report.rejected.total == 0
    assert days(store) == {"u1": "2023-05-01", "u1-20230508T180000Z": "2023-05-09"}


@pytest.mark.parametrize("more", [
    ["RECURRENCE-ID:20230501T180000Z", "DTSTART:20230502T180000Z"],
    ["RECURRENCE-ID:20230501T180000Z", "DTSTART:20230501T180000Z", "STATUS:CANCELLED"],
])  # fmt: skip
def test_a_series_whose_first_day_was_moved_or_cancelled_is_rejected(store: Store, more: list[str]) -> None:
    report = take(store, "a.ics", book(SERIES, ["UID:u1", "SUMMARY:Vigil", *more]))
    assert [(one.at, "first day was moved or cancelled" in one.message) for one in report.rejected] == [
        ("event 1", True)
    ]
    assert "2023-05-01" not in days(store).values()


def test_a_series_whose_first_day_is_left_out_is_rejected(store: Store) -> None:
    report = take(store, "a.ics", book([*SERIES, "EXDATE:20230501T180000Z,20230508T180000Z"]))
    assert "first day was moved or cancelled" in report.rejected[0].message


def test_what_was_cancelled_is_left_out_and_told(store: Store) -> None:
    cancelled = ["UID:u2", "SUMMARY:March", "DTSTART:20230501T180000Z", "STATUS:CANCELLED"]
    report = take(store, "a.ics", book(["UID:u1", "SUMMARY:a", "DTSTART;VALUE=DATE:20230501"], cancelled))
    assert days(store) == {"u1": "2023-05-01"}
    assert "has 1 cancelled events, left out: event 2 ('March')" in str(report.warnings[1])


def test_two_starts_and_broken_dates_reject_their_own_event_alone(store: Store) -> None:
    twice = ["UID:u2", "SUMMARY:b", "DTSTART:20230501T180000Z", "DTSTART:20230502T180000Z"]
    broken = ["UID:u3", "SUMMARY:c", "DTSTART:20230541", "EXDATE:x", "RRULE:x", "RECURRENCE-ID:x"]
    report = take(store, "a.ics", book(["UID:u1", "SUMMARY:a", "DTSTART:20230501"], twice, broken))
    assert days(store) == {"u1": "2023-05-01"}
    assert [one.at for one in report.rejected] == ["event 2", "event 3"]


def test_a_day_with_hyphens_in_a_calendar_is_read(store: Store) -> None:
    take(store, "a.ics", book(["UID:u1", "SUMMARY:a", "DTSTART:2023-05-01", "DURATION:PT1H"]))
    assert days(store) == {"u1": "2023-05-01"}


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
