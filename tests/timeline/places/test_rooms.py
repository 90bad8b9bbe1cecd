"""Texts that name a room or a building are no towns, and towns whose names contain such a word stay towns."""

import pytest

from timeline.places.rooms import is_room, names_venue, without_rooms


@pytest.mark.parametrize("text", [
    "Hall B", "Room 12", "Lecture Theatre 3", "Main Stage", "Town Hall", "Great Hall", "North Wing B", "Lobby",
    "Library", "Sala de actos", "Aula Magna", "Saló de plens", "Sala 3", "Salle 4", "Grande Salle", "Mairie",
    "Sala riunioni A",
    "Sale 3", "Salão Nobre", "Raum A", "Großer Saal", "Hörsaal 1", "Rathaus", "Garden 2", "Blue Room", "Church",
    "Gallery",
])  # fmt: skip
def test_a_room_alone_is_a_room(text: str) -> None:
    assert is_room(text) or names_venue(text)


@pytest.mark.parametrize("text", [
    "Rome", "Hof", "Sale", "Salo", "Garden City", "Park City", "Bar", "College Station", "Castle Rock", "The Hague",
    "Hofheim", "Salamanca", "Central", "A", "", "3",
])  # fmt: skip
def test_a_town_is_no_room(text: str) -> None:
    assert not is_room(text)
    assert not names_venue(text)


def test_the_place_begins_after_the_rooms() -> None:
    assert without_rooms("Room 2, Town Hall, Ghent, Belgium") == ("Room 2, Town Hall", "Ghent, Belgium")
    assert without_rooms("Ghent") == ("", "Ghent")
    assert without_rooms("Hall A") == ("Hall A", "")
