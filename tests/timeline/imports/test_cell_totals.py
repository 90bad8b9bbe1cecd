"""Every cell of a file ends in a field, in `data`, in a rejected row or in a line of the report, and is counted once.

Files of random headings and values are imported, and the totals of the report are compared with a count of the cells
by a reader of this test. Every text with a word of its own must be in an event, a rejected row or a line of the report.
"""

import csv
import io
import itertools
import json
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from db.store import Store
from tests.timeline.imports.test_importer import find_candidates
from timeline.errors import BadFile
from timeline.exchange.native_table import COLUMNS
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report
from timeline.readers import Row

FILES = int(os.environ.get("FILES_DRAWN", "60"))  # of each test
DRAWN = settings(max_examples=FILES, suppress_health_check=list(HealthCheck))
WORD = re.compile(r"word\d+x")
NAMES = (
    "date", "start", "end", "place", "city", "admin1", "country", "lat", "lon", "tags", "source_title", "source_url",
    "note", "verification", "summary", "id", "fecha", "lieu", "Stadt", "provincia", "Datum", "year", "month", "day",
    "latitude", "longitude", "notes", "link", "reason", "precision", "geometry", "status", "Entry date", "column 5",
    "weather", "Número de víctimas", "x", "", " ", "label (2)", "#geo", "time", "figures", "data", "sources",
)  # fmt: skip
DATES = (
    "2021-05-03", "3 May 2021", "2021", "c. 1916", "03/04/2021", "44 BC", "2020/..", "early May 2023", "2021-13-40",
    "unknown", "n/d", "1620000000", "before 1900", "44197", "..", "2020-21", "12", "0",
)  # fmt: skip
OTHERS = (
    "Hasselt", "Belgium", "Hasselt; Hasselt", "BE", "NA", "n/a", "N/A", "unknown", "-", "?", ";", " , ", "; ;", "0",
    "50.93", "5.34", "-500", "50.93, 5.34", "https://example.org/a", "http:/broken", "confirmed", "sure", "yes",
    "police; border", "a,b,,c", "<b>bold</b>", "=1+1", "'quoted", '{"a": 1}', "[1]", "null", "NaN", "#N/A", "total",
    "POINT (5 51)", "true",
)  # fmt: skip
CATEGORIES = ("raid", "arrest", "Raid", "unheard-of", "")


class Imported(NamedTuple):
    """The report of an import, its events as text, and the rejected rows with their reasons."""

    report: Report
    events: str
    rejected: list[tuple[Row, str]]

    @property
    def everything(self) -> str:
        """Return all that a user can find of the file."""
        rows = "\n".join(
            f"{dict(row.columns)} {row.points} {row.when} {reason}" for row, reason in self.rejected
        )
        remarks = "\n".join(map(str, self.report.warnings))
        return f"{self.events}\n{rows}\n{remarks}"


def imported(store: Store, name: str, data: bytes, **options: Any) -> Imported:
    """Import a file without writing; skip one that is refused as a whole."""
    events, rejected = list[str](), list[tuple[Row, str]]()
    importer = Importer(
        store=store,
        find_candidates=find_candidates,
        options=Options(dates="dmy", undated=True, unplaced=True, allow_rejects=True, **options),
        on_reject=lambda row, reason: rejected.append((row, reason)),
    )
    try:
        report = importer.read(
            name,
            io.BytesIO(data),
            lambda batch, new: events.extend(f"{event.feature.decode()} {event.texts}" for event in batch),
        )
    except BadFile:
        assume(False)
    return Imported(report, "\n".join(events), rejected)


def check(result: Imported, cells: int, words: set[str]) -> None:
    """Compare the totals with the number of cells, and look for the words of the file."""
    counts = result.report.cells
    parts = counts.in_fields + counts.in_data + counts.left_out + counts.in_rejected_rows
    assert (counts.read, parts) == (cells, cells), counts
    everything = result.everything
    assert {word for word in words if word not in everything} == set()


words = itertools.count(1)
own_words = st.builds(
    lambda text: f"{text} word{next(words)}x", st.sampled_from(("Harbour", "c. 1916,", "Hasselt:", "ß"))
)
values = st.one_of(
    own_words, st.sampled_from(OTHERS), st.sampled_from(DATES), st.just(""), st.text("ab ;,\"'\n", max_size=5)
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Draw a header row and rows, some of them shorter or longer, some of them equal."""
    names = ["title", "category", *draw(st.lists(st.sampled_from(NAMES), max_size=7))]
    rows = [names]
    for _ in range(draw(st.integers(1, 6))):
        row = [draw(st.one_of(own_words, st.just(""))), draw(st.sampled_from(CATEGORIES))]
        width = draw(st.sampled_from((len(names),) * 4 + (len(names) - 1, len(names) + 1)))
        row += [draw(values) for _ in range(width - 2)]
        rows += [row] * draw(st.sampled_from((1, 1, 1, 2)))
    return rows


def filled(rows: list[list[Any]]) -> int:
    return sum(bool(str(cell).strip()) for row in rows for cell in row if cell is not None)


def words_of(rows: Any) -> set[str]:
    return set(WORD.findall(json.dumps(rows, default=str)))


OPTIONS = (
    {}, {"keep_identical": True}, {"values": {"category": "raid", "date": "2020"}}, {"title": "{category} in {place}"},
    {"overrides": {"category": "raid", "note": "checked", "source_url": "https://example.org"}},
    {"overrides": {"date": "2021", "lat": "51", "lon": "4"}}, {"overrides": {"place": "Hasselt", "tags": "a; b"}},
)  # fmt: skip


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t")])
@given(table=tables(), options=st.sampled_from(OPTIONS))
@DRAWN
def test_the_cells_of_a_table(
    store: Store, name: str, delimiter: str, table: list[list[str]], options: dict[str, Any]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    result = imported(store, name, text.getvalue().encode(), **options)
    rows = list(csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter))
    check(result, filled(rows[1:]), words_of(rows[1:]))


@given(table=tables(), number=st.sampled_from((3, 2.5, True, 44197)))
@DRAWN
def test_the_cells_of_a_workbook(store: Store, table: list[list[str]], number: Any) -> None:
    book = Workbook()
    for row in table:
        # A text that begins with = would be a formula.
        book.active.append(
            [number if cell == "x" else cell.strip("=").replace("\n", " ") or None for cell in row]
        )  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    result = imported(store, "a.xlsx", stream.getvalue())
    stream.seek(0)
    rows = [list(row) for row in load_workbook(stream).active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    check(result, filled(rows[1:]), words_of(rows[1:]))


scalars = st.one_of(values, st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(-500, 500))
names = st.sampled_from(NAMES)
lists = st.lists(scalars, max_size=3)
innermost = st.dictionaries(names, st.one_of(scalars, lists), max_size=2)
inner = st.dictionaries(
    names, st.one_of(scalars, st.dictionaries(names, st.one_of(scalars, innermost), max_size=2)), max_size=2
)
members = st.one_of(scalars, lists, inner)
objects = st.builds(
    lambda title, category, others: {**others, "title": title, "category": category},
    st.one_of(own_words, st.just("")),
    st.sampled_from(CATEGORIES),
    st.dictionaries(st.sampled_from(NAMES), members, max_size=7),
)


def is_empty(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def leaves(value: dict[str, Any], depth: int = 0) -> Iterator[Any]:
    """Yield the members of an object, with those of objects inside it down to three levels."""
    for member in value.values():
        if isinstance(member, dict) and member and depth < 3:
            yield from leaves(member, depth + 1)
        elif not is_empty(member):
            yield member


@given(rows=st.lists(objects, min_size=1, max_size=5))
@DRAWN
def test_the_members_of_json_objects(store: Store, rows: list[dict[str, Any]]) -> None:
    data = "\n".join(json.dumps(row) for row in rows).encode()
    for name, content in (("a.ndjson", data), ("a.json", json.dumps(rows).encode())):
        result = imported(store, name, content)
        check(result, sum(1 for row in rows for _ in leaves(row)), words_of(rows))


positions = st.lists(st.floats(-60, 60), min_size=2, max_size=3)
geometries = st.one_of(
    st.none(),
    st.builds(lambda position: {"type": "Point", "coordinates": position}, positions),
    st.builds(
        lambda many: {"type": "MultiPoint", "coordinates": many}, st.lists(positions, min_size=1, max_size=3)
    ),
    st.builds(
        lambda line: {"type": "LineString", "coordinates": line}, st.lists(positions, min_size=2, max_size=3)
    ),
)
foreign = st.dictionaries(
    st.sampled_from(("bbox", "when", "time", "@id", "links", "properties2", "title")), members, max_size=3
)


@given(
    features=st.lists(
        st.tuples(st.one_of(st.none(), st.integers(1, 9), own_words), geometries, objects, foreign),
        min_size=1,
        max_size=5,
    )
)
@example(features=[(1, None, {"id": id_, "category": "raid"}, {}) for id_ in (1, True, 1.0, "1", False, "")])
@DRAWN
def test_the_members_of_features(
    store: Store, features: list[tuple[Any, Any, dict[str, Any], dict[str, Any]]]
) -> None:
    documents = [
        {**others, "type": "Feature", "id": id_, "geometry": geometry, "properties": properties}
        for id_, geometry, properties, others in features
    ]
    data = json.dumps({"type": "FeatureCollection", "features": documents}).encode()
    cells = sum(
        not is_empty(value)
        for id_, geometry, properties, others in features
        for value in (id_, geometry, *properties.values(), *others.values())
    )
    check(imported(store, "a.geojson", data), cells, words_of(documents))


PROPERTIES = (
    "DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "STATUS", "X-HALL", "X-GOOGLE-ID", "COMMENT", "ORGANIZER",
    "ATTENDEE", "SEQUENCE", "CONTACT", "CLASS", "RRULE", "GEO", "DTEND", "DURATION", "PRIORITY", "RECURRENCE-ID",
    "EXDATE", "RDATE",
)  # fmt: skip
SPECIAL = {
    "RRULE": "FREQ=DAILY;COUNT=3", "GEO": "50.93;5.34", "DTEND": "20230504T120000Z", "DURATION": "PT1H",
    "SEQUENCE": "1", "PRIORITY": "2", "STATUS": "CANCELLED", "RECURRENCE-ID": "20230503T100000Z",
    "EXDATE": "20230504T100000Z", "RDATE": "20230509T100000Z", "ATTENDEE": "mailto:a@example.org",
}  # fmt: skip


@st.composite
def calendar_entries(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw the properties of an entry, some of them several times."""
    lines = [
        ("UID", draw(st.sampled_from(("a", "b", "")))),
        ("SUMMARY", draw(st.one_of(own_words, st.just("")))),
    ]
    lines.append(("DTSTART", draw(st.sampled_from(("20230503T100000Z", "20230503", "2023", "soon")))))
    lines.append(("DTSTAMP", "20230101T000000Z"))
    for name in draw(st.lists(st.sampled_from(PROPERTIES), max_size=6)):
        if name == "CATEGORIES" and any(earlier == name for earlier, _ in lines):
            continue  # icalendar joins them: they count as one property
        lines.append((name, SPECIAL.get(name) or draw(st.one_of(own_words, st.just("")))))
    return lines


@given(entries=st.lists(calendar_entries(), min_size=1, max_size=4))
@DRAWN
def test_the_properties_of_calendar_entries(store: Store, entries: list[list[tuple[str, str]]]) -> None:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in entry), "END:VEVENT"]
    data = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    result = imported(store, "a.ics", data, values={"category": "raid"})
    cells = sum(bool(value.strip()) for entry in entries for _, value in entry)
    # The report names the properties and entries that are left out, not their values.
    everything = [line for entry in entries for line in entry if line[0] not in ("X-GOOGLE-ID", "ORGANIZER")]
    skipped = any(
        re.search("cancelled|older version|copy|copies", remark.message) for remark in result.report.warnings
    )
    check(result, cells, words_of([] if skipped else everything))


slide_dates = st.one_of(
    st.none(),
    st.sampled_from(
        ("2020", "", {"year": 2020, "month": "5"}, {"year": "-44", "hour": 3}, {"year": 2020, "month": 13})
    ),
)
slides = st.fixed_dictionaries(
    {"start_date": slide_dates, "text": st.dictionaries(st.sampled_from(("headline", "text", "note")), scalars)},
    optional={
        "end_date": slide_dates,
        "media": st.dictionaries(st.sampled_from(("url", "credit", "caption")), scalars),
        "location": st.dictionaries(st.sampled_from(("name", "lat", "lon", "zoom")), scalars),
        "unique_id": scalars, "group": scalars, "display_date": scalars, "background": members, "autolink": scalars,
    },
)  # fmt: skip


@given(events=st.lists(slides, min_size=1, max_size=4))
@DRAWN
def test_the_members_of_slides(store: Store, events: list[dict[str, Any]]) -> None:
    result = imported(store, "a.json", json.dumps({"events": events}).encode(), values={"category": "raid"})
    cells = 0
    for event in events:
        for name, value in event.items():
            inside = value.values() if name in ("text", "media", "location") else [value]
            cells += sum(not is_empty(member) for member in inside)
    check(result, cells, words_of(events))


OWN_ROW = {
    "id": "a", "title": "Raid", "category": "raid", "date": "2020-05-03", "display_date": "3 May 2020",
    "earliest": "2020-05-03", "latest": "2020-05-03", "place": "Hasselt", "country": "BE",
    "lat": "50.93", "lon": "5.34", "precision": "city", "tags": '["police"]', "figures": '{"arrests": 2}',
    "sources": '[{"title": "Post"}]',
    "places": '[{"name": "Hasselt", "lat": 50.93, "lon": 5.34, "precision": "city", "country": "BE"}]',
    "data": '{"age": 42}', "note": "n", "verification": "reported", "status": "published",
}  # fmt: skip
own_changes = st.dictionaries(
    st.sampled_from(COLUMNS),
    st.one_of(own_words, st.sampled_from(("", "[]", "{}", "[1]", '{"a": "b"}', "9", "2021", "'=1", "draft"))),
    max_size=4,
)


@given(changes=st.lists(own_changes, min_size=1, max_size=3))
@DRAWN
def test_the_cells_of_an_exported_table_that_was_changed(store: Store, changes: list[dict[str, str]]) -> None:
    rows = [{**OWN_ROW, "id": str(number), **change} for number, change in enumerate(changes)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    result = imported(store, "own.csv", text.getvalue().encode())
    # A date as text and the status are not compared: they follow from `date` and from the options.
    compared = [
        {name: row.get(name) for name in COLUMNS if name not in ("display_date", "status")} for row in rows
    ]
    check(result, filled([list(row.values()) for row in rows]), words_of(compared))
