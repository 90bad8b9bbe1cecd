"""Dates as people write them: read whole or refused, in four languages, in any time zone."""

import contextlib
import time
from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from db.errors import BadDate
from timeline.dates import Ambiguous, Evidence, read

DAYS = st.dates(min_value=date(1800, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(("text", "edtf"), [
    ("2023-05-03", "2023-05-03"), ("2023-05~", "2023-05~"), ("2020/..", "2020/.."),
    ("July 4, 1976", "1976-07-04"), ("4th of July 1976", "1976-07-04"), ("Wednesday, 3 May 2023", "2023-05-03"),
    ("Sept. 2019", "2019-09"), ("14-Mar-2015", "2015-03-14"), ("2015 March 14", "2015-03-14"),
    ("1r de maig de 2021", "2021-05-01"), ("2 d’abril de 2019", "2019-04-02"), ("juny del 2021", "2021-06"),
    ("13 de diciembre de 2014", "2014-12-13"), ("1er août 2020", "2020-08-01"), ("l'été 2019", "2019-22"),
    ("fall 2001", "2001-23"), ("tardor de 2001", "2001-23"), ("Q3 2021", "2021-35"), ("first half of 2020", "2020-40"),
    ("month in 1872", "1872-XX"), ("mes de 1872", "1872-XX"),
    ("c. 1916", "1916~"), ("c1916", "1916~"), ("hacia 1916", "1916~"), ("vers 1916", "1916~"),
    ("probably 1916", "1916?"), ("uncertain: c. 1916", "1916%"), ("May 2021 (uncertain)", "2021-05?"),
    ("1960s", "196X"), ("c. 1960s", "196X~"), ("1800s", "18XX"), ("19th century", "18XX"), ("siglo XIX", "18XX"),
    ("64 BCE", "-0064"), ("17 AD", "0017"),
    ("since 2020", "2020/.."), ("des de 2020", "2020/.."), ("depuis mai 2020", "2020-05/.."),
    ("until 2019", "../2019"), ("jusqu'en 2019", "../2019"), ("before 1928", "/1928"), ("después de 2010", "2010/"),
    ("between January 2022 and January 2023", "[2022-01..2023-01]"), ("1863 or 1866", "[1863,1866]"),
    ("12–14 May 2023", "2023-05-12/2023-05-14"), ("12 May – 3 June 2023", "2023-05-12/2023-06-03"),
    ("May 12-14, 2023", "2023-05-12/2023-05-14"), ("from January to March 2020", "2020-01/2020-03"),
    ("del 3 al 5 de mayo de 2021", "2021-05-03/2021-05-05"), ("du 3 au 5 mai 2021", "2021-05-03/2021-05-05"),
    ("1851-52", "1851/1852"), ("2020/21", "2020/2021"),
    ("20210403", "2021-04-03"), ("05/2021", "2021-05"), ("13/04/2021", "2021-04-13"), ("5.5.2021", "2021-05-05"),
    ("2015-02-23 00:00:00", "2015-02-23"), ("2023-05-01 23:30", "2023-05-01T23:30:00"),
])  # fmt: skip
def test_a_date_is_read(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize("text", ["", " ", "unknown", "n.d.", "sin fecha", "s.d.", "?"])
def test_no_date_is_undated(text: str) -> None:
    assert read(text).edtf is None


@pytest.mark.parametrize("text", [
    "3 May", "January", "2021-02-30", "30 February 2021", "31/02/2021", "1863, 1870", "printed 1870, from", "yesterday",
    "12", "45000", "May 2023/April 2023", "14-Mar-15", "1916 " * 100,
])  # fmt: skip
def test_what_cannot_be_read_whole_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


def test_words_without_a_sign_in_edtf_are_told() -> None:
    assert read("early May 2023") == ("2023-05", "early")
    assert read("1938, printed 1940s-1950s") == ("1938", "printed 1940s-1950s")
    assert read("early 1900-1903, cast before 1929") == ("1900/1903", "early, cast before 1929")
    assert read("3 de maig de 2021, segons la policia") == ("2021-05-03", "segons la policia")


@pytest.mark.parametrize("text", ["03/04/2021", "3.4.2021", "7/4/14", "03-04-2021 14:30"])
def test_two_readings_are_never_guessed(text: str) -> None:
    with pytest.raises(Ambiguous, match=r"dmy.* or .*mdy"):
        read(text)


def test_an_order_settles_them() -> None:
    assert (read("03/04/2021", "dmy").edtf, read("03/04/2021", "mdy").edtf) == ("2021-04-03", "2021-03-04")


@given(
    day=DAYS, lang=st.sampled_from(["en", "en_GB", "es", "ca", "fr"]), width=st.sampled_from(["full", "long"])
)
def test_what_babel_writes_is_read(day: date, lang: str, width: str) -> None:
    assert read(format_date(day, width, lang)).edtf == day.isoformat()


@given(text=st.text(max_size=40))
def test_anything_else_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadDate):
        assert read(text) is not None


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_no_zone_shifts_a_day(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read.cache_clear()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        numbers = Evidence()
        numbers.add("42058")
        found = {read(text).edtf for text in ("23 Feb 2015", "2015-02-23 00:00:00", "23/02/2015")}
        assert found == {numbers.decide().read("42058").edtf} == {"2015-02-23"}
    finally:
        monkeypatch.undo()
        time.tzset()


def column(*values: str) -> Evidence:
    evidence = Evidence()
    for value in values:
        evidence.add(value)
    return evidence


def test_one_value_proves_the_order_of_a_column() -> None:
    assert column("03/04/2021", "", "13/04/2021").decide().read("03/04/2021").edtf == "2021-04-03"
    assert column("03/04/2021", "04/13/2021").decide().read("03/04/2021").edtf == "2021-03-04"


def test_a_column_that_proves_nothing_asks() -> None:
    with pytest.raises(BadDate, match=r"2 dates such as '03/04/2021': is it 2021-04-03 \(--dates dmy\)"):
        column("03/04/2021", "01/02/2021", "2020").decide()


def test_a_column_that_contradicts_itself_says_so() -> None:
    with pytest.raises(BadDate, match="'13/04/2021' has the day first, '04/13/2021' the month"):
        column("13/04/2021", "04/13/2021").decide()


def test_the_same_day_and_month_prove_nothing_and_need_nothing() -> None:
    assert column("05/05/2021").decide().read("05/05/2021").edtf == "2021-05-05"


def test_numbers_are_days_only_in_a_column_of_them() -> None:
    assert column("42058", "42059.5").decide().read("42059.5").edtf == "2015-02-24T12:00:00"
    assert column("1430000000").decide().read("1430000000").edtf == "2015-04-25T22:13:20Z"
    with pytest.raises(BadDate):
        column("42058", "2015-02-23").decide().read("42058")
