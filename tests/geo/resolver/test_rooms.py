"""A room is no village: "Hall A" has no answer, and the town after it has."""

import pytest

from geo.resolver.resolver import Resolver


@pytest.mark.parametrize("text", ["Hall A", "hall 5", "Room 101", "Gate B", "Saal 3", "Terminal 5"])
def test_a_room_alone_has_no_answer(resolver: Resolver, text: str) -> None:
    assert resolver.candidates(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hall A, Leipzig", "Leipzig"),
        ("Terminal 5, Heathrow Airport", "London Heathrow Airport"),
        ("Halle, Germany", "Halle (Saale)"),
        ("Hall in Tirol", "Hall in Tirol"),
    ],
)
def test_the_town_of_a_room_is_found(resolver: Resolver, text: str, name: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.name == name
