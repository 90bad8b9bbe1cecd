"""Judge a text that no other column helps with: a room, a hall or a venue alone is never a village of that name."""

from dataclasses import replace

from geo.text import fold
from timeline.places.judgement import CLEAR_CONFIDENCE, Judge, Judgement
from timeline.places.rooms import names_venue, without_rooms

VENUE = "venue"
"""The field of a text from a column that is called like a venue, in WrittenPlace.parts."""

_MISSING = Judgement(None, "missing")


def judged_alone(field: str, text: str, country: str | None, judge: Judge) -> Judgement:
    """Return the geocoder's answer to a text; a room or hall is in the place that follows it, if there is one.

    A venue without such a place is a town only if the town has exactly its name ("Schwäbisch Hall"), and one from a
    column of venues is marked for review even then.
    """
    if field not in ("place", VENUE):
        return judge(text, country)
    room, place_text = without_rooms(text)
    if not place_text:
        return _MISSING
    judgement = judge(place_text, country)
    place = judgement.place
    if place is None:
        return judgement
    if room:
        place = replace(place, text=", ".join(filter(None, (room, place.text))))
        return Judgement(place, judgement.doubt or "missing", (place,))
    if "," in text or not (field == VENUE or names_venue(text)):
        return judgement
    if fold(place.name) != fold(text):
        return _MISSING
    if field != VENUE:
        return judgement
    return Judgement(place, "ambiguous", (place,)) if place.confidence >= CLEAR_CONFIDENCE else _MISSING
