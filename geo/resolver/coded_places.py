"""The places of Plus codes and MGRS grid references."""

from collections.abc import Callable
from dataclasses import replace

from geo.gazetteer.reader import Gazetteer
from geo.place import Candidate, Place
from geo.resolver.computed_places import computed_place
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
        return [Candidate(place=_place(cell, CONFIDENCE, gazetteer), reasons=(reason,))]
    code = plus_code(text)
    if code is None:
        return None
    towns = find(code.rest) if code.rest else []
    if not code.is_short:
        return _full_code(code, towns, gazetteer)
    return [
        Candidate(
            place=_place(cell, town.place.confidence, gazetteer),
            reasons=(f"“{code.code}” is a Plus code near “{town.place.name}”", *town.reasons),
        )
        for town in towns
        if (cell := plus_code_cell(code.code, (town.place.lon, town.place.lat)))
    ]


def _full_code(code: PlusCode, towns: list[Candidate], gazetteer: Gazetteer) -> list[Candidate] | None:
    cell = plus_code_cell(code.code)
    if cell is None:
        return None
    place = _place(cell, CONFIDENCE, gazetteer)
    reasons = [f"“{code.code}” is a Plus code"]
    if towns:
        town = towns[0].place
        if distance_km(town.lon, town.lat, cell.lon, cell.lat) > town.radius_km + _MAX_KM_TO_TOWN:
            place = replace(place, confidence=_CONFIDENCE_OF_CONTRADICTION)
            reasons.append(f"it is not in “{town.name}”")
    return [Candidate(place=place, reasons=tuple(reasons))]


def _place(cell: CodedCell, confidence: float, gazetteer: Gazetteer) -> Place:
    return computed_place(gazetteer, cell.code, (cell.lon, cell.lat), cell.radius_km, confidence)
