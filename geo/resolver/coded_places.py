"""The places of Plus codes and MGRS grid references."""

from collections.abc import Callable
from dataclasses import replace

from geo.gazetteer.reader import Gazetteer
from geo.place import Candidate, Place, Precision
from geo.resolver.computed_places import computed_place, first_with_area
from geo.resolver.location_codes import CodedCell, PlusCode, mgrs_cell, plus_code, plus_code_cell
from geo.sphere import distance_km

CONFIDENCE = 0.98
_CONFIDENCE_OF_CONTRADICTION = 0.5
_MAX_KM_TO_TOWN = 50.0  # beyond its radius; a short code is completed with a town within 40 km


def coded_candidates(
    text: str, find: Callable[[str], list[Candidate]], gazetteer: Gazetteer
) -> list[Candidate] | None:
    """Return the place of a text with a Plus code or an MGRS grid reference; None for a text without one.

    A short Plus code needs a town, as in "9G8F+6X Zürich"; `find` returns the candidates for it, best first.
    """
    if cell := mgrs_cell(text.strip()):
        reason = f"“{cell.code}” is an MGRS grid reference"
        return first_with_area([Candidate(place=_place(cell, CONFIDENCE), reasons=(reason,))], gazetteer)
    code = plus_code(text)
    if code is None:
        return None
    around = find(code.town) if code.town else []
    candidates = _short_code(code, around) if code.is_short else _full_code(code, around)
    return first_with_area(candidates, gazetteer)


def _short_code(code: PlusCode, around: list[Candidate]) -> list[Candidate]:
    """Return the candidates for a code near a town: the middle of a country is too far from most of its codes."""
    return [
        Candidate(
            place=_place(cell, town.place.confidence),
            reasons=(f"“{code.code}” is a Plus code near “{town.place.name}”", *town.reasons),
        )
        for town in around
        if town.place.precision.rank <= Precision.CITY.rank
        and (cell := plus_code_cell(code.code, (town.place.lon, town.place.lat)))
    ]


def _full_code(code: PlusCode, around: list[Candidate]) -> list[Candidate]:
    cell = plus_code_cell(code.code)
    if cell is None:
        return []
    place = _place(cell, CONFIDENCE)
    reasons = [f"“{code.code}” is a Plus code"]
    if around:
        other = around[0].place
        if distance_km(other.lon, other.lat, cell.lon, cell.lat) > other.radius_km + _MAX_KM_TO_TOWN:
            place = replace(place, confidence=_CONFIDENCE_OF_CONTRADICTION)
            reasons.append(f"it is not in “{other.name}”")
    return [Candidate(place=place, reasons=tuple(reasons))]


def _place(cell: CodedCell, confidence: float) -> Place:
    return computed_place(cell.code, (cell.lon, cell.lat), cell.radius_km, confidence)
