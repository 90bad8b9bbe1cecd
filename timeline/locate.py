"""Give a draft its places: coordinates as they were given, texts through the geocoder."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from db.draft import Draft, Where
from geo.countries import country_at, country_code
from geo.place import Place, Precision

Locate = Callable[[str, str | None], Place | None]
Warn = Callable[[str, str, str], None]  # field, value, message


def remembering(locate: Locate, size: int = 20_000) -> Locate:
    """Ask for each place once in a run: a table names the same towns again and again."""
    return lru_cache(maxsize=size)(locate)


def located(draft: Draft, locate: Locate, warn: Warn) -> Draft:
    """Return the draft with a place for each `where` that has an answer; `warn` hears of the others."""
    if not draft.where:
        return draft
    found = [
        _given(where, warn) if where.lon is not None else _asked(where, locate, warn) for where in draft.where
    ]
    return replace(draft, where=(), places=(*draft.places, *(place for place in found if place)))


def _asked(where: Where, locate: Locate, warn: Warn) -> Place | None:
    place = locate(where.text, where.country)
    if place is None:
        within = f" in {where.country}" if where.country else ""
        warn(
            "place",
            where.text,
            f"no place called {where.text!r}{within} was found; the event comes in unplaced",
        )
    return place


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
