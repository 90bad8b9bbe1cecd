"""Give a draft its places: coordinates as they were given, texts through the geocoder, doubt kept beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from db.choices import chosen
from db.draft import Doubt, Draft, Where, Written
from geo.box import Box
from geo.countries import country_at, country_code
from geo.place import HONEST, Candidate, Place, Precision
from geo.sphere import around, distance_km

Locate = Callable[[str, str | None], list[Candidate]]  # text, country → best first
Warn = Callable[[str, str, str], None]  # field, value, message

BELOW = 0.5
_APART_KM = 25.0
_ALIKE = 0.75  # of the best one's confidence


class Answer(NamedTuple):
    """What a text is taken for, and why a person should look, if one should."""

    place: Place | None
    doubt: Doubt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an import says of all its places: their country (ISO code), a box, and what people chose before."""

    country: str | None = None
    box: Box | None = None
    below: float = BELOW
    choices: Mapping[tuple[str, str, str], Place | None] = field(default_factory=dict)


def remembering(locate: Locate, around: Surroundings, size: int = 20_000) -> "Judge":
    """Ask and judge each place once in a run: a table names the same towns again and again."""
    return lru_cache(maxsize=size)(lambda text, country: judged(locate(text, country), around))


Judge = Callable[[str, str | None], Answer]


def judged(found: list[Candidate], around: Surroundings) -> Answer:
    """Choose the best candidate, of those inside the box if there are any, and tell what is in doubt."""
    found = [one for one in found if one.place.confidence >= HONEST]
    if not found:
        return Answer(None, "missing")
    if around.box:
        inside = [one for one in found if _touches(around.box, one.place)]
        if not inside:
            return Answer(found[0].place, "outside")
        found = inside
    best = found[0].place
    return Answer(best, _doubt(best, found[1:], around.below))


def _doubt(best: Place, others: list[Candidate], below: float) -> Doubt | None:
    offline = [one.place for one in others if one.place.geocoder != best.geocoder]
    if offline and offline[0].confidence >= below and best.country and best.country not in offline[0].codes:
        return "disagreement"
    if best.confidence < below:
        return "unsure"
    rivals = (one.place for one in others if one.place.geocoder == best.geocoder)
    alike = (one for one in rivals if one.confidence >= _ALIKE * best.confidence)
    return "ambiguous" if any(_apart(best, one) for one in alike) else None


def _apart(one: Place, other: Place) -> bool:
    return distance_km(one.lon, one.lat, other.lon, other.lat) > _APART_KM + one.radius_km


def _touches(box: Box, place: Place) -> bool:
    """Tell whether a place may reach into a box: areas are wider than the point that stands for them."""
    wide = around(place.lon, place.lat, max(place.radius_km, 0.001))
    return any(
        a.west <= b.east and b.west <= a.east and a.south <= b.north and b.south <= a.north
        for a in box.parts()
        for b in wide.parts()
    )


def located(draft: Draft, judge: Judge, warn: Warn, known: Surroundings | None = None) -> Draft:
    """Return the draft with a place for each `where` that has an answer; `warn` hears of the others."""
    if not draft.where:
        return draft
    known = known or Surroundings()
    places, texts = list(draft.places), list(draft.texts)
    for where in draft.where:
        if where.lon is not None:
            places.append(_given(where, warn))
            continue
        country = country_code(where.country) if where.country else known.country
        settled, place = chosen(known.choices, draft.id or "", where.text, country)
        answer = Answer(place, None) if settled else judge(where.text, country)
        texts.append(
            Written(
                text=where.text,
                country=country,
                place=len(places) if answer.place else None,
                doubt=answer.doubt,
            )
        )
        if answer.place:
            places.append(answer.place)
        if answer.doubt:
            _tell(where, answer, warn)
    return replace(draft, where=(), places=tuple(places), texts=tuple(texts))


def _tell(where: Where, answer: Answer, warn: Warn) -> None:
    text = where.text
    if answer.place is None:
        within = f" in {where.country}" if where.country else ""
        warn("place", text, f"no place called {text!r}{within} was found; the event comes in unplaced")
    elif answer.doubt == "outside":
        warn("place", text, f"{text!r} lies outside the bounding box; kept for review")
    elif answer.doubt == "disagreement":
        told = f"{answer.place.geocoder} puts {text!r} in {answer.place.country}, the gazetteer elsewhere"
        warn("place", text, f"{told}; kept for review")


def _given(where: Where, warn: Warn) -> Place:
    """Trust given coordinates (degrees) above the country that was written beside them."""
    lon, lat = where.lon or 0.0, where.lat or 0.0
    country = country_at(lon, lat)
    hint = country_code(where.country) if where.country else None
    if where.country and not hint:
        warn("country", where.country, f"{where.country!r} is no country's name or code; left out")
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
        precision=Precision.POINT,
        country=country or hint,
        geocoder="given",
    )
