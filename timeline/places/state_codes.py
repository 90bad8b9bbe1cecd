"""Find the country whose states or provinces the codes of a column are: RI, BL and TO are Rieti, Belluno and Turin."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from geo.place import FindCandidates, Place, Precision

_CODE = re.compile("[A-Z]{1,3}")
_AREAS = (Precision.ADMIN1, Precision.ADMIN2)
_MAX_TEXTS_TESTED = 30  # different values of a column
_MIN_CODES = 2  # different ones; a single code fits too many countries
_MIN_SHARE_OF_CODES = 0.5  # of the values of the column
_MIN_SHARE_FOUND = 0.8  # of the codes, in the country
_MAX_COUNTRIES_TESTED = 12


class CodedStates(NamedTuple):
    """The country (ISO code) that has most codes of a column, and codes that mean something else without it."""

    country: str
    codes: tuple[str, ...]


def is_state_code(text: str) -> bool:
    """Return whether a text has the form of a code such as RJ or NSW."""
    return bool(_CODE.fullmatch(text))


def coded_states(
    find_candidates: FindCandidates, values: Iterable[str], towns: Iterable[str] = ()
) -> CodedStates | None:
    """Return the only country that has most of the codes in a column of states; of several, that of most of the towns.

    None if the values are no codes, if two countries are equally likely, and if each code means a state of the country
    anyway.
    """
    states = _different(values)
    codes = [text for text in states if is_state_code(text)]
    if len(codes) < max(_MIN_CODES, _MIN_SHARE_OF_CODES * len(states)):
        return None
    alone = {code: _areas(find_candidates, code, None) for code in codes}
    town_names = _different(towns)
    seen = Counter(area.country for areas in alone.values() for area in areas if area.country)
    seen.update(
        candidate.place.country
        for town in town_names
        for candidate in find_candidates(town, None)
        if candidate.place.country
    )
    shares = {
        country: _share_found(codes, partial(_has_state, find_candidates, country))
        for country, _ in seen.most_common(_MAX_COUNTRIES_TESTED)
    }
    country = _best(shares, lambda at: _share_found(town_names, partial(_has_town, find_candidates, at)))
    if country is None or shares[country] < _MIN_SHARE_FOUND:
        return None
    other = tuple(code for code, areas in alone.items() if areas and areas[0].country != country)
    return CodedStates(country, other) if other else None


def _best(shares: Mapping[str, float], share_of_towns: Callable[[str], float]) -> str | None:
    """Return the country with the largest share of codes, or of towns if several have the same; None if unclear."""
    most = max(shares.values(), default=0.0)
    best = [country for country, share in shares.items() if share == most]
    if len(best) > 1:
        towns = {country: share_of_towns(country) for country in best}
        best = [country for country in best if towns[country] == max(towns.values())]
    return best[0] if len(best) == 1 else None


def _different(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in map(str.strip, values) if text))[:_MAX_TEXTS_TESTED]


def _has(places: Iterable[Place], country: str) -> bool:
    return any(place.country == country for place in places)


def _has_state(find_candidates: FindCandidates, country: str, code: str) -> bool:
    return _has(_areas(find_candidates, code, country), country)


def _has_town(find_candidates: FindCandidates, country: str, town: str) -> bool:
    places = (candidate.place for candidate in find_candidates(town, country))
    return _has((place for place in places if place.precision is Precision.CITY and not place.text), country)


def _areas(find_candidates: FindCandidates, code: str, country: str | None) -> list[Place]:
    places = (candidate.place for candidate in find_candidates(code, country))
    return [place for place in places if place.precision in _AREAS and place.text is None]


def _share_found(texts: Sequence[str], is_found: Callable[[str], bool]) -> float:
    return sum(map(is_found, texts)) / len(texts) if texts else 0.0
