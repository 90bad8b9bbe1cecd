"""Recognise texts that name a room or a part of a building: such a text alone never means a village of that name."""

import re
from functools import lru_cache

from geo.text import fold

# Words for rooms and for parts of a building or an event, in the languages of the interface and their neighbours.
_ROOM_WORDS = frozenset((
    "hall", "room", "auditorium", "theatre", "theater", "terrace", "rooftop", "foyer", "lobby", "lounge",
    "ballroom", "classroom", "boardroom", "courtroom", "chamber", "chambers", "office", "studio", "lab",
    "laboratory", "stage", "floor", "basement", "building", "block", "gallery", "library", "cafeteria",
    "canteen", "chapel", "gym", "gymnasium", "courtyard", "patio", "annex", "annexe", "suite", "booth", "tent",
    "pavilion", "track", "sala", "salon", "aula", "auditorio", "auditori", "terraza", "terrassa", "planta",
    "piso", "edificio", "edifici", "despacho", "despatx", "biblioteca", "pati", "jardin", "jardi", "teatro",
    "teatre", "plato", "salle", "amphitheatre", "amphi", "terrasse", "etage", "batiment", "bureau",
    "bibliotheque", "saletta", "terrazza", "ufficio", "cortile", "giardino", "salao", "auditoria", "andar",
    "predio", "saal", "raum", "horsaal", "zimmer", "terasse", "stockwerk", "gebaude", "buro", "bibliothek",
    "garten", "zaal", "kamer", "lokaal", "verdieping", "gebouw", "kantoor", "cour",
))  # fmt: skip
# Words for buildings that every town has.
_BUILDING_WORDS = frozenset((
    "church", "school", "museum", "stadium", "restaurant", "cafe", "hotel", "hospital", "university", "arena",
    "cinema", "cathedral", "mosque", "temple", "pub", "club", "theatre", "library", "rathaus", "ayuntamiento",
    "ajuntament", "mairie", "municipio", "stadhuis", "gemeentehuis", "iglesia", "escuela", "museo", "estadio",
    "cine", "eglise", "ecole", "musee", "stade", "kirche", "schule", "stadion", "chiesa", "scuola", "stadio",
    "ospedale", "esglesia", "escola", "museu", "estadi", "igreja", "plenarsaal", "courthouse", "parliament",
    "headquarters",
))  # fmt: skip
# Words for rooms that are also the names of larger towns, such as Hof and Sale: they need a number or another word.
_TOWN_WORDS = frozenset((
    "hof", "sale", "salo", "garden", "wing",
))  # fmt: skip
# Words that say which room, and that mean nothing without such a word.
_OTHER_WORDS = frozenset((
    "the", "main", "small", "large", "big", "great", "grand", "upper", "lower", "north", "south", "east",
    "west", "left", "right", "front", "back", "new", "old", "city", "town", "village", "municipal", "lecture",
    "conference", "meeting", "seminar", "press", "court", "community", "dance", "music", "concert",
    "exhibition", "assembly", "council", "parish", "student", "staff", "opera", "national", "royal", "public",
    "central", "first", "second", "third", "ground", "of", "at", "in", "and", "on", "no", "nr", "number", "de",
    "del", "la", "el", "los", "les", "des", "du", "d", "l", "da", "do", "di", "der", "die", "das", "im", "van",
    "het", "actos", "actes", "fetes", "conferencias", "conferencies", "conferences", "magna", "mayor", "major",
    "gran", "principal", "reunion", "reunions", "reuniones", "juntas", "plenos", "plens", "grosser", "kleiner",
    "grote", "kleine", "blue", "red", "green", "white", "black", "yellow", "gold", "silver", "azul", "rojo",
    "roja", "verde", "blanca", "bleu", "bleue", "rouge", "vert", "verte", "blau", "rot", "grun", "weiss",
))  # fmt: skip
# Those of them that names of towns have as well, as in Garden City.
_WORDS_OF_TOWNS = frozenset((
    "city", "town", "village", "new", "old", "north", "south", "east", "west", "upper", "lower", "great", "big",
    "grand", "central",
))  # fmt: skip
_MAX_TEXTS_CACHED = 4_096  # most columns of places repeat few texts
_VENUE_WORDS = _ROOM_WORDS | _BUILDING_WORDS
_CODE = re.compile(r"[a-z]|[a-z]?\d{1,4}[a-z]?|[ivx]{1,4}")


def is_room(text: str) -> bool:
    """Return whether a text only says which room or building, with numbers or letters: "Hall A", "Sala 2", "Terrace".

    A comma ends the text: in "Town Hall, Ghent" the part before it is a room.
    """
    words = fold(text).split()
    if not any(word in _VENUE_WORDS for word in words):
        others = [word for word in words if word not in _TOWN_WORDS and word not in _WORDS_OF_TOWNS]
        return (
            bool(others)
            and len(words) > len(others)
            and all(map(_says_which, others))
            and words[0] != others[0]
        )
    return all(word in _VENUE_WORDS or word in _TOWN_WORDS or _says_which(word) for word in words)


def _says_which(word: str) -> bool:
    return word in _OTHER_WORDS or _CODE.fullmatch(word) is not None


@lru_cache(maxsize=_MAX_TEXTS_CACHED)
def names_venue(text: str) -> bool:
    """Return whether a text begins or ends with a word for a room or building: "Sala Beckett", "St Mary's Church"."""
    words = fold(text).split()
    return bool(words) and (words[0] in _VENUE_WORDS or words[-1] in _VENUE_WORDS)


@lru_cache(maxsize=_MAX_TEXTS_CACHED)
def without_rooms(text: str) -> tuple[str, str]:
    """Return the parts of a text before its first part that is no room, and the rest: both may be empty."""
    parts = [part.strip() for part in text.split(",")]
    count = next((number for number, part in enumerate(parts) if part and not is_room(part)), len(parts))
    return ", ".join(parts[:count]), ", ".join(parts[count:])
