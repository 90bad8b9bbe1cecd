"""Limits of dates, years with an era, weeks and named days, in seven languages."""

import pytest

from db.dates.display import display
from db.errors import BadDate
from timeline.written_dates import Ambiguous, read


@pytest.mark.parametrize(("text", "edtf"), [
    ("before 1871", "[..1870]"), ("antes de 1871", "[..1870]"), ("abans del 1871", "[..1870]"),
    ("avant 1871", "[..1870]"), ("prima del 1871", "[..1870]"),
    ("antes do ano 1871", "[..1870]"), ("vor 1871", "[..1870]"),
    ("pre-1871", "[..1870]"), ("pre 1871", "[..1870]"), ("prior to May 2012", "[..2012-04]"),
    ("before 1 January 2012", "[..2011-12-31]"), ("avant le 1er mars 2012", "[..2012-02-29]"),
    ("vor dem 3. April 2012", "[..2012-04-02]"), ("before the 1970s", "[..1969]"),
    ("before the 20th century", "[..1899]"),
    ("before summer 2012", "[..2012-05]"), ("before 44 BC", "[..-0044]"),
])  # fmt: skip
def test_before_excludes_the_date(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(("text", "edtf"), [
    ("after 1871", "[1872..]"), ("después del 1871", "[1872..]"), ("tras 1871", "[1872..]"),
    ("després de 1871", "[1872..]"), ("après 1871", "[1872..]"), ("dopo il 1871", "[1872..]"),
    ("depois de 1871", "[1872..]"), ("após 1871", "[1872..]"), ("nach 1871", "[1872..]"), ("post-1871", "[1872..]"),
    ("after December 2012", "[2013-01..]"), ("nach dem 31. Dezember 2012", "[2013-01-01..]"),
    ("after the 1970s", "[1980..]"), ("after 1 BC", "[0001..]"),
])  # fmt: skip
def test_after_excludes_the_date(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(("text", "edtf"), [
    ("by 1871", "[..1871]"), ("no later than 1871", "[..1871]"), ("on or before 3 May 2012", "[..2012-05-03]"),
    ("1871 or earlier", "[..1871]"), ("not after 1871", "[..1871]"), ("a más tardar en 1871", "[..1871]"),
    ("a tot tardar el 1871", "[..1871]"), ("au plus tard le 3 mai 2012", "[..2012-05-03]"),
    ("entro il 1871", "[..1871]"), ("o mais tardar em 1871", "[..1871]"), ("spätestens 1871", "[..1871]"),
    ("on or after 3 May 2012", "[2012-05-03..]"), ("not before 1871", "[1871..]"), ("1871 or later", "[1871..]"),
    ("no antes de 1871", "[1871..]"), ("no abans del 1871", "[1871..]"), ("au plus tôt en 1871", "[1871..]"),
    ("non prima del 1871", "[1871..]"), ("não antes de 1871", "[1871..]"), ("frühestens 1871", "[1871..]"),
    ("after 1871 and before 1880", "[1872..1879]"), ("after 1871 but no later than 1880", "[1872..1880]"),
])  # fmt: skip
def test_by_and_not_before_include_the_date(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(("text", "edtf"), [
    ("since 2011", "2011/.."), ("from 2011 onwards", "2011/.."), ("desde 2011", "2011/.."), ("des del 2011", "2011/.."),
    ("depuis 2011", "2011/.."), ("dal 2011", "2011/.."), ("dès 2011", "2011/.."), ("von 2011 an", "2011/.."),
    ("a partir de 2011", "2011/.."), ("seit 2011", "2011/.."),
    ("until 1871", "../1871"), ("hasta 1871", "../1871"), ("fins al 1871", "../1871"), ("jusqu'en 1871", "../1871"),
    ("fino al 1871", "../1871"), ("até 1871", "../1871"), ("bis 1871", "../1871"),
])  # fmt: skip
def test_since_and_until_are_open_intervals(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(("text", "reading"), [
    ("after c. 1871", ("[1871~..]", "")), ("before probably 1871", ("[..1871?]", "")),
    ("after early May 2012", ("[2012-05..]", "early")), ("before late 1871", ("[..1871]", "late")),
    ("after 3 May 2012 at 10:00", ("[2012-05-03..]", "at 10:00")), ("before 3 May 2012 00:00", ("[..2012-05-02]", "")),
    ("shortly before 1871", ("[..1870]", "shortly before")), ("kurz nach 1871", ("[1872..]", "kurz nach")),
])  # fmt: skip
def test_a_vague_limit_may_lie_in_the_date_itself(text: str, reading: tuple[str, str]) -> None:
    assert read(text) == reading


@pytest.mark.parametrize(
    "text", ["vor 3 Jahren", "before 3 May", "after 5 years", "by", "post-war", "pre-2021-13", "von 2011"]
)
def test_a_limit_without_a_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


@pytest.mark.parametrize("year", [
    "63 BC", "63 B.C.", "63 BCE", "BC 63", "63 a. C.", "63 a.C.", "63 aC", "63 a. de C.", "63 antes de Cristo",
    "63 abans de Crist", "63 av. J.-C.", "63 avant Jésus-Christ", "63 avanti Cristo", "63 v. Chr.", "63 vor Christus",
    "63 v. u. Z.", "l'an 63 av. J.-C.",
])  # fmt: skip
def test_a_year_before_christ_counts_as_in_iso(year: str) -> None:
    assert read(year.removeprefix("l'an ")).edtf == "-0062"


@pytest.mark.parametrize(("text", "edtf"), [
    ("1 BC", "0000"), ("1 AD", "0001"), ("AD 79", "0079"), ("24 August AD 79", "0079-08-24"), ("79 d.C.", "0079"),
    ("79 apr. J.-C.", "0079"), ("79 n. Chr.", "0079"), ("CE 79", "0079"), ("14 October 1066 AD", "1066-10-14"),
    ("3 April 33 BC", "-0032-04-03"), ("April 3, 33 BCE", "-0032-04-03"), ("3 de abril de 33 a. C.", "-0032-04-03"),
    ("3 d'abril del 33 aC", "-0032-04-03"), ("3 avril 33 av. J.-C.", "-0032-04-03"),
    ("3 aprile 33 a.C.", "-0032-04-03"),
    ("3 de abril de 33 a.C.", "-0032-04-03"), ("3. April 33 v. Chr.", "-0032-04-03"), ("April 33 BC", "-0032-04"),
    ("c. 33 BC", "-0032~"), ("10,000 BC", "-9999"), ("12000 BC", "Y-11999"),
    ("4th century BC", "-03XX"), ("siglo IV a. C.", "-03XX"), ("segle IV aC", "-03XX"),
    ("IVe siècle av. J.-C.", "-03XX"),
    ("VIe siècle", "05XX"), ("IV secolo a.C.", "-03XX"), ("século IV a.C.", "-03XX"),
    ("4. Jahrhundert v. Chr.", "-03XX"),
    ("1st century BC", "[-0099..0000]"), ("330s BC", "[-0338..-0329]"), ("300s BC", "[-0398..-0299]"),
    ("27 BC to AD 14", "-0026/0014"), ("300–250 BC", "-0299/-0249"), ("AD 14-37", "0014/0037"),
    ("14–37 AD", "0014/0037"),
    ("between 60 and 50 BC", "[-0059..-0049]"), ("13-15 March 44 BC", "-0043-03-13/-0043-03-15"),
    ("4th-3rd century BC", "-03XX/-02XX"), ("siglos IV-III a. C.", "-03XX/-02XX"),
    ("IVe-IIIe siècle av. J.-C.", "-03XX/-02XX"), ("since 33 BC", "-0032/.."),
])  # fmt: skip
def test_years_with_an_era_are_read(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(
    "text", ["0 BC", "AD 0", "27 BC - 14", "44-100 BC", "30 February 44 BC", "44", "440s BC to 430s BC"]
)
def test_a_year_without_a_certain_era_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


@pytest.mark.parametrize("lang", ["en", "ca", "es", "fr"])
@pytest.mark.parametrize("edtf", [
    "-0043", "-0043-03-15", "-0043-03", "0000", "0079-08-24", "0014", "-0026/0014", "-0299/-0249", "[..1899]",
    "[2002..]",
    "[..2012-05-03]", "-0032~", "-0032?", "2011/..", "../1871", "../-0043", "[-0059..-0049]", "1916~", "2012-05?",
])  # fmt: skip
def test_a_date_as_it_is_displayed_is_read_again(edtf: str, lang: str) -> None:
    assert read(display(edtf, lang)).edtf == edtf


@pytest.mark.parametrize(("text", "edtf"), [
    ("2020-W53", "[2020-12-28..2021-01-03]"), ("2020-W53-7", "2021-01-03"), ("2020W537", "2021-01-03"),
    ("2020-366", "2020-12-31"), ("2021-001", "2021-01-01"),
    ("weekend of 5 June 2021", "[2021-06-05..2021-06-06]"), ("weekend of 5-6 June 2021", "[2021-06-05..2021-06-06]"),
    ("fin de semana del 5 de junio de 2021", "[2021-06-05..2021-06-06]"),
    ("week-end du 5 juin 2021", "[2021-06-05..2021-06-06]"), ("week of 3 May 2021", "[2021-05-03..2021-05-09]"),
    ("week of 5 May 2021", "[2021-04-29..2021-05-11]"), ("Christmas Day 2020", "2020-12-25"),
    ("Christmas 2020", "2020-12-25~"), ("Nadal de 2020", "2020-12-25~"), ("Heiligabend 2020", "2020-12-24"),
])  # fmt: skip
def test_weeks_and_named_days_are_read(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(
    "text", ["weekend of 2 June 2021", "weekend of June 2021", "yesterday", "ieri", "Christmas"]
)
def test_a_named_day_that_has_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read(text)


@pytest.mark.parametrize("text", [
    "FY2024", "FY 2023-24", "FY24", "fiscal year 2024", "año fiscal 2024", "any fiscal 2024", "exercice 2024",
    "anno fiscale 2024", "Geschäftsjahr 2024", "school year 2023-24",
])  # fmt: skip
def test_a_fiscal_year_is_asked_about(text: str) -> None:
    with pytest.raises(BadDate, match="write its first and last month, for example '2022-10/2023-09'"):
        read(text)


@pytest.mark.parametrize(("text", "reading"), [
    ("early June, probably 2021", ("2021-06?", "early")), ("June, possibly 2021", ("2021-06?", "")),
    ("junio, probablemente 2021", ("2021-06?", "")), ("3 May c. 1916", ("1916-05-03~", "")),
])  # fmt: skip
def test_doubt_about_the_year_is_kept(text: str, reading: tuple[str, str]) -> None:
    assert read(text) == reading


@pytest.mark.parametrize(("text", "reading"), [
    ("July 3, 2022 → July 5, 2022", ("2022-07-03/2022-07-05", "")),
    ("July 3, 2022 4:00 PM → July 4, 2022", ("2022-07-03/2022-07-04", "4:00 pm")),
    ("July 3, 2022 4:00 PM → 6:00 PM", ("2022-07-03", "4:00 pm → 6:00 pm")),
    ("2022/07/03 → 2022/07/05", ("2022-07-03/2022-07-05", "")), ("2022-07-03 -> 2022-07-05",
    ("2022-07-03/2022-07-05", "")),
])  # fmt: skip
def test_the_ranges_of_notion_are_read(text: str, reading: tuple[str, str]) -> None:
    assert read(text) == reading


@pytest.mark.parametrize(("text", "edtf"), [
    ("12. Januar 2022", "2022-01-12"), ("Mitte 2021", "2021"), ("Anfang Mai 2022", "2022-05"), ("um 1900", "1900~"),
    ("inizio maggio 2022", "2022-05"), ("fine degli anni 1990", "199X"), ("início de maio de 2022", "2022-05"),
    ("Herbst 2020", "2020-23"), ("estate 2020", "2020-22"), ("outono de 2020", "2020-23"),
    ("1990er Jahre", "199X"), ("19. Jahrhundert", "18XX"), ("XIX secolo", "18XX"), ("século XIX", "18XX"),
    ("vom 3. bis 5. Mai 2023", "2023-05-03/2023-05-05"), ("dal 3 al 5 maggio 2023", "2023-05-03/2023-05-05"),
    ("de 3 a 5 de maio de 2023", "2023-05-03/2023-05-05"), ("zwischen 2010 und 2015", "[2010..2015]"),
    ("tra il 2010 e il 2015", "[2010..2015]"), ("entre 2010 e 2015", "[2010..2015]"), ("2010 oder 2011", "[2010,2011]"),
    ("2019 bis heute", "2019/.."), ("dal 2019 a oggi", "2019/.."), ("vermutlich 2010", "2010?"),
    ("forse 2010", "2010?"),
    ("talvez 2010", "2010?"), ("1. Quartal 2020", "2020-33"), ("2. Halbjahr 2020", "2020-41"),
])  # fmt: skip
def test_italian_portuguese_and_german_words_are_read(text: str, edtf: str) -> None:
    assert read(text).edtf == edtf


@pytest.mark.parametrize(
    "text", ["unbekannt", "ohne Datum", "sconosciuta", "senza data", "sem data", "data desconhecida"]
)
def test_unknown_in_more_languages_is_undated(text: str) -> None:
    assert read(text).edtf is None


def test_a_dotted_date_has_the_day_first() -> None:
    assert read("03.04.2021").edtf == "2021-04-03"
    assert read("03.04.2021", "mdy").edtf == "2021-03-04"
    with pytest.raises(Ambiguous):
        read("03.04.21")
