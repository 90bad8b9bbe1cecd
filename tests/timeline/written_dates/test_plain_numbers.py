"""Plain numbers in columns of dates: years before 1000 and before Christ, and times since 1970."""

import pytest

from db.errors import BadDate
from timeline.written_dates import Evidence, Form
from timeline.written_dates.numbers import Ambiguous, Order
from timeline.written_dates.reader import read


def form_of(*values: str, name: str = "", iso: bool = False) -> Form:
    evidence = evidence_of(*values)
    return evidence.decide(name=name, iso_years=iso)


def evidence_of(*values: str) -> Evidence:
    evidence = Evidence()
    for value in values:
        evidence.add(value)
    return evidence


def test_years_of_one_to_three_digits_are_read() -> None:
    form = form_of("7", "476", "1492")
    assert [form.read(text).edtf for text in ("7", "476", "1492")] == ["0007", "0476", "1492"]


def test_years_in_a_table_of_floats_are_read() -> None:
    assert form_of("476.0", "1492.0").read("476.0").edtf == "0476"


def test_numbers_that_may_be_days_are_not_years() -> None:
    with pytest.raises(BadDate):
        form_of("3", "12", "31").read("12")


@pytest.mark.parametrize(("iso", "edtf"), [(False, "-0052"), (True, "-0053")])
def test_a_negative_year_is_counted_as_people_do_unless_iso_is_chosen(iso: bool, edtf: str) -> None:
    form = form_of("-53", "-1200", "1492", name="Year", iso=iso)
    assert form.read("-53").edtf == edtf
    assert form.read("-1200").edtf == ("-1200" if iso else "-1199")
    assert form.read("-53/3/5").edtf == f"{edtf}-03-05"


def test_negative_years_are_reported_with_both_readings() -> None:
    evidence = evidence_of("-53", "1492")
    (message,) = evidence.messages(evidence.decide(name="Year"))
    assert message == (
        "years such as '-53' are read as people count them, 53 BC (-0052); "
        "if -53 means 54 BC, as in ISO 8601, use --years iso"
    )
    assert evidence.messages(evidence.decide(name="Year", iso_years=True)) == []


def test_years_with_the_zeros_of_edtf_are_read_as_edtf() -> None:
    assert form_of("-0053", "1492", name="Year").read("-0053").edtf == "-0053"
    assert form_of("-1200", "1492", name="date").read("-1200").edtf == "-1200"


def test_the_year_zero_is_refused_unless_years_are_those_of_iso() -> None:
    with pytest.raises(BadDate, match="1 BC is followed by AD 1"):
        form_of("0", "-53", "476", name="Year").read("0")


def test_times_since_1970_are_days_only_if_all_are_midnight() -> None:
    days = form_of("1588291200000", "-315619200000")
    assert [days.read(text).edtf for text in ("1588291200000", "-315619200000")] == [
        "2020-05-01",
        "1960-01-01",
    ]
    times = form_of("1588291200123", "-315619200000")
    assert times.read("1588291200123").edtf == "2020-05-01T00:00:00Z"
    assert times.read("-315619200000").edtf == "1960-01-01T00:00:00Z"


def test_fractions_of_a_second_are_dropped_before_1970_as_well() -> None:
    assert form_of("-315619199001").read("-315619199001").edtf == "1960-01-01T00:00:00Z"
    assert form_of("1588291260.9").read("1588291260.9").edtf == "2020-05-01T00:01:00Z"


def test_unknown_values_do_not_hide_times_since_1970() -> None:
    assert form_of("1588291260000", "unknown", "n/a").read("1588291260000").edtf == "2020-05-01T00:01:00Z"


def test_dotted_dates_and_dates_with_the_month_first_in_one_column_are_refused() -> None:
    with pytest.raises(BadDate, match=r"'03\.04\.2021' has the day first, '04/13/2021' the month"):
        form_of("03.04.2021", "04/13/2021")
    assert form_of("03.04.2021", name="Date (mm.dd.yyyy)").read("03.04.2021").edtf == "2021-03-04"
    assert form_of("03.04.2021", "01/02/2021").read("01/02/2021").edtf == "2021-02-01"


@pytest.mark.parametrize(
    ("text", "order", "edtf"),
    [("476-09-04", None, "0476-09-04"), ("4/9/476", "dmy", "0476-09-04"), ("4.9.476", None, "0476-09-04")],
)
def test_days_of_years_of_three_digits_are_read(text: str, order: Order | None, edtf: str) -> None:
    assert read(text, order).edtf == edtf


def test_the_order_of_a_day_in_a_year_of_three_digits_is_asked_for() -> None:
    with pytest.raises(Ambiguous):
        read("4/9/476")
