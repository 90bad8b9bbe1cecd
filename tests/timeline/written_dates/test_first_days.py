"""Columns in which every date is the first of January or of a month."""

import pytest

from timeline.written_dates import Evidence, Form
from timeline.written_dates.first_days import FirstDays, without_first_day


@pytest.mark.parametrize(("edtf", "unit", "expected"), [
    ("1980-01-01", "year", "1980"), ("1980-01-01T00:00:00Z", "year", "1980"), ("1980-01-01~", "year", "1980~"),
    ("1980-03-01", "year", "1980-03-01"), ("1980-01-02", "year", "1980-01-02"), ("1980-03-01", "month", "1980-03"),
    ("1980-01-01", "month", "1980-01"), ("1980-01-01/1985-01-01", "year", "1980/1985"), ("1980-01", "year", "1980-01"),
    ("1980-01-01T12:00:00Z", "year", "1980-01-01T12:00:00Z"), ("1980-01-01/..", "year", "1980/.."),
])  # fmt: skip
def test_a_first_day_is_its_unit(edtf: str, unit: FirstDays, expected: str) -> None:
    assert without_first_day(edtf, unit) == expected


def test_the_form_of_a_column_reads_first_days_in_every_spelling() -> None:
    form = Form(order="dmy", first_days="year")
    assert [form.read(text).edtf for text in ("1/1/1980", "1 January 1981", "01.01.1982", "2/1/1983")] == [
        "1980", "1981", "1982", "1983-01-02"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "others", "warned"), [(12, 0, True), (8, 3, True), (4, 0, False), (5, 20, False)]
)
def test_many_first_days_are_warned_of(days: int, others: int, warned: bool) -> None:
    evidence = Evidence()
    for number in range(days):
        evidence.add(f"{1980 + number}-01-01")
    for number in range(others):
        evidence.add(f"1990-05-{number + 1:02}")
    messages = evidence.messages(Form())
    assert any("--first-days year" in message for message in messages) == warned
    assert evidence.messages(Form(first_days="year")) == []
