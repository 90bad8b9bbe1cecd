"""Workbooks, calendars, TimelineJS and JSON lines are read, and files made to exhaust memory are refused."""

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
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report


def take(store: Store, name: str, data: bytes, **options: Any) -> Report:
    options.setdefault("values", {"category": "raid"})
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=Options(publish=True, **options)
    )
    return importer.import_stream(name, io.BytesIO(data))


def only(store: Store) -> dict[str, Any]:
    (feature,) = map(json.loads, store.snapshot(Filter())[1])
    return {**feature["properties"], "id": feature["id"], "geometry": feature["geometry"]}


def workbook(*rows: list[Any]) -> bytes:
    calendar_of, out = Workbook(), io.BytesIO()
    for row in rows:
        calendar_of.active.append(row)  # type: ignore[union-attr] # a new workbook has a sheet
    calendar_of.create_sheet("more").append(["x"])
    calendar_of.save(out)
    return out.getvalue()


def test_a_workbook_is_read(store: Store) -> None:
    rows: tuple[list[Any], ...] = (
        [],
        ["title", "date", "lat", "lon", "n"],
        ["a", date(2021, 4, 3), 50.9, 5.3, 7.0],
    )
    report = take(store, "a.xlsx", workbook(*rows))
    properties = only(store)
    assert (properties["date"], properties["data"], properties["geometry"]["coordinates"]) == (
        "2021-04-03",
        {"n": "7"},
        [5.3, 50.9],
    )
    assert "another sheet, 'more'" in report.warnings[0].message


def test_the_times_of_a_workbook_are_stored(store: Store) -> None:
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


def test_entities_that_expand_to_gigabytes_are_refused(store: Store) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = "<worksheet><sheetData><row><c><v>&l9;</v></c></row></sheetData></worksheet>"
    text = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>{sheet}'
    with pytest.raises(BadFile, match="cannot be read as a workbook"):
        take(store, "a.xlsx", changed(workbook(["title"], ["a"]), "xl/worksheets/sheet1.xml", text.encode()))


def calendar(*lines: str) -> bytes:
    lines_of_file = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:x",
        "BEGIN:VEVENT",
        "UID:u1",
        "SUMMARY:a",
        *lines,
    ]
    return "\r\n".join([*lines_of_file, "END:VEVENT", "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(("lines", "expected"), [
    (["DTSTART;VALUE=DATE:20230501", "DTEND;VALUE=DATE:20230502"], "2023-05-01"),
    (["DTSTART;VALUE=DATE:20230501", "DTEND;VALUE=DATE:20230504"], "2023-05-01/2023-05-03"),
    (["DTSTART;TZID=America/Los_Angeles:20230501T233000", "DTEND;TZID=America/Los_Angeles:20230501T234500"],
     "2023-05-01"),
    (["DTSTART:20230501T233000Z"], "2023-05-01"),
])  # fmt: skip
def test_the_days_of_a_calendar_are_stored(store: Store, lines: list[str], expected: str) -> None:
    take(store, "a.ics", calendar(*lines, "GEO:50.9;5.3", "LOCATION:Town hall", "CATEGORIES:x,y"))
    properties = only(store)
    assert (properties["id"], properties["date"], properties["tags"], properties["place"]) == (
        "u1",
        expected,
        ["x", "y"],
        "Town hall",
    )


@pytest.mark.parametrize(("lines", "expected"), [
    (["DTSTART;TZID=America/Los_Angeles:20230501T233000", "DTEND;TZID=America/Los_Angeles:20230501T234500"],
     {"start_time": "23:30-07:00", "end_time": "23:45-07:00"}),
    (["DTSTART:20230501T233000Z"], {"start_time": "23:30+00:00"}),
    (["DTSTART;VALUE=DATE:20230501"], {}),
])  # fmt: skip
def test_the_times_of_day_of_a_calendar_are_stored(
    store: Store, lines: list[str], expected: dict[str, str]
) -> None:
    take(store, "a.ics", calendar(*lines))
    data = only(store).get("data") or {}
    assert {name: value for name, value in data.items() if name.endswith("_time")} == expected


def test_a_repeated_event_is_imported_with_a_warning(store: Store) -> None:
    report = take(store, "a.ics", calendar("DTSTART;VALUE=DATE:20230501", "RRULE:FREQ=DAILY"))
    assert "1 repeated event:" in report.warnings[0].message


def calendar_of(*parts: list[str], head: tuple[str, ...] = ()) -> bytes:
    events = [line for part in parts for line in ("BEGIN:VEVENT", *part, "END:VEVENT")]
    lines_of_file = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *head, *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines_of_file).encode()


def days(store: Store) -> dict[str, str]:
    features = (json.loads(feature) for feature in store.snapshot(Filter())[1])
    return {feature["id"]: feature["properties"]["date"] for feature in features}


EVENING = ["UID:u1", "SUMMARY:a", "DTSTART:20230502T003000Z", "DTEND:20230502T013000Z"]
OWN_ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Customized Time Zone", "BEGIN:STANDARD", "DTSTART:16010101T000000",
    "TZOFFSETFROM:-0500", "TZOFFSETTO:-0500", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@pytest.mark.parametrize(("head", "zone_name"), [
    (("X-WR-TIMEZONE:America/New_York",), "America/New_York"),
    (("X-WR-TIMEZONE:Eastern Standard Time",), "Eastern Standard Time"),
    (OWN_ZONE, "Customized Time Zone"),
])  # fmt: skip
def test_a_time_in_utc_has_its_day_in_the_zone_of_the_calendar(
    store: Store, head: tuple[str, ...], zone_name: str
) -> None:
    report = take(store, "a.ics", calendar_of(EVENING, head=head))
    assert days(store) == {"u1": "2023-05-01"}
    assert f"1 event in UTC; imported with the day in the calendar's time zone, {zone_name!r}" in str(
        report.warnings[0]
    )


@pytest.mark.parametrize("head", [(), ("X-WR-TIMEZONE:Nowhere/Land",), ("X-WR-TIMEZONE:../../etc/passwd",)])
def test_a_time_in_utc_without_a_known_zone_is_imported_with_a_warning(
    store: Store, head: tuple[str, ...]
) -> None:
    report = take(store, "a.ics", calendar_of(EVENING, head=head))
    assert days(store) == {"u1": "2023-05-02"}
    assert "imported with the day in UTC, which may be one day off" in str(report.warnings[0])


def test_two_files_may_use_one_name_for_different_time_zones(store: Store) -> None:
    take(store, "a.ics", calendar_of(EVENING, head=OWN_ZONE))
    east = tuple(line.replace("-0500", "+0900") for line in OWN_ZONE)
    take(store, "a.ics", calendar_of(["UID:u2", "SUMMARY:b", "DTSTART:20230501T183000Z"], head=east))
    assert days(store)["u2"] == "2023-05-02"


def test_an_all_day_event_written_in_utc_is_one_day(store: Store) -> None:
    event = ["UID:u1", "SUMMARY:a", "DTSTART:20230501T220000Z", "DTEND:20230502T220000Z"]
    take(store, "a.ics", calendar_of(event, head=("X-WR-TIMEZONE:Europe/Brussels",)))
    assert days(store) == {"u1": "2023-05-02"}


@pytest.mark.parametrize("zone", [
    "W. Europe Standard Time", "Customized Time Zone", "Europe/Nowhere", "/example.org/Europe/Paris",
])  # fmt: skip
def test_an_event_with_a_time_zone_has_its_local_day_even_if_the_zone_is_unknown(
    store: Store, zone: str
) -> None:
    event = ["UID:u1", "SUMMARY:a", f"DTSTART;TZID={zone}:20230501T233000"]
    take(store, "a.ics", calendar_of(event, head=("X-WR-TIMEZONE:Asia/Tokyo",)))
    assert days(store) == {"u1": "2023-05-01"}


def test_a_flight_over_the_date_line_ends_on_the_day_of_its_start(store: Store) -> None:
    event = [
        "UID:u1", "SUMMARY:a", "DTSTART;TZID=Asia/Tokyo:20230502T080000",
        "DTEND;TZID=America/Los_Angeles:20230501T230000",
    ]  # fmt: skip
    take(store, "a.ics", calendar_of(event))
    assert days(store) == {"u1": "2023-05-02"}


SERIES = ["UID:u1", "SUMMARY:Vigil", "DTSTART:20230501T180000Z", "RRULE:FREQ=WEEKLY;COUNT=3"]


def test_the_warning_names_a_repeated_event_and_its_rule_is_stored(store: Store) -> None:
    report = take(store, "a.ics", calendar_of(SERIES))
    assert (
        "has 1 repeated event: event 1 ('Vigil'); a repeated event is imported once, on its first day"
        in str(report.warnings[1])
    )
    assert only(store)["data"]["repeats"] == "FREQ=WEEKLY;COUNT=3"


def test_a_moved_occurrence_of_a_series_is_a_separate_event(store: Store) -> None:
    moved = ["UID:u1", "SUMMARY:Vigil", "RECURRENCE-ID:20230508T180000Z", "DTSTART:20230509T180000Z"]
    report = take(store, "a.ics", calendar_of(SERIES, moved))
    assert report.rejected.total == 0
    assert days(store) == {"u1": "2023-05-01", "u1-20230508T180000Z": "2023-05-09"}


@pytest.mark.parametrize("changed_lines", [
    ["RECURRENCE-ID:20230501T180000Z", "DTSTART:20230502T180000Z"],
    ["RECURRENCE-ID:20230501T180000Z", "DTSTART:20230501T180000Z", "STATUS:CANCELLED"],
])  # fmt: skip
def test_a_series_whose_first_day_was_moved_or_cancelled_is_rejected(
    store: Store, changed_lines: list[str]
) -> None:
    report = take(store, "a.ics", calendar_of(SERIES, ["UID:u1", "SUMMARY:Vigil", *changed_lines]))
    assert [
        (remark.at, "first day was moved or cancelled" in remark.message) for remark in report.rejected
    ] == [("event 1 (line 4)", True)]
    assert "2023-05-01" not in days(store).values()


def test_a_series_whose_first_day_is_excluded_is_rejected(store: Store) -> None:
    report = take(store, "a.ics", calendar_of([*SERIES, "EXDATE:20230501T180000Z,20230508T180000Z"]))
    assert "first day was moved or cancelled" in report.rejected[0].message


def test_a_cancelled_event_is_not_imported_and_named_in_a_warning(store: Store) -> None:
    cancelled = ["UID:u2", "SUMMARY:March", "DTSTART:20230501T180000Z", "STATUS:CANCELLED"]
    report = take(
        store, "a.ics", calendar_of(["UID:u1", "SUMMARY:a", "DTSTART;VALUE=DATE:20230501"], cancelled)
    )
    assert days(store) == {"u1": "2023-05-01"}
    assert "has 1 cancelled event: event 2 ('March'); not imported" in str(report.warnings[1])


def test_two_starts_and_broken_dates_reject_only_their_own_event(store: Store) -> None:
    twice = ["UID:u2", "SUMMARY:b", "DTSTART:20230501T180000Z", "DTSTART:20230502T180000Z"]
    broken = ["UID:u3", "SUMMARY:c", "DTSTART:20230541", "EXDATE:x", "RRULE:x", "RECURRENCE-ID:x"]
    report = take(store, "a.ics", calendar_of(["UID:u1", "SUMMARY:a", "DTSTART:20230501"], twice, broken))
    assert days(store) == {"u1": "2023-05-01"}
    assert [remark.at for remark in report.rejected] == ["event 2 (line 9)", "event 3 (line 15)"]


def test_a_day_with_hyphens_in_a_calendar_is_read(store: Store) -> None:
    take(store, "a.ics", calendar_of(["UID:u1", "SUMMARY:a", "DTSTART:2023-05-01", "DURATION:PT1H"]))
    assert days(store) == {"u1": "2023-05-01"}


def test_a_file_that_is_not_a_calendar_is_refused(store: Store) -> None:
    with pytest.raises(BadFile):
        take(store, "a.ics", b"hello")


def test_timelinejs_is_read(store: Store) -> None:
    event = {
        "start_date": {"year": "1916", "month": 4}, "end_date": {"year": 1916, "month": "5", "day": ""},
        "text": {"headline": "<b>R&amp;D</b>", "text": "<p>s</p>"}, "media": {"url": "https://example.org/a.jpg"},
        "location": {"lat": 53.3, "lon": -6.3, "name": "Dublin"}, "unique_id": "x",
    }  # fmt: skip
    take(store, "a.json", json.dumps({"title": {}, "events": [event]}).encode())
    properties = only(store)
    assert (properties["title"], properties["date"], properties["place"]) == (
        "R&D",
        "1916-04/1916-05",
        "Dublin",
    )
    assert properties["data"] == {"media": "https://example.org/a.jpg"}


@pytest.mark.parametrize("mark", [b"", b"\x1e"])
def test_json_lines_are_read(store: Store, mark: bytes) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [5.3, 50.9]},
        "properties": {"title": "a"},
    }
    data = b"".join(
        mark + json.dumps(record).encode() + b"\n"
        for record in (feature, {"title": "b", "when": "3 May 2020"})
    )
    report = take(store, "a.geojsonl", data + b"{oops\n")
    dates = {json.loads(raw)["properties"]["date"] for raw in store.snapshot(Filter())[1]}
    assert (dates, report.rejected[0].at) == ({None, date(2020, 5, 3).isoformat()}, "line 3")
