"""Spellings of a name compare equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.resolver.spelling import similarity, within_one_edit
from geo.text import fold, key, skeleton


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("São Paulo", "sao paulo"),
        ("St. John's", "Saint Johns"),
        ("Łódź", "Lodz"),
        ("Jastrzębie-Zdrój", "JASTRZEBIE ZDROJ"),
        ("القاهرة", "القاهره"),
        ("Ё-город", "е город"),
        ("Großvillars", "GROSSVILLARS"),
    ],
)
def test_spellings_of_a_name_have_the_same_key(spelling: str, other: str) -> None:
    assert key(spelling) == key(other)


@pytest.mark.parametrize(("spelling", "other"), [("東京", "京都"), ("Київ", "Киев"), ("กรุงเทพ", "กรุงทพ")])
def test_different_names_have_different_keys(spelling: str, other: str) -> None:
    assert key(spelling) != key(other)


def test_vowel_signs_of_other_scripts_are_kept() -> None:
    assert fold("दिल्ली") == "दिल्ली"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("spelling", "other"), [("Qminas", "Qumaynas"), ("Helmand", "Hilmand"), ("Ash Shaddadi", "Shaddadeh")]
)
def test_transliterations_have_the_same_skeleton(spelling: str, other: str) -> None:
    assert skeleton(spelling) == skeleton(other)


def _edits(a: str, b: str) -> int:
    """Return the number of edits by definition, swaps of neighbours included (restricted Damerau-Levenshtein)."""
    if not a or not b:
        return len(a) + len(b)
    best = min(_edits(a[1:], b) + 1, _edits(a, b[1:]) + 1, _edits(a[1:], b[1:]) + (a[0] != b[0]))
    if len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1]:
        best = min(best, _edits(a[2:], b[2:]) + 1)
    return best


@given(st.text("ab", max_size=5), st.text("abc", max_size=5))
def test_within_one_agrees_with_the_definition(a: str, b: str) -> None:
    assert within_one_edit(a, b) == (_edits(a, b) <= 1)


def test_similarity_is_between_0_and_1() -> None:
    assert similarity("Київ", "Kyiv") > 0.5
    assert similarity("Roma", "roma") == 1
    assert similarity("Roma", "xyz") == 0
