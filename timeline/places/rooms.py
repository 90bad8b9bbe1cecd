"""Recognise texts that name a room or a part of a building: such a text alone never means a village of that name."""

import re

from geo.text import fold

# Words for rooms and for parts of a building or an event, in the languages of the interface and their neighbours.
_ROOM_WORDS = frozenset((
    "hall", "room", "auditorium", "theatre", "theater", "terrace", "rooftop", "foyer", "lobby", "lounge",
    "ballroom", "classroom", "boardroom", "courtroom", "chamber", "chambers", "office", "studio", "lab",
    "laboratory", "stage", "floor", "basement", "building", "block", "wing", "gallery", "library", "cafeteria",
    "canteen", "chapel", "gym", "gymnasium", "courtyard", "garden", "patio", "annex", "annexe", "suite", "booth",
    "tent", "pavilion", "track", "sala", "salon", "salo", "aula", "auditorio", "auditori", "terraza", "terrassa",
    "planta", "piso", "edificio", "edifici", "despacho", "despatx", "biblioteca", "pati", "jardin", "jardi",
    "teatro", "teatre", "plato", "salle", "amphitheatre", "amphi", "terrasse", "etage", "batiment", "bureau",
    "bibliotheque", "sale", "saletta", "terrazza", "ufficio", "cortile", "giardino", "salao", "auditoria",
    "andar", "predio", "saal", "raum", "horsaal", "zimmer", "terasse", "stockwerk", "gebaude", "buro",
    "bibliothek", "hof", "garten", "zaal", "kamer", "lokaal", "verdieping", "gebouw", "kantoor", "cour",
))  # fmt: skip
# Words that say which room, and that mean nothing without such a word.
_OTHER_WORDS = frozenset((
    "the", "main", "small", "large", "big", "great", "grand", "upper", "lower", "north", "south", "east", "west",
    "left", "right", "front", "back", "new", "old", "city", "town", "village", "municipal", "lecture",
    "conference", "meeting", "seminar", "press", "court", "community", "dance", "music", "concert", "exhibition",
    "assembly", "council", "church", "school", "parish", "university", "student", "staff", "opera", "national",
    "royal", "public", "central", "first", "second", "third", "ground", "of", "at", "in", "and", "on", "no", "nr",
    "number", "de", "del", "la", "el", "los", "les", "des", "du", "d", "l", "da", "do", "di", "der", "die", "das",
    "im", "van", "het", "actos", "actes", "fetes", "conferencias", "conferencies", "conferences", "magna",
    "mayor", "major", "gran", "principal", "reunion", "reunions", "reuniones", "juntas", "plenos", "plens",
    "grosser", "kleiner", "grote", "kleine",
))  # fmt: skip
_CODE = re.compile(r"[a-z]|[a-z]?\d{1,4}[a-z]?|[ivx]{1,4}")


def is_room(text: str) -> bool:
    """Return whether a text consists only of words for a room, with numbers or letters: "Hall A", "Sala 2", "Terrace".

    A comma ends the text: in "Town Hall, Ghent" the part before it is a room.
    """
    words = fold(text).split()
    has_room = any(word in _ROOM_WORDS for word in words)
    return has_room and all(
        word in _ROOM_WORDS or word in _OTHER_WORDS or _CODE.fullmatch(word) is not None for word in words
    )


def without_rooms(text: str) -> tuple[str, str]:
    """Return the parts of a text before its first part that is no room, and the rest: both may be empty."""
    parts = [part.strip() for part in text.split(",")]
    count = next((number for number, part in enumerate(parts) if part and not is_room(part)), len(parts))
    return ", ".join(parts[:count]), ", ".join(parts[count:])
