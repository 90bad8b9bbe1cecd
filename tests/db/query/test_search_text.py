"""The terms of a full-text search, and their limits."""

import pytest

from db.errors import BadFilter
from db.query.search_text import MAX_SEARCH_PREFIXES, MAX_SEARCH_WORDS, SearchTerm, search_terms


def test_words_phrases_and_prefixes_are_told_apart() -> None:
    assert search_terms('cocaine "port of Antwerp" belgi*') == (
        SearchTerm("cocaine", False),
        SearchTerm("port of Antwerp", False),
        SearchTerm("belgi*", True),
    )


def test_a_term_counts_once() -> None:
    assert search_terms("o* " * 300) == (SearchTerm("o*", True),)


@pytest.mark.parametrize(("word", "limit"), [("w{}", MAX_SEARCH_WORDS), ("w{}*", MAX_SEARCH_PREFIXES)])
def test_the_limits_are_exact(word: str, limit: int) -> None:
    assert len(search_terms(" ".join(word.format(n) for n in range(limit)))) == limit
    with pytest.raises(BadFilter, match=f"at most {limit}"):
        search_terms(" ".join(word.format(n) for n in range(limit + 1)))


@pytest.mark.parametrize("text", ['"' + "a " * 33 + '"', "a-b" * 33, "a/" * 33, "a'b" * 33])
def test_words_inside_a_term_count(text: str) -> None:
    with pytest.raises(BadFilter, match="at most 32"):
        search_terms(text)


@pytest.mark.parametrize("text", ["", "*", '""', "- ?"])
def test_a_search_needs_a_word(text: str) -> None:
    with pytest.raises(BadFilter, match="no word"):
        search_terms(text)
