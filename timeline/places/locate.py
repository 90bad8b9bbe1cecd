"""Give a draft its places: coordinates as they were given, texts through the geocoder, doubt kept beside them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Doubt, Draft, Where, Written
from db.writing.place_choices import chosen
from geo.choice import is_undecided
from geo.countries.lookup import country_at
from geo.countries.names import country_code
from geo.place import Place, Precision
from geo.shape_extent import precision_of_radius
from timeline.places.context_ranking import Weighed, weighed
from timeline.places.judgement import CAPPED, CLEAR, Answer, Judge, Surroundings

_SHOWN = 80
_STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)

Countries = Mapping[tuple[float, float], str | None]  # by lon and lat, in degrees
Warn = Callable[[str, str, str], None]  # field, value, message


def located(
    draft: Draft,
    judge: Judge,
    warn: Warn,
    known: Surroundings | None = None,
    countries: Countries | None = None,
) -> Draft:
    """Return the draft with a place for each `where` that has an answer; `warn` hears of what is odd.

    `countries` are those of points (lon, lat) that were asked ahead, for many drafts together.
    """
    if not draft.where:
        return draft
    known = known or Surroundings()
    alone = [_answer(where, draft.id or "", judge, known, warn, countries or {}) for where in draft.where]
    answers = _together(draft.places, alone, known.below)
    places, texts = list(draft.places), list(draft.texts)
    for where, answer in zip(draft.where, answers, strict=True):
        if where.lon is None or where.lon == where.lat == 0:
            texts.append(
                Written(
                    text=where.text,
                    country=_country(where, known),
                    place=len(places) if answer.place else None,
                    doubt=answer.doubt,
                )
            )
        if answer.place:
            places.append(answer.place)
    for where, first, answer in zip(draft.where, alone, answers, strict=True):
        _tell(where, first, answer, warn, placed=bool(places))
    return structs.replace(draft, where=(), places=tuple(places), texts=tuple(texts))


def _country(where: Where, known: Surroundings) -> str | None:
    return country_code(where.country) if where.country else known.country


def _answer(
    where: Where, event: str, judge: Judge, known: Surroundings, warn: Warn, countries: Countries
) -> Answer:
    """Take one place by itself: coordinates, else what a person chose, else what the geocoder says."""
    if where.lon == where.lat == 0:
        warn(
            "lat",
            "0, 0",
            "0, 0 lies in the sea off Africa and mostly stands for unknown; the coordinates are left out",
        )
        if not where.text:
            return Answer(None, None)
    elif where.lon is not None:
        place = _given(where, known, warn, countries)
        return Answer(place, None, (place,))
    country = _country(where, known)
    settled, choice = chosen(known.choices, event, where.text, country)
    if settled:
        return Answer(choice, None, (choice,) if choice else ())
    return judge(where.text, country)


def _together(before: tuple[Place, ...], alone: list[Answer], below: float) -> list[Answer]:
    """Let the places of an event help those of its texts that are in doubt."""
    if len(before) + len(alone) < 2 or not any(len(one.meanings) > 1 for one in alone):
        return [_decided(one) for one in alone]
    ranked = weighed([*((place,) for place in before), *(one.meanings for one in alone)])
    return [
        _beside(one, found, below) if len(found) > 1 else _decided(one)
        for one, found in zip(alone, ranked[len(before) :], strict=True)
    ]


def _beside(alone: Answer, ranked: list[Weighed], below: float) -> Answer:
    """Take what is best in company; it is no surer than before, and stays in doubt, unless company settles it."""
    first, (best, before, share) = alone.meanings[0], ranked[0]
    if share >= CLEAR:
        confidence = max(best.confidence, min(CAPPED, share))
    elif best is first:
        confidence = best.confidence * min(1.0, share / before)
    else:
        confidence = min(first.confidence, share)
    confidence = round(confidence, 2)
    if share <= before:
        return _decided(alone)
    doubt: Doubt | None = None
    if confidence < below or share < CLEAR:
        doubt = "ambiguous"
    return Answer(replace(best, confidence=confidence), doubt)


def _decided(alone: Answer) -> Answer:
    """Leave a place out that is no more than a guess between places far apart, for a person to choose."""
    guess = alone.place and alone.doubt in ("unsure", "ambiguous")
    return (
        Answer(None, "ambiguous") if guess and is_undecided(alone.meanings[0], alone.meanings[1:]) else alone
    )


def _tell(where: Where, first: Answer, answer: Answer, warn: Warn, *, placed: bool) -> None:
    text, place, told = shorten(where.text), answer.place, ""
    if place is None:
        comes = "without it" if placed else "unplaced"
        if answer.doubt == "ambiguous":
            warn(
                "place",
                text,
                f"{text!r} may be places far apart; the event comes in {comes}, kept for review{_state(where)}",
            )
        elif answer.doubt:
            within = f" in {where.country}" if where.country else ""
            warn("place", text, f"no place called {text!r}{within} was found; the event comes in {comes}")
        return
    if answer.doubt == "outside":
        told = f"{text!r} lies outside the bounding box"
    elif answer.doubt == "disagreement":
        told = f"{place.geocoder} puts {text!r} in {place.country}, the gazetteer elsewhere"
    elif answer.doubt == "ambiguous" and first.place is place:
        names = ", ".join(dict.fromkeys(filter(None, (place.name, place.admin1, place.country))))
        told = f"{text!r} may be several places, and is taken for {names}"
    elif first.place and (first.place.lon, first.place.lat) != (place.lon, place.lat):
        names = ", ".join(dict.fromkeys(filter(None, (place.name, place.admin1, place.country))))
        told = f"{text!r} is taken for {names}, which goes best with the event's other places"
    if told:
        warn("place", text, f"{told}; kept for review" if answer.doubt else told)


def _state(where: Where) -> str:
    """Hint at the country of a text that ends in the code of a state of the United States."""
    last = where.text.rpartition(",")[2].strip()
    return (
        "; if it lies in the United States, say --country US"
        if _STATES.fullmatch(last) and not where.country
        else ""
    )


def shorten(text: str) -> str:
    """Keep the beginning of a long text, for messages."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _given(where: Where, known: Surroundings, warn: Warn, countries: Countries) -> Place:
    """Trust given coordinates (degrees) above the country that was written beside them.

    Raises BadEvent when they lie in that country, or near the place of that name, only the other way round.
    """
    lon, lat = where.lon or 0.0, where.lat or 0.0
    country = countries[lon, lat] if (lon, lat) in countries else country_at(lon, lat)
    hint = country_code(where.country) if where.country else None
    if where.country and not hint:
        warn("country", where.country, f"{where.country!r} is no country's name or code; left out")
    asked = hint or known.country
    if asked and country != asked and abs(lon) <= 90 and country_at(lat, lon) == asked:
        raise BadEvent(
            "lat",
            f"{lat:g} with lon {lon:g} lies in {asked} only the other way round; are lat and lon swapped?",
        )
    if (not asked or country != asked) and where.text and known.swapped(where.text, lon, lat):
        raise BadEvent(
            "lat",
            f"{lat:g} with lon {lon:g} lies far from {shorten(where.text)!r}, and near it the other way round; are lat"
            " and lon swapped? If not, name the country beside it",
        )
    if hint and country and hint != country:
        warn(
            "country",
            where.country or "",
            f"{where.country!r} disagrees with the coordinates, which lie in {country}",
        )
    return Place(
        name=where.text or f"{lat:g}, {lon:g}",
        lon=lon,
        lat=lat,
        precision=precision_of_radius(where.radius_km) if where.radius_km else Precision.POINT,
        radius_km=where.radius_km,
        country=country or hint,
        geocoder="given",
    )
