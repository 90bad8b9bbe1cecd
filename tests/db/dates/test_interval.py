"""The `datetime` parameter: valid and invalid forms, and the cases of the oracle."""

import json
from pathlib import Path

import pytest
from overlap import certainly_overlaps, possibly_overlaps

from db.dates.calendar import iso_time
from db.dates.edtf import ALWAYS, FOREVER, When
from db.dates.interval import Interval
from db.errors import BadInterval

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "datetime-oracle.json").read_text("utf-8"))
EVENTS = {e["id"]: When.parse(e["date"]) if e["date"] else None for e in ORACLE["events"]}


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda c: c["datetime"])
def test_every_case_of_the_oracle(case: dict) -> None:
    first, last = Interval.parse(case["datetime"])
    possible = [id_ for id_, when in EVENTS.items() if when is None or possibly_overlaps(when, first, last)]
    certain = [id_ for id_, when in EVENTS.items() if when and certainly_overlaps(when, first, last)]
    assert possible == case["possible"]
    assert certain == case["certain"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016-11-27/P2D", "2016-11-27T00:00:00Z", "2016-11-28T23:59:59Z"),
        ("2023-01-31/P1M", "2023-01-31T00:00:00Z", "2023-02-27T23:59:59Z"),
        ("2023-05/P3M", "2023-05-01T00:00:00Z", "2023-07-31T23:59:59Z"),
        ("2020-02-29/P1Y", "2020-02-29T00:00:00Z", "2021-02-27T23:59:59Z"),
        ("2023-05-01/P1W", "2023-05-01T00:00:00Z", "2023-05-07T23:59:59Z"),
        ("2023-05-01T12:00:00Z/PT2H", "2023-05-01T12:00:00Z", "2023-05-01T13:59:59Z"),
        ("2023-05-01/2023-05-31", "2023-05-01T00:00:00Z", "2023-05-31T23:59:59Z"),
        ("2023-05-01T00:00:00.999Z", "2023-05-01T00:00:00Z", "2023-05-01T00:00:00Z"),
        ("2023-05-01T02:00:00 02:00", "2023-05-01T00:00:00Z", "2023-05-01T00:00:00Z"),
        ("2023-05-01T02:00:00+02:00/..", "2023-05-01T00:00:00Z", None),
    ],
)
def test_a_form_has_its_first_and_last_second(text: str, first: str, last: str | None) -> None:
    interval = Interval.parse(text)
    assert iso_time(interval.first) == first
    assert interval.last == FOREVER if last is None else iso_time(interval.last) == last


@pytest.mark.parametrize("text", ["../..", "/", "../", "/.."])
def test_an_interval_may_be_open_on_both_sides(text: str) -> None:
    assert Interval.parse(text) == (ALWAYS, FOREVER)


@pytest.mark.parametrize(
    "text",
    ["", "..", "yesterday", "2023/2022", "2023-13", "2023-02-30", "2023-5-1", "20230501", "1/2/3", "2023-21", "P1D",
     "P1D/2023", "../P1D", "2023/P", "2023/PT", "2023/P1", "2023?", "202X", "[2023]", "2023-05-01T10:00:00Z~",
     "2023-05-01/P99999999999D", "9" * 5000, "2023-W01"],
)  # fmt: skip
def test_an_invalid_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInterval, match="2023-05"):
        Interval.parse(text)
