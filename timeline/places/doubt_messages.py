"""What the report of an import says about a place: not found, in doubt, or chosen by the other places of its event."""

import re
from collections.abc import Iterable

from db.events.draft import WrittenPlace
from geo.place import Place, Precision
from timeline.places.judgement import Judgement

_MAX_CHARACTERS_QUOTED = 80
_MAX_PLACES_NAMED = 3
_MIN_CONFIDENCE_NAMED = 0.05
STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)


def message_of(where: WrittenPlace, alone: Judgement, final: Judgement, *, placed: bool) -> str:
    """Return the message about a text, "" if it needs none.

    `alone` is the judgement without the event's other places, `final` the one with them; `placed` says whether the
    event has a place at all. Places are quoted, since the report groups messages that differ only in quoted values.
    """
    text = shortened(where.text)
    if final.place is None:
        return _unplaced(where, text, final, "without it" if placed else "unplaced")
    message = _doubtful(text, final.place, alone, final)
    return f"{message}; marked for review" if message and final.doubt else message


def _unplaced(where: WrittenPlace, text: str, final: Judgement, how: str) -> str:
    if final.doubt == "ambiguous":
        rivals = _named(final.others)
        return (
            f"{text!r} may be places far apart{': ' if rivals else ''}{rivals}; "
            f"the event is imported {how} and marked for review{_state_hint(where)}"
        )
    within = f" in {where.country}" if where.country else ""
    return f"no place called {text!r}{within} was found; the event is imported {how}" if final.doubt else ""


def _doubtful(text: str, place: Place, alone: Judgement, final: Judgement) -> str:
    if place.text and place.geocoder != "chosen":
        lost = shortened(place.text)
        if not final.doubt:  # as the street of an address
            return f"{lost!r} is not known; the event is placed in {place_name(place)!r}, which contains it"
        return f"no place called {lost!r} was found in {place_name(place)!r}; the event is placed there"
    if final.doubt == "outside":
        return f"{text!r} is outside the bounding box; its likeliest place is {_named([place])}"
    if final.doubt == "disagreement":
        return f"{place.geocoder} puts {text!r} in {place_name(place)!r}, the gazetteer in {_named(final.others)}"
    if alone.place and (alone.place.lon, alone.place.lat) != (place.lon, place.lat):
        return (
            f"{text!r} was placed in {_named([place])}, which fits the event's other places best; "
            f"alone it would be {_named([alone.place])}"
        )
    if final.doubt == "ambiguous":
        rivals = _named(final.others)
        choice = f"{_named([place])}, not {rivals}" if rivals else repr(place_name(place))
        return f"{text!r} may be several places; the import chose {choice}"
    return f"{text!r} is only probably {_named([place])}" if final.doubt else ""


def _named(places: Iterable[Place]) -> str:
    """Return places with their confidence: "'Cambridge, England, GB' (63 %) or 'Cambridge, Ontario, CA' (11 %)"."""
    likely = [place for place in places if place.confidence >= _MIN_CONFIDENCE_NAMED][:_MAX_PLACES_NAMED]
    return " or ".join(f"{place_name(place)!r} ({place.confidence * 100:.0f} %)" for place in likely)


def place_name(place: Place) -> str:
    """Return the name of a place with its state and country."""
    if place.precision is Precision.COUNTRY:
        return place.name
    return ", ".join(dict.fromkeys(filter(None, (place.name, place.admin1, place.country))))


def _state_hint(where: WrittenPlace) -> str:
    """Return a hint at --country for a text that ends in the code of a state of the United States."""
    last = where.text.rpartition(",")[2].strip()
    is_state = STATES.fullmatch(last) and not where.country
    return "; if it is in the United States, use --country US" if is_state else ""


def shortened(text: str) -> str:
    """Return the beginning of a long text, for messages."""
    return text if len(text) <= _MAX_CHARACTERS_QUOTED else f"{text[:_MAX_CHARACTERS_QUOTED]}…"
