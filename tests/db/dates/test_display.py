"""A date in words is written as native newspapers write it, in five languages."""

from pathlib import Path

import pytest

from db.dates.display import display
from db.errors import BadDate

LANGUAGES = ("en", "ca", "es", "fr", "ar")

TABLE = Path(__file__).parent / "native_dates.txt"


def _cases() -> list[tuple[str, str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [
        (row[0], language, text) for row in rows for language, text in zip(LANGUAGES, row[1:], strict=True)
    ]


@pytest.mark.parametrize(("edtf", "language", "text"), _cases())
def test_a_date_is_written_as_native_newspapers_write_it(edtf: str, language: str, text: str) -> None:
    assert display(edtf, language) == text


@pytest.mark.parametrize(
    ("edtf", "text"),
    [
        ("2023-05-03T14:30", "3 May 2023, 14:30"),
        ("2023-05-03T14:30Z", "3 May 2023, 14:30 UTC"),
        ("2023-05-03T14:30+02:00", "3 May 2023, 12:30 UTC"),
        ("2023-05-03T14:30/2023-05-03T16:00", "3 May 2023, 14:30–16:00"),
        ("2023-05-03T14:30Z/2023-05-03T16:00Z", "3 May 2023, 14:30–16:00 UTC"),
    ],
)
def test_a_time_names_utc_only_where_the_source_states_an_offset(edtf: str, text: str) -> None:
    assert display(edtf) == text


def test_french_and_arabic_have_their_own_punctuation_of_times() -> None:
    assert display("2023-05-03T14:30", "fr") == "3 mai 2023, 14\u00a0h\u00a030"
    assert display("2023-05-03T14:30", "ar") == "3 مايو 2023، 14:30"


@pytest.mark.parametrize(
    ("lang", "text"), [("de", "3. Mai 2023"), ("fr-CH", "3 mai 2023"), ("../x", "3 May 2023")]
)
def test_a_language_without_a_table_takes_its_days_from_babel_or_reads_as_english(
    lang: str, text: str
) -> None:
    assert display("2023-05-03", lang) == text


def test_a_date_without_words_keeps_its_edtf_text() -> None:
    assert display("2023-XX-15") == "2023-XX-15"


def test_no_date_is_undated_and_a_wrong_one_is_refused() -> None:
    assert [display(None, language) for language in LANGUAGES] == [
        "undated", "sense data", "sin fecha", "sans date", "بلا تاريخ",
    ]  # fmt: skip
    with pytest.raises(BadDate):
        display("3 May 2023")
