"""Dates as people write them are read completely or refused, in seven languages, in any time zone."""

import contextlib
import time
from datetime import date

import pytest
from babel.dates import format_date, format_interval
from hypothesis import given
from hypothesis import strategies as st

from db.errors import BadDate
from timeline.written_dates import Ambiguous, Evidence, read

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
    ("64 BCE", "-0063"), ("17 AD", "0017"),
    ("since 2020", "2020/.."), ("des de 2020", "2020/.."), ("depuis mai 2020", "2020-05/.."),
    ("until 2019", "../2019"), ("jusqu'en 2019", "../2019"), ("before 1928", "[..1927]"),
    ("después de 2010", "[2011..]"),
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
def test_words_for_an_unknown_date_are_read_as_undated(text: str) -> None:
    assert read(text).edtf is None


@pytest.mark.parametrize("text", [
    "3 May", "January", "2021-02-30", "30 February 2021", "31/02/2021", "1863, 1870", "printed 1870, from", "yesterday",
    "12", "45000", "May 2023/April 2023", "14-Mar-15", "1916 " * 100,
])  # fmt: skip
def test_a_text_that_cannot_be_read_completely_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


@pytest.mark.parametrize("text", [
    "the 5th 2020", "5 2020", "12-13 2021", "20 to 25, 2021", "5T 2020", "3-5/2021", "2/2021/1", "c. 3/4/2021",
    "Jan 2020-21", "summer 2019-20", "winter 2019-21", "2010/11", "siglo XIIX", "siglo IIII", "15.XIII.2020", "2021.5",
    "Tuesday 3 May 2021", "mardi 3 mai 2021", "martes, 3 de mayo de 2021", "dimarts 3 de maig de 2021",
    "Tue 4 May - Fri 6 May 2021", "3 May 2021 25:00", "May 2021 10:00", "14h30 2021", "night of 2021",
    "the morning after 3 May 2021", "3 May - 2021", "May '21", "May-21", "Sept. 5", "the 90s", "mediados de los 90",
    "2020-21 Jan", "2010/12 May", "15 fév. 2020-Jan 2021", "2021 ??/05/2021", "mai 202105", "May 2T2020", "Monday 2021",
    "mardi mai 2021", "3 2019 et 4 mai 2021", "avril 1899-1901", "c. 1850–1860 winter", "May 20211",
    "c. 2010/11", "since 2010/11", "28 December 2020 – 2 2021", "mar. 3 ou 4 mai 2021", "2021 00:00",
    "Easter 2016", "2021-W54", "2021-W18-8", "2021-366", "2021123", "2019-", "present",
])  # fmt: skip
def test_a_text_that_would_become_a_wrong_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


@pytest.mark.parametrize(("text", "edtf"), [
    ("2T 2020", "2020-34"), ("2Q 2020", "2020-34"), ("3r trimestre de 2020", "2020-35"),
    ("2n semestre 2021", "2021-41"),
    ("2º trimestre de 2020", "2020-34"), ("Q4 2019-Q1 2020", "2019-36/2020-33"),
    ("spring/summer 2020", "2020-21/2020-22"),
    ("winter 2019-20", "2019-24"), ("winter of 2019-2020", "2019-24"), ("hiver 2019/20", "2019-24"),
    ("invierno de 2019-2020", "2019-24"), ("l'hivern de 2019–20", "2019-24"), ("été de 2019", "2019-22"),
    ("los 1990", "199X"), ("els 1990", "199X"), ("les 3 et 4 mai 2021", "{2021-05-03,2021-05-04}"),
    ("los días 3 y 4 de mayo de 2021", "{2021-05-03,2021-05-04}"), ("les années 1990", "199X"),
    ("1999/00", "1999/2000"), ("2019-20", "2019/2020"), ("2010/05", "2010-05"), ("2010/11", "2010-11"),
    ("15.V.2020", "2020-05-15"), ("1-XII-2020", "2020-12-01"), ("03MAY2021", "2021-05-03"),
    ("15/ene/2021", "2021-01-15"),
    ("15 des. 2021", "2021-12-15"), ("15 juill. 2021", "2021-07-15"), ("2021.0", "2021"), ("May/2021", "2021-05"),
    ("AD 70", "0070"), ("70 d.C.", "0070"), ("64 a. C.", "-0063"), ("al voltant de 1850", "1850~"),
    ("on or about May 3, 2021", "2021-05-03~"), ("no later than 3 May 2021", "[..2021-05-03]"),
    ("3 and 4 May 2021", "{2021-05-03,2021-05-04}"), ("3 y 4 de mayo de 2021", "{2021-05-03,2021-05-04}"),
    ("1r i 2 de maig de 2021", "{2021-05-01,2021-05-02}"), ("1er et 2 mai 2021", "{2021-05-01,2021-05-02}"),
    ("Monday 3 May 2021", "2021-05-03"), ("3 May 2021 (Monday)", "2021-05-03"),
    ("Monday 25 October 1415", "1415-10-25"),
    ("del viernes 13 al domingo 15 de noviembre de 2015", "2015-11-13/2015-11-15"),
    ("2019–present", "2019/.."), ("3 May 2019 - today", "2019-05-03/.."), ("ongoing since 2019", "2019/.."),
    ("de 2019 a la actualidad", "2019/.."), ("des del 2019 fins a l'actualitat", "2019/.."),
    ("2019 (ongoing)", "2019/.."),
    ("depuis 2019 jusqu'à aujourd'hui", "2019/.."), ("c. 2019 - present", "2019~/.."), ("2019 à nos jours", "2019/.."),
    ("2023-05-03 00:00:00+00", "2023-05-03"), ("2023-05-03 10:00:00 UTC", "2023-05-03T10:00:00Z"),
    ("2023-05-03T00:00:00Z", "2023-05-03T00:00:00Z"), ("2023-05-03 00:00+02:00", "2023-05-03T00:00:00+02:00"),
])  # fmt: skip
def test_a_date_in_other_words_is_read(text: str, edtf: str) -> None:
    assert read(text, "ymd" if text == "2010/11" else None).edtf == edtf


@pytest.mark.parametrize("text", [
    "Mon May 03 2021 10:00:00 GMT+0200 (CEST)", "Mon May 03 2021 23:30:00 GMT-0700 (Pacific Daylight Time)",
    "Mon, 03 May 2021 23:30:00 -0700", "03 May 2021 10:00:00 +0000", "Mon May  3 10:00:00 2021",
    "Mon May  3 10:00:00 CEST 2021", "3 mai 2021 14h30", "le lundi 3 mai 2021 à 14 h", "3 May 2021, 12 noon",
    "noon, 3 May 2021", "3 May 2021 at 10.30 pm", "10 a.m., May 3, 2021", "May 3, 2021 10:00 AM ET",
    "03.05.2021 10.00 Uhr",
    "3 de mayo de 2021 a las 10:00 horas", "a las 10:00 del 3 de mayo de 2021", "3 de maig de 2021 a les 10:00",
    "3 May 2021 10:00–12:00", "on the night of 3 May 2021", "la noche del 3 de mayo de 2021",
    "nit del 3 de maig de 2021",
    "dans la nuit du 3 mai 2021", "3 May 2021 (morning)", "le 3 mai 2021 au soir", "3 de mayo de 2021 por la noche",
])  # fmt: skip
def test_a_time_of_day_never_changes_the_day_and_is_returned_as_remainder(text: str) -> None:
    edtf, remainder = read(text, "dmy")
    assert edtf == "2021-05-03"
    assert remainder


@pytest.mark.parametrize(("text", "edtf"), [
    ("les années 1990-2000", "199X/20XX"), ("années 1980 à 1990", "198X/199X"), ("au début des années 1990", "199X"),
    ("a finals dels anys 1990", "199X"), ("década de los años 1920", "192X"), ("dècada dels 1990", "199X"),
    ("au mois d'avril 2020", "2020-04"), ("desde el mes de mayo de 2021", "2021-05/.."),
    ("à partir d'avril 2020", "2020-04/.."),
    ("3 de mayo de 2021 a las 22.30", "2021-05-03"), ("3 de mayo de 2021 a las 10 de la mañana", "2021-05-03"),
    ("3 de mayo de 2021, 10:00 hs", "2021-05-03"), ("3 mai 2021 de 14h à 16h", "2021-05-03"),
    ("3 May 2021 at 10", "2021-05-03"),
    ("13, 14 et 15 mai 2021", "{2021-05-13,2021-05-14,2021-05-15}"),
    ("May 3, 4, and 5, 2021", "{2021-05-03,2021-05-04,2021-05-05}"),
    ("3, 4 y 5 de mayo de 2021", "{2021-05-03,2021-05-04,2021-05-05}"),
    ("les 3, 4 et 5 mai 2021", "{2021-05-03,2021-05-04,2021-05-05}"),
])  # fmt: skip
def test_the_wording_of_newspapers_is_read(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(
    "text", ["15, 14 et 13 mai 2021", "13, 14 et 32 mai 2021", "3, 4 and 5 2021", "c. 3, 4 and 5 May 2021"]
)
def test_a_wrong_list_of_days_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


def test_the_times_on_both_sides_of_a_range_are_returned_as_remainder() -> None:
    assert read("3 May 2021 23:30 - 4 May 2021 02:00") == ("2021-05-03/2021-05-04", "02:00, 23:30")
    assert read("13/04/2021 10:00 - 13/04/2021 12:00") == ("2021-04-13", "12:00, 10:00")


@pytest.mark.parametrize("text", [
    "night of 3–4 May 2021", "la noche del 3 al 4 de mayo de 2021", "nit del 3 al 4 de maig de 2021",
    "dans la nuit du 3 au 4 mai 2021", "overnight 3-4 May 2021",
])  # fmt: skip
def test_a_night_between_two_days_is_a_range(text: str) -> None:
    assert read(text).edtf == "2021-05-03/2021-05-04"


@pytest.mark.parametrize(("text", "edtf", "remainder"), [
    ("mid-May 2023", "2023-05", "mid"), ("end of 2020", "2020", "end of"), ("début mai 2023", "2023-05", "debut"),
    ("a principios de mayo de 2023", "2023-05", "a principios de"), ("a finals del 2019", "2019", "a finals del"),
    ("a mediados de los años 1990", "199X", "a mediados de"), ("late 1990s", "199X", "late"),
    ("a finales de los 1990", "199X", "a finales de"),
    ("end-May 2023", "2023-05", "end"),
    ("finales del siglo XIX", "18XX", "finales del"), ("fin du XIXe siècle", "18XX", "fin du"),
])  # fmt: skip
def test_early_middle_and_late_are_returned_as_remainder(text: str, edtf: str, remainder: str) -> None:
    assert read(text) == (edtf, remainder)


def test_words_that_edtf_cannot_express_are_returned_as_remainder() -> None:
    assert read("early May 2023") == ("2023-05", "early")
    assert read("1938, printed 1940s-1950s") == ("1938", "printed 1940s-1950s")
    assert read("early 1900-1903, cast before 1929") == ("1900/1903", "early, cast before 1929")
    assert read("3 de maig de 2021, segons la policia") == ("2021-05-03", "segons la policia")


@pytest.mark.parametrize("text", ["03/04/2021", "7/4/14", "7.4.14", "03-04-2021 14:30"])
def test_a_date_with_two_readings_is_refused(text: str) -> None:
    with pytest.raises(Ambiguous, match=r"dmy.* or .*mdy"):
        read(text)


def test_an_order_decides_between_two_readings() -> None:
    assert (read("03/04/2021", "dmy").edtf, read("03/04/2021", "mdy").edtf) == ("2021-04-03", "2021-03-04")


@given(
    day=DAYS, lang=st.sampled_from(["en", "en_GB", "es", "ca", "fr"]), width=st.sampled_from(["full", "long"])
)
def test_dates_written_by_babel_are_read(day: date, lang: str, width: str) -> None:
    assert read(format_date(day, width, lang)).edtf == day.isoformat()


@pytest.mark.parametrize(("text", "edtf"), [
    ("mar. 13 – jeu. 15 nov. 2029", "2029-11-13/2029-11-15"), ("mar 28 mag 1974", "1974-05-28"),
    ("mar 3 2021", "2021-03-03"),
    ("mar, 28/05/1974", "1974-05-28"), ("dj., 24 de febr. 1910", "1910-02-24"), ("Do., 24.2.1910", "1910-02-24"),
    ("Thu, 2/24/1910", "1910-02-24"), ("1.er trimestre de 1910", "1910-33"), ("21 d’ag. del 2012", "2012-08-21"),
])  # fmt: skip
def test_a_short_day_of_the_week_is_not_a_month(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(
    "text", ["mar. 14 – jeu. 15 nov. 2029", "Mi., 24.2.1910", "Wed, 2/24/1910", "mar. 29 mai 1974"]
)
def test_a_wrong_short_day_of_the_week_is_refused(text: str) -> None:
    with pytest.raises(BadDate, match="contradicts itself"):
        read(text)


@given(days=st.tuples(DAYS, DAYS), lang=st.sampled_from(["en", "en_GB", "es", "ca", "fr"]))
def test_ranges_written_by_babel_are_read(days: tuple[date, date], lang: str) -> None:
    first, last = sorted(days)
    assert read(format_interval(first, last, "yMMMd", locale=lang)).edtf in (
        f"{first}/{last}",
        first.isoformat(),
    )


@given(text=st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadDate):
        assert read(text) is not None


SAME_DAY = (
    "23 Feb 2015", "2015-02-23 00:00:00", "23/02/2015", "2015-02-23 00:00:00+00",
    "Mon Feb 23 2015 23:30:00 GMT-0800 (PST)",
    "Mon, 23 Feb 2015 00:30:00 +1400", "23 février 2015 à 23h59", "night of 23 February 2015", "23-II-2015",
)  # fmt: skip


@pytest.mark.parametrize("zone", [
    "UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia",
])  # fmt: skip
def test_no_time_zone_changes_the_day(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read.cache_clear()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        numbers = Evidence()
        numbers.add("42058")
        results = {read(text).edtf for text in SAME_DAY}
        assert results == {numbers.decide().read("42058").edtf} == {"2015-02-23"}
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


def test_a_column_that_proves_no_order_is_refused_with_a_question() -> None:
    with pytest.raises(
        BadDate,
        match=r"2 dates such as '03/04/2021' whose order no value decides: is that 2021-04-03 \(--dates dmy\)",
    ):
        column("03/04/2021", "01/02/2021", "2020").decide()


def test_a_column_with_both_orders_is_refused() -> None:
    with pytest.raises(BadDate, match="'13/04/2021' has the day first, '04/13/2021' the month"):
        column("13/04/2021", "04/13/2021").decide()


def test_a_date_whose_day_equals_its_month_needs_no_order() -> None:
    assert column("05/05/2021").decide().read("05/05/2021").edtf == "2021-05-05"


def test_plain_numbers_are_dates_only_in_a_column_of_numbers() -> None:
    assert column("42058", "42059.5").decide().read("42059.5").edtf == "2015-02-24T12:00:00"
    assert column("42058.041666666664").decide().read("42058.041666666664").edtf == "2015-02-23T01:00:00"
    assert column("1430000000").decide().read("1430000000").edtf == "2015-04-25T22:13:20Z"
    with pytest.raises(BadDate):
        column("42058", "2015-02-23").decide().read("42058")


@pytest.mark.parametrize("proof", [
    "13/04/2021 10:00", "13/04/2021 à 14h30", "Tue 13/04/2021", "13/04/2021 - 15/04/2021", "c. 13/04/2021",
    "since 13/04/2021",
])  # fmt: skip
def test_a_date_with_other_words_proves_the_order_of_a_column(proof: str) -> None:
    form = column("03/04/2021 10:00", proof).decide()
    assert form.read("03/04/2021 10:00") == ("2021-04-03", "10:00")


def test_a_column_of_dates_with_times_that_proves_no_order_is_refused() -> None:
    with pytest.raises(
        BadDate,
        match=r"2 dates such as '03/04/2021' whose order no value decides: is that 2021-04-03 \(--dates dmy\)",
    ):
        column("03/04/2021 10:00", "05/04/2021 11:00").decide()


def test_a_named_month_with_a_year_of_two_digits_needs_an_order() -> None:
    with pytest.raises(
        BadDate,
        match=r"'14-mar-15' whose order no value decides: "
        r"is that 2015-03-14 \(--dates dmy\) or 2014-03-15 \(--dates ymd\)",
    ):
        column("14-Mar-15", "3-May-21").decide()
    with pytest.raises(Ambiguous):
        read("3-May-21")
    assert column("3-May-21").decide("dmy").read("3-May-21").edtf == "2021-05-03"
    assert column("3-May-21").decide("mdy").read("3-mai-21").edtf == "2021-05-03"
    assert column("3-May-21").decide("ymd").read("03 ene. 21").edtf == "2003-01-21"


@pytest.mark.parametrize("values", [
    ["2023-05-03T00:00:00Z", "2023-06-01T00:00:00Z", "2023-07-01T00:00Z"], ["1588291200000", "1588377600000",
    "1588464000000"],
])  # fmt: skip
def test_times_that_are_all_midnight_in_utc_give_a_warning(values: list[str]) -> None:
    (message,) = column(*values).warnings.messages()
    assert "all 3 times are 00:00 UTC; if they mean days" in message


@pytest.mark.parametrize("values", [
    ["2023-05-02T22:00:00Z", "2023-12-02T23:00:00.000Z", "2023-06-02T22:00Z"],
    ["1588284000000", "1588370400000", "1588456800000"], ["2023-05-02T04:00:00+00:00"] * 3,
])  # fmt: skip
def test_times_that_are_all_midnight_in_another_zone_give_a_warning(values: list[str]) -> None:
    (message,) = column(*values).warnings.messages()
    assert "which is midnight in another time zone: their days may be one day off" in message


@pytest.mark.parametrize("values", [
    ["2023-05-03T00:00:00Z"] * 2, ["2023-05-03T00:00:00Z"] * 3 + ["2023"], ["2023-05-03"] * 3, ["2023-05-03T10:00"] * 4,
    ["2023-05-03T00:00:00Z", "2023-05-03T10:00:00Z", "2023-05-03T00:00:00Z"], ["2023-05-03T10:30:00Z"] * 3,
    ["2023-05-03T10:00:00Z"] * 3, ["2021-05", "2021-10"],
])  # fmt: skip
def test_other_times_give_no_warning(values: list[str]) -> None:
    assert column(*values).warnings.messages() == []


def test_parts_of_a_year_that_look_like_years_give_a_warning() -> None:
    (message,) = column("1920-30", "1910-40").warnings.messages()
    assert message == (
        "2 dates such as '1920-30' are parts of a year in EDTF (a season, quarter or half); "
        "to mean years, write 1920/1930"
    )


def test_seasons_that_look_like_years_give_a_warning() -> None:
    (message,) = column("2019-20", "2020-21", "2021-22").warnings.messages()
    assert "2 dates such as '2020-21' are parts of a year in EDTF (spring 2020)" in message
    assert "to mean years, write 2020/2021" in message
    assert column("1999-21", "2023-22").warnings.messages() == []


def test_a_date_with_the_year_first_is_read_in_any_column() -> None:
    form = column("13/04/2021", "2021/5/3").decide()
    assert (form.read("2021/5/3").edtf, form.read("2021-5-13").edtf) == ("2021-05-03", "2021-05-13")


def test_milliseconds_before_1970_are_read() -> None:
    form = column("-2208988800000", "1588291200000").decide()
    assert form.read("-2208988800000").edtf == "1900-01-01"


@pytest.mark.parametrize(("text", "edtf"), [
    ("3 May 2021[1]", "2021-05-03"), ("May 3, 2021 [note 2]", "2021-05-03"), ("2021*", "2021"),
    ("1 June 2020†", "2020-06-01"),
    ("\u200e5\u200e/\u200e13\u200e/\u200e2021", "2021-05-13"), ("\ufeff2021-05-03", "2021-05-03"),
    ("'2021-05-03", "2021-05-03"),
    ("“3 May 2021”", "2021-05-03"), ('"2021-05"', "2021-05"), ("2ème trimestre 2020", "2020-34"),
    ("segundo cuatrimestre de 2020", "2020-38"), ("1r quadrimestre de 2020", "2020-37"),
    ("primera quincena de mayo de 2021", "2021-05"), ("segona quinzena de maig del 2021", "2021-05"),
    ("last week of May 2021", "2021-05"), ("première semaine de mai 2021", "2021-05"),
    ("1/5/2021-7/5/2021", "2021-05-01/2021-05-07"),
])  # fmt: skip
def test_footnotes_quotes_and_invisible_signs_around_a_date_are_ignored(text: str, edtf: str) -> None:
    assert read(text, "dmy" if text.startswith("1/5") else None).edtf == edtf


@pytest.mark.parametrize("text", ["2021[2022]", "(2021", "'90s", "'21", "2021 [citation needed]", "*"])
def test_signs_that_may_change_the_meaning_are_not_ignored(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


FIRST_DAYS = (
    "all 6 dates are the first of January; they may mean years; "
    "if so, read the year alone with --first-days year"
)


@pytest.mark.parametrize(("values", "message"), [
    (["1970-01-01", "2020-05-03",
    "1970-01-01T00:00:00Z"], "2 dates are 1970-01-01, which programs write for a missing date"),
    (["0021-05-03", "2021-05-03"], "1 date such as '0021-05-03' is before the year 1000"),
    (["2001-01-01", "2003-01-01", "2004-01-01"] * 2, FIRST_DAYS),
    (["1/1/2001", "01/01/2003", "1.1.2004"] * 2, FIRST_DAYS),
    (["2001-01-01", "2003-02-01", "2004-03-01"] * 2, "all 6 dates are the first of a month; they may mean months; "
     "if so, read the month alone with --first-days month"),
])  # fmt: skip
def test_suspicious_dates_give_a_warning(values: list[str], message: str) -> None:
    assert column(*values).warnings.messages() == [message]


@pytest.mark.parametrize("values", [
    ["1970-01-01", "2020-05-03"], ["2001-01-01", "2003-01-01"], ["2001-01-01"] * 9, ["2001-01-01"] * 9 + ["2001-01-02"],
    ["-0044-03-15", "2020-05-03"],
])  # fmt: skip
def test_plausible_dates_give_no_warning(values: list[str]) -> None:
    assert column(*values).warnings.messages() == []
