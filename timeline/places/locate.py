"""Find the places of a draft: coordinates as they were given, texts by the geocoder, with the doubts that remain."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Doubt, Draft, LookedUpText, WrittenPlace
from db.writing.place_choices import chosen
from db.writing.validation import check_count
from geo.choice import is_undecided
from geo.countries.lookup import country_at
from geo.countries.names import country_code
from geo.countries.world_regions import is_world_region
from geo.place import Place, Precision
from geo.shape_extent import precision_of_radius
from timeline.places.context_ranking import RankedPlace, ranked_together
from timeline.places.doubt_messages import STATES, message_of, shortened
from timeline.places.judgement import (
    CLEAR_CONFIDENCE,
    MAX_CONFIDENCE_BY_CONTEXT,
    Judge,
    Judgement,
    PlaceContext,
)
from timeline.places.venues import VENUE, judged_alone

Countries = Mapping[tuple[float, float], str | None]  # ISO code by lon and lat, in degrees
Warn = Callable[[str, str, str], None]  # field, value, message
OnUnused = Callable[[str], None]  # the field whose columns say nothing about the place


class _Tools(NamedTuple):
    """What the places of a draft are located with; `event` is its id."""

    event: str
    judge: Judge
    context: PlaceContext
    warn: Warn
    countries: Countries
    on_unused: OnUnused


def located(
    draft: Draft,
    judge: Judge,
    warn: Warn,
    context: PlaceContext | None = None,
    countries: Countries | None = None,
    on_unused: OnUnused = lambda field: None,
) -> Draft:
    """Return the draft with a place for each `where` that could be located; `warn` is called for what looks wrong.

    `countries` are those of points (lon, lat) that were looked up in advance, for many drafts together. `on_unused` is
    called with each field whose text is not part of a place. Raises BadEvent for coordinates that seem to be swapped.
    """
    if not draft.where:
        return draft
    check_count("places", len(draft.places) + len(draft.where))  # before each of them is looked up
    context = context or PlaceContext()
    tools = _Tools(draft.id or "", judge, context, warn, countries or {}, on_unused)
    if len(draft.where) == 1 and not draft.places and _has_coordinates(draft.where[0]):
        # As most rows of most tables with coordinates: such a place leaves no doubt.
        return structs.replace(draft, where=(), places=(_place_at_coordinates(draft.where[0], tools),))
    alone = [_judged(where, tools) for where in draft.where]
    final = _judged_together(draft.places, alone, context.review_below)
    places, texts = list(draft.places), list(draft.texts)
    for where, judgement in zip(draft.where, final, strict=True):
        if not _has_coordinates(where):
            texts.append(
                LookedUpText(
                    text=where.text,
                    country=_country(where, context),
                    place=len(places) if judgement.place else None,
                    doubt=judgement.doubt,
                )
            )
        if judgement.place:
            places.append(judgement.place)
        else:
            _report_unplaced(where, tools)
    for where, first, judgement in zip(draft.where, alone, final, strict=True):
        if message := message_of(where, first, judgement, placed=bool(places)):
            warn("place", shortened(where.text), message)
    return structs.replace(draft, where=(), places=tuple(places), texts=tuple(texts))


def _has_coordinates(where: WrittenPlace) -> bool:
    """Return whether a place has coordinates other than 0, 0."""
    return where.lon is not None and not where.lon == where.lat == 0


def _country(where: WrittenPlace, context: PlaceContext) -> str | None:
    return country_code(where.country) if where.country else context.country


def _judged(where: WrittenPlace, tools: _Tools) -> Judgement:
    """Return the judgement on one place by itself: its coordinates, a person's choice, or the geocoder's answer."""
    if where.lon == where.lat == 0:
        tools.warn(
            "lat",
            "0, 0",
            "0, 0 is in the sea off Africa and usually means an unknown place; the coordinates are left out",
        )
        if not where.text:
            return Judgement(None, None)
    elif _has_coordinates(where):
        place = _place_at_coordinates(where, tools)
        return Judgement(place, None, (place,))
    country = _country(where, tools.context)
    judgement = _judged_text(where, country, tools)
    is_settled, choice = chosen(tools.context.choices, tools.event, where.text, country)
    if not is_settled:
        return judgement
    if choice and _without_guess(judgement).place is None:
        _report_unplaced(where, tools)  # as before the choice, so that the next import changes nothing
    return Judgement(choice, None, (choice,) if choice else ())


def _report_unplaced(where: WrittenPlace, tools: _Tools) -> None:
    """Report the columns of a text that has no place: no part of the event names them."""
    for field, _ in where.parts:
        tools.on_unused("place" if field == VENUE else field)


def _judged_text(where: WrittenPlace, country: str | None, tools: _Tools) -> Judgement:
    """Return the geocoder's answer to a text in the areas of its columns, and report the columns that say nothing."""
    if where.country and not country_code(where.country):
        _warn_of_country(where.country, tools)
    fields = [field for field, _ in where.parts]
    parts = where.parts or (("place", where.text),)
    is_alone = len(parts) < 2 and not where.country
    if is_alone and "admin1" in fields:
        is_alone = not country and bool(STATES.fullmatch(where.text) or is_world_region(where.text))
    if tools.context.judge_areas and not is_alone:
        judgement, unused = tools.context.judge_areas(parts, where.country)
    else:
        judgement, unused = judged_alone(parts[0][0], where.text, country, tools.judge), ()
    for field in unused:
        tools.on_unused(field)
    return judgement


def _warn_of_country(country: str, tools: _Tools) -> None:
    tools.on_unused("country")
    tools.warn("country", country, f"{country!r} is not the name or code of a country; it goes to data")


def _judged_together(
    places: tuple[Place, ...], alone: list[Judgement], review_below: float
) -> list[Judgement]:
    """Return the judgements on an event's texts, where its other places help with the doubtful ones."""
    if len(places) + len(alone) < 2 or not any(len(judgement.meanings) > 1 for judgement in alone):
        return [_without_guess(judgement) for judgement in alone]
    ranked = ranked_together([*((place,) for place in places), *(judgement.meanings for judgement in alone)])
    return [
        _in_context(judgement, meanings, review_below) if len(meanings) > 1 else _without_guess(judgement)
        for judgement, meanings in zip(alone, ranked[len(places) :], strict=True)
    ]


def _in_context(alone: Judgement, ranked: list[RankedPlace], review_below: float) -> Judgement:
    """Take the best candidate once the event's other places are considered.

    Its confidence is its share. An event's other places may also make a clear text doubtful: "Alexandria" with
    "Arlington" is in Virginia or in Egypt.
    """
    best, share_alone, share = ranked[0]
    first = alone.meanings[0]
    if best is first and share <= share_alone and (share >= CLEAR_CONFIDENCE or alone.doubt):
        return _without_guess(alone)
    if share >= CLEAR_CONFIDENCE or (best is first and share > share_alone and not alone.doubt):
        least = first.confidence if best is first else 0.0
        confidence = max(least, min(MAX_CONFIDENCE_BY_CONTEXT, share))
        doubt: Doubt | None = "ambiguous" if confidence < review_below else None
    else:
        confidence, doubt = min(first.confidence, share), "ambiguous"
    others = tuple(replace(rival.place, confidence=round(rival.share, 2)) for rival in ranked[1:])
    return Judgement(replace(best, confidence=round(confidence, 2)), doubt, others=others)


def _without_guess(alone: Judgement) -> Judgement:
    """Leave out a place that is only a guess between places far apart: a person chooses."""
    is_guess = (
        alone.place
        and alone.doubt in ("unsure", "ambiguous")
        and is_undecided(alone.meanings[0], alone.meanings[1:])
    )
    return Judgement(None, "ambiguous", others=alone.meanings) if is_guess else alone


def _place_at_coordinates(where: WrittenPlace, tools: _Tools) -> Place:
    """Return the place at the written coordinates (degrees); their country outweighs the written one.

    Raises BadEvent if they fit that country, or the place of that name, only with their axes swapped.
    """
    lon, lat = where.lon or 0.0, where.lat or 0.0
    context, countries = tools.context, tools.countries
    country = countries[lon, lat] if (lon, lat) in countries else country_at(lon, lat)
    written = country_code(where.country) if where.country else None
    if where.country and not written:
        _warn_of_country(where.country, tools)
    _check_axes(where, lon, lat, country, written or context.country, context)
    if written and country and written != country:
        tools.warn(
            "country",
            where.country or "",
            f"{where.country!r} disagrees with the coordinates, which are in {country}",
        )
    return Place(
        name=where.text or f"{lat:g}, {lon:g}",
        lon=lon,
        lat=lat,
        precision=precision_of_radius(where.radius_km) if where.radius_km else Precision.POINT,
        radius_km=where.radius_km,
        country=country or written,
        geocoder="given",
    )


def _check_axes(
    where: WrittenPlace,
    lon: float,
    lat: float,
    country: str | None,
    expected: str | None,
    context: PlaceContext,
) -> None:
    """Raise BadEvent if a point outside the expected country fits it, or its place, only with swapped axes."""
    if expected and country == expected:
        return
    if expected and abs(lon) <= 90 and country_at(lat, lon) == expected:
        raise BadEvent(
            "lat",
            f"{lat:g} with lon {lon:g} is in {expected} only the other way round; are lat and lon swapped?",
        )
    if where.text and context.is_swapped(where.text, lon, lat):
        raise BadEvent(
            "lat",
            f"{lat:g} with lon {lon:g} is far from {shortened(where.text)!r}, and near it the other way round; "
            "are lat and lon swapped? If not, name the country in a column",
        )
