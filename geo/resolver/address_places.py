"""The places of addresses: the town, with what is not known, and doubt about a postcode of another country."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.place import Candidate, Place, Precision
from geo.resolver.addresses import DividedAddress, IsName, read_address
from geo.resolver.computed_places import coarser, precision_of_radius
from geo.resolver.postcodes import Postcode
from geo.resolver.street_words import is_quarter

MAX_CONFIDENCE_OF_POSTCODE = 0.85
MAX_RADIUS_OF_WARD_KM = 10.0
_SHARE_WITH_OTHER_POSTCODE = 0.6  # of the confidence, where the country has no such postcodes
_SHARE_OF_NUMBERED_TOWN = 0.8  # "Paris 16" is a part of Paris, but "Oktyabrskaya 5" a street

FindInCountry = Callable[[str, str | None], list[Candidate]]
"""A text, and the country (ISO code) where it probably is → candidates, best first."""


class _PostcodeArea(NamedTuple):
    """The town or province of the postcodes that begin with some letters, and the radius around it."""

    place: str
    radius_km: float


def address_candidates(
    text: str, hint: str | None, find: FindInCountry, is_name: IsName
) -> list[Candidate] | None:
    """Return the candidates for the town of an address, best first; None for a text that is not an address.

    An address whose town is not found is None too, so that the area around it is found as for any other text.
    """
    for address in read_address(text, is_name):
        if not address.town:
            if not address.street and (candidates := _of_postcodes(address.postcodes, find)):
                return candidates
            continue
        candidates = _in_country_of_postcode(address, hint, find) or find(address.town, hint)
        if candidates and not (address.street and _is_wider_than_town(candidates[0].place)):
            return [_of_address(candidate, address) for candidate in candidates]
    return None


def _is_wider_than_town(place: Place) -> bool:
    """Return whether a place is too wide for a street: a state, but not a ward of Tokyo."""
    return place.precision.rank > Precision.CITY.rank and place.radius_km > MAX_RADIUS_OF_WARD_KM


def _in_country_of_postcode(
    address: DividedAddress, hint: str | None, find: FindInCountry
) -> list[Candidate]:
    """Return the candidates in the country whose form a postcode has, if the town is there."""
    country = next((code.countries[0] for code in address.postcodes if len(code.countries) == 1), None)
    if hint or country is None:
        return []
    candidates = find(address.town, country)
    is_there = candidates and candidates[0].place.country == country and candidates[0].place.text is None
    return candidates if is_there and candidates[0].place.precision.rank <= Precision.CITY.rank else []


def _of_address(candidate: Candidate, address: DividedAddress) -> Candidate:
    """Return a candidate for the town as one for the address, with what is not known and what contradicts it."""
    place, reasons = candidate.place, list(candidate.reasons)
    confidence = place.confidence * (_SHARE_OF_NUMBERED_TOWN if address.is_numbered else 1.0)
    for code in address.postcodes:
        if place.country and not code.fits(place.country):
            confidence *= _SHARE_WITH_OTHER_POSTCODE
            reasons.append(f"“{code.code}” is not a postcode of {place.country}")
    if address.street:
        part = "part of the town" if address.is_numbered or is_quarter(address.street) else "street"
        reasons.insert(0, f"the {part} is not known: “{address.street}” is somewhere in this town")
    text = ", ".join(filter(None, (address.street, place.text))) or None
    return Candidate(place=replace(place, confidence=round(confidence, 2), text=text), reasons=tuple(reasons))


def _of_postcodes(postcodes: tuple[Postcode, ...], find: FindInCountry) -> list[Candidate]:
    """Return the candidates for a postcode without a town: the town or province of its first letters."""
    if len(postcodes) != 1 or len(postcodes[0].countries) != 1:
        return []
    code, (country,) = postcodes[0]
    letters = code[:1] if code[1:2].isdigit() else code[:2]
    area = _postcode_areas().get((country, letters))
    return [_around(candidate, code, area) for candidate in find(area.place, country)[:1]] if area else []


def _around(candidate: Candidate, code: str, area: _PostcodeArea) -> Candidate:
    place = candidate.place
    if area.radius_km:
        precision = coarser(Precision.CITY, precision_of_radius(area.radius_km))
        place = replace(place, radius_km=area.radius_km, precision=precision)
    place = replace(place, confidence=min(place.confidence, MAX_CONFIDENCE_OF_POSTCODE))
    return Candidate(place=place, reasons=(f"“{code}” is a postcode of its area", *candidate.reasons))


@cache
def _postcode_areas() -> dict[tuple[str, str], _PostcodeArea]:
    return {
        (row["country"], row["letters"]): _PostcodeArea(row["place"], float(row["km"]))
        for row in bundled_rows("postcode_areas.csv")
    }
