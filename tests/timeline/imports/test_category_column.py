"""The column of the category is found by a word of its heading or by its values, never by chance."""

import pytest

from timeline.imports.columns.plan import planned

KNOWN = {"raid", "arrest", "Razzia", "redada"}


def category(samples: dict[str, list[str]], *, create: bool = False) -> tuple[str, ...] | None:
    plan = planned(samples, {}, {}, (lambda text: True) if create else KNOWN.__contains__)
    return plan.columns.get("category")


@pytest.mark.parametrize("heading", [
    "Kategorie", "Art des Ereignisses", "Tipo de suceso", "Tipus de fet", "Nature des faits", "Soort", "EVENT TYPE",
])  # fmt: skip
def test_a_heading_with_a_word_for_category_and_some_known_values_is_the_category(heading: str) -> None:
    assert category({"title": ["a", "b"], heading: ["raid", "murder"]}) == (heading,)


def test_a_heading_that_says_nothing_needs_only_known_values() -> None:
    assert category({"title": ["a", "b"], "crime": ["raid", "arrest"]}) == ("crime",)
    assert category({"title": ["a", "b"], "crime": ["raid", "murder"]}) is None


def test_two_equally_likely_columns_are_not_chosen_between() -> None:
    assert category({"title": ["a"], "crime": ["raid"], "sort": ["arrest"]}) is None
    assert category({"title": ["a"], "Art der Tat": ["raid"], "Tipo de hecho": ["arrest"]}) is None


def test_the_column_with_more_known_values_has_priority() -> None:
    samples = {"title": ["a", "b"], "event_type": ["raid", "murder"], "type": ["raid", "arrest"]}
    assert category(samples) == ("type",)


def test_values_prove_nothing_if_every_text_may_become_a_category() -> None:
    assert category({"title": ["a", "b"], "age": ["young", "old"]}, create=True) is None
