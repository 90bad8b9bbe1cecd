"""EDTF dates: the examples of the specification, the order of the bounds, and a comparison with another parser."""

import json
from calendar import timegm
from pathlib import Path

import edtf as second
import pytest
from chance import examples
from edtf_strategies import closed_intervals, edtf, groupings, plain, unspecified
from hypothesis import assume, given
from hypothesis import strategies as st
from overlap import certainly_overlaps, possibly_overlaps

from db.dates.edtf import ALWAYS, FOREVER, When
from db.errors import BadDate

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "edtf-examples.json").read_text("utf-8"))


@pytest.mark.parametrize("example", EXAMPLES["valid"], ids=lambda e: e["edtf"])
def test_valid_examples_keep_their_text_and_have_their_bounds(example: dict) -> None:
    when = When.parse(example["edtf"])
    assert when.text == example["edtf"]
    assert when.earliest == example.get("earliest", when.earliest)
    assert when.latest == example.get("latest", when.latest)
    assert when.doubtful == (example.get("certain") is False)


@pytest.mark.parametrize("text", EXAMPLES["invalid"])
def test_the_error_of_an_invalid_example_quotes_it(text: str) -> None:
    with pytest.raises(BadDate) as refusal:
        When.parse(text)
    assert repr(text) in str(refusal.value)
    assert "2023-05-03" in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "..", "/", "[]", "{}", "[..]", "2023-1", "2023-05-03 ", "2023\n", "２０２３", "2023-00", "2023-05-00",
     "2023/2022", "2023-05/2023-04-30", "a/b", "2023/2024/2025", "[2024..2023]", "Y2023", "Y1E10", "Y99999999999",
     "Y1E999999999", "1950S0", "1950S5", "XXXX-02-30", "1999-13-XX", "2023-05-03T25:00:00", "2023-05-03T10:60",
     "2023-05-03T10:00:00+25:00", "2023-21-01", "202X-4X"],
)  # fmt: skip
def test_an_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        When.parse(text)


@given(edtf)
@examples(1500)
def test_bounds_are_in_order_and_the_text_is_unchanged(text: str) -> None:
    when = When.parse(text)
    assert when.text == text
    assert when.start_min <= when.start_max <= when.end_max
    assert when.start_min <= when.end_min <= when.end_max


@given(edtf, st.integers(-(10**12), 10**12), st.integers(0, 10**11))
@examples(1500)
def test_certain_is_within_possible(text: str, start: int, length: int) -> None:
    when = When.parse(text)
    if certainly_overlaps(when, start, start + length):
        assert possibly_overlaps(when, start, start + length)


@given(edtf, st.data())
@examples(500)
def test_certain_means_every_true_date_overlaps(text: str, data: st.DataObject) -> None:
    """Draw a true start and end within the bounds: a certain match overlaps, an impossible one never does."""
    when = When.parse(text)
    start = data.draw(st.integers(when.start_min, when.start_max))
    end = data.draw(st.integers(max(when.end_min, start), when.end_max))
    first = data.draw(st.integers(-(10**11), 10**11))
    last = first + data.draw(st.integers(0, 10**10))
    overlaps = start <= last and end >= first
    if certainly_overlaps(when, first, last):
        assert overlaps
    if overlaps:
        assert possibly_overlaps(when, first, last)


@given(st.one_of(plain, groupings, unspecified))
@examples(150)
def test_another_parser_agrees_on_single_dates(text: str) -> None:
    assume(
        not text.endswith(tuple(f"-{code}" for code in range(25, 42)))
    )  # the edtf package only has 21 to 24
    assume(not (text.startswith("00") or text.endswith("-24")))  # and ends a winter with the year
    other = second.parse_edtf(text)
    when = When.parse(text)
    assert when.start_min == timegm(other.lower_strict())
    assert when.end_max == timegm(other.upper_strict()) + 86_399


@given(closed_intervals)
@examples(100)
def test_another_parser_agrees_on_closed_intervals(text: str) -> None:
    start, end = text.split("/")
    assume(not start.startswith("00"))
    when = When.parse(text)
    assert when.start_min == timegm(second.parse_edtf(start).lower_strict())
    assert when.end_max == timegm(second.parse_edtf(end).upper_strict()) + 86_399


def test_open_and_unknown_sides_differ() -> None:
    open_end, unknown = When.parse("2020/.."), When.parse("2020/")
    assert (open_end.end_min, open_end.end_max) == (FOREVER, FOREVER)
    assert (unknown.end_min, unknown.end_max) == (unknown.start_min, FOREVER)
    open_start, unknown_start = When.parse("../2020"), When.parse("/2020")
    assert (open_start.start_min, open_start.start_max) == (ALWAYS, ALWAYS)
    assert (unknown_start.start_min, unknown_start.start_max) == (ALWAYS, unknown_start.end_max)


def test_the_start_limits_the_end_and_the_end_the_start() -> None:
    """An event that started in June and ended in 2022 cannot have ended before June."""
    late, early = When.parse("2022-06-14/2022"), When.parse("2022/2022-06-14")
    assert late.end_min == late.start_min == When.parse("2022-06-14").start_min
    assert early.start_max == early.end_max == When.parse("2022-06-14").end_max


def test_one_of_several_dates_and_all_of_them_have_different_bounds() -> None:
    one_of, all_of = When.parse("[2020, 2022]"), When.parse("{2020, 2022}")
    assert (one_of.start_min, one_of.start_max) == (one_of.end_min, one_of.end_max)
    assert all_of.start_max == When.parse("2020").start_max
    assert all_of.end_min == When.parse("2022").end_min


def test_an_offset_moves_the_instant_and_not_the_text() -> None:
    when = When.parse("2023-05-03T01:30:00+02:00")
    assert when.earliest == "2023-05-02T23:30:00Z"
    assert when.text == "2023-05-03T01:30:00+02:00"


@pytest.mark.parametrize(
    ("text", "precision"),
    [("2023-05-03", "day"), ("2023-05", "month"), ("2023", "year"), ("2023-22", "season"), ("2023-34", "quarter"),
     ("202X", "decade"), ("20XX", "century"), ("2023/2024", "interval"), ("[2023,2024]", "set"),
     ("2023-05-03T10:00:00Z", "second"), ("2023-05-03T10:00Z", "minute"), ("2023-05-03T10Z", "hour"),
     ("1999-XX-XX", "year"), ("1999-01-XX", "month"), ("1950S2", "century")],
)  # fmt: skip
def test_precision_says_how_finely_a_date_is_known(text: str, precision: str) -> None:
    assert When.parse(text).precision == precision
