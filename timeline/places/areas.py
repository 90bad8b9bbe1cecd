"""Locate a row whose columns name areas: a finer text counts only inside the coarser ones, which apply in any case."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from geo.choice import is_undecided
from geo.countries.iso_codes import sovereign
from geo.countries.names import country_code, country_name
from geo.countries.world_regions import is_world_region
from geo.place import Candidate, FindCandidates, Place, Precision
from geo.sphere import distance_km
from geo.text import fold
from timeline.places.judgement import AreaJudgement, Judgement, PlaceContext, WrittenParts, judged
from timeline.places.rooms import without_rooms
from timeline.places.state_abbreviations import is_abbreviation, spellings
from timeline.places.state_codes import is_state_code
from timeline.places.venues import VENUE

MAX_CONFIDENCE_OF_AREA = 0.85  # of a state that no other column confirms
_MIN_CONFIDENCE_OF_AREA = 0.05  # of a state with the name of a country; "Spain" is hardly ever Port of Spain
_MIN_CONFIDENCE_ALONE = 0.01  # of a state that no country confirms
_NEAR_TOWN_KM = 25.0
_NEAR_AREA_KM = 20.0
_MAX_ROWS_CACHED = 20_000
_MAX_TEXTS_CACHED = 5_000
_ADMIN = (Precision.ADMIN1, Precision.ADMIN2)
_MIN_CONFIDENCE_OF_CONTRADICTION = 0.3
_AREAS = ("admin1", "admin2")
_PLACES = ("place", VENUE)


class _Finest(NamedTuple):
    """The finest place so far with its doubt, and the texts that were found, finest first."""

    judgement: Judgement
    texts: tuple[str, ...]
    areas: tuple[Place, ...]


class AreaLookup:
    """Judges the columns of rows together, and remembers the results: a table names the same areas many times.

    `country_of_codes` is that of the codes in the column of states, in a table without countries.
    """

    def __init__(self, find_candidates: FindCandidates, context: PlaceContext) -> None:
        self._find = lru_cache(maxsize=_MAX_TEXTS_CACHED)(find_candidates)
        self._context = context
        self.country_of_codes: str | None = None
        self.judge = lru_cache(maxsize=_MAX_ROWS_CACHED)(self._judge)

    def _judge(self, parts: WrittenParts, country: str | None) -> AreaJudgement:
        """Return the finest place that the columns of a row name and no coarser column contradicts.

        `country` is the text of the country's column. Texts that are not found, or only elsewhere, become the `text`
        of the place, which is marked for review.
        """
        code = country_code(country) if country else self._country_of_state(parts)
        anchor = self._country(code) if code else None
        finest = _Finest(
            Judgement(anchor, None, (anchor,) if anchor else ()),
            (country,) if country and not code else (),
            (anchor,) if anchor else (),
        )
        if country and code and anchor:
            finest = self._part_of_country(country, code, finest)
        lost: list[str] = []
        unused: list[str] = []
        for field, text in reversed(parts):
            finer = self._finer(field, text, finest, code or self._context.country)
            if finer:
                finest = finer
            elif self._says_nothing(field, text, finest, is_finest=field == parts[0][0]) and (
                anchor or len(parts) > 1
            ):
                unused.append(field)
            else:
                lost.insert(0, text)
        return AreaJudgement(_with_lost_texts(finest.judgement, lost), tuple(unused))

    def _country_of_state(self, parts: WrittenParts) -> str | None:
        has_code = any(field == "admin1" and is_state_code(text) for field, text in parts)
        return self.country_of_codes if has_code else None

    def _part_of_country(self, country: str, code: str, finest: _Finest) -> _Finest:
        """Return the part that a column of countries names instead of the country, such as England, if it does."""
        if fold(country) == fold(country_name(code)):
            return finest
        parts = [item.place for item in self._named_state(country, finest, code)]
        return (
            _Finest(Judgement(parts[0], None, (parts[0],)), (country,), (*finest.areas, parts[0]))
            if parts
            else finest
        )

    def _says_nothing(self, field: str, text: str, finest: _Finest, *, is_finest: bool) -> bool:
        """Return whether a text that was not found inside the coarser areas is not about the place at all.

        A second column of areas may hold police districts; it counts if it is all that a row has, or names an area
        elsewhere in the country.
        """
        if field != "admin2" or is_finest or is_world_region(text):
            return is_world_region(text)
        candidates = self._find(text, finest.areas[0].country if finest.areas else None)
        return not any(
            _may_be(field, item.place)
            and item.place.confidence >= _MIN_CONFIDENCE_OF_CONTRADICTION
            and _fits(item, finest.areas[:1])
            for item in candidates
        )

    def _country(self, code: str) -> Place | None:
        candidates = (candidate.place for candidate in self._find(country_name(code), None))
        return next((place for place in candidates if place.country == code and _is_country(place)), None)

    def _finer(self, field: str, text: str, finest: _Finest, hint: str | None) -> _Finest | None:
        """Return what a finer text adds, None if it is not found inside the coarser areas."""
        room, place_text = without_rooms(text) if field in _PLACES else ("", text)
        if not place_text:
            return None
        candidates = self._inside(field, place_text, finest, hint)
        if not candidates and field == "admin1":
            candidates = self._abbreviated(place_text, finest, hint)
        if not candidates:
            return None
        judgement = judged(candidates, self._context)
        place = judgement.place
        if place is None or _is_guess(judgement):
            return None
        if room:
            place = replace(place, text=", ".join(filter(None, (room, place.text))))
            judgement = Judgement(place, judgement.doubt or "missing", (place,))
        before = finest.judgement.place
        if before and place.precision.rank > before.precision.rank:
            return finest  # the text is coarser, and agrees
        if before and place.text and place.precision.rank >= before.precision.rank:
            return None
        return _Finest(judgement, (text, *finest.texts), (*finest.areas, place))

    def _inside(self, field: str, text: str, finest: _Finest, hint: str | None) -> list[Candidate]:
        """Return the candidates for a text that no coarser area contradicts, best first."""
        around: list[Candidate] = []  # that only contain a place that was not found
        for written in dict.fromkeys((", ".join((text, *finest.texts)), text)):
            candidates = self._find(written, hint)
            fitting = [
                item for item in candidates if _may_be(field, item.place) and _fits(item, finest.areas)
            ]
            if field in _AREAS:
                states = _states(fitting, field, finest.areas)
                states = states or self._named_state(text, finest, hint)
                if states or field == "admin1":
                    return _shared(states, MAX_CONFIDENCE_OF_AREA)
                continue
            if field == "city" and (towns := _towns(fitting)):
                return _shared(towns, _total(fitting))
            if fitting and not fitting[0].place.text:
                return fitting if len(fitting) == len(candidates) else _shared(fitting, _total(candidates))
            around = around or fitting
        return around if field in _PLACES else []

    def _abbreviated(self, text: str, finest: _Finest, hint: str | None) -> list[Candidate]:
        """Return the candidates for an abbreviated state, such as `Ore.` or `or`."""
        texts = spellings(text, finest.areas[0].country if finest.areas else hint)
        return next(filter(None, (self._inside("admin1", other, finest, hint) for other in texts)), [])

    def _named_state(self, text: str, finest: _Finest, hint: str | None) -> list[Candidate]:
        """Return the states with exactly this name, which more prominent towns of that name may hide."""
        return [
            item
            for item in self._find(f"{text} state", hint)
            if item.place.precision is Precision.ADMIN1
            and fold(item.place.name) == fold(text)
            and _fits(item, finest.areas)
        ]


def _is_country(place: Place) -> bool:
    return place.precision is Precision.COUNTRY


def _may_be(field: str, place: Place) -> bool:
    """Return whether a place is of the kind that a column names: a state is a state."""
    if field in _AREAS:
        return place.text is None and (
            place.precision in _ADMIN or (_is_country(place) and bool(place.country))
        )
    return field in _PLACES or place.text is None


def _states(candidates: Sequence[Candidate], field: str, areas: Sequence[Place]) -> list[Candidate]:
    """Return the states of a known country before its districts and territories; without one, districts are rivals.

    Areas of the country itself come before those of its territories, so that Nord is no province of New Caledonia.
    """
    if not areas:
        likely = (item for item in candidates if item.place.confidence >= _MIN_CONFIDENCE_ALONE)
        return [item for item in likely if item.place.precision in _ADMIN]
    ranks = [*(_ADMIN if field == "admin1" else reversed(_ADMIN)), Precision.COUNTRY]
    own = [item for item in candidates if item.place.country == areas[0].country]
    of_ranks = (
        [item for item in items if item.place.precision is rank]
        for items in (own, candidates)
        for rank in ranks
    )
    return next(filter(None, of_ranks), [])


def _towns(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the towns inside the province or canton of the same name that is the likeliest candidate."""
    area = candidates[0].place if candidates else None
    if area is None or area.text or area.precision not in _ADMIN:
        return []
    return [
        item
        for item in candidates
        if item.place.precision is Precision.CITY and not item.place.text and _is_inside(item.place, area)
    ]


def _fits(candidate: Candidate, areas: Iterable[Place]) -> bool:
    """Return whether a candidate is inside every coarser area."""
    return all(_is_inside(candidate.place, area) for area in areas)


def _is_inside(place: Place, area: Place) -> bool:
    if area.codes and not _shares_country(place, area):
        return False
    if _is_country(area):
        return True
    if area.precision is Precision.ADMIN1 and place.admin1 and area.admin1:
        if fold(place.admin1) == fold(area.admin1):
            return True
        if place.geocoder == area.geocoder == "gazetteer":
            return False  # network geocoders write the name of a state in several ways
    if place.precision.rank > area.precision.rank:
        place, area = area, place  # a coarser text agrees if it contains the finer one
    km = distance_km(place.lon, place.lat, area.lon, area.lat)
    margin = _NEAR_AREA_KM if area.precision in _ADMIN else _NEAR_TOWN_KM
    return km <= 1.2 * area.radius_km + margin


def _shares_country(place: Place, area: Place) -> bool:
    if place.country is None:
        return False  # at sea, or a region of several countries
    owner = sovereign(place.country)
    return place.country in area.codes or owner in area.codes


def _total(candidates: Iterable[Candidate]) -> float:
    return min(1.0, sum(candidate.place.confidence for candidate in candidates))


def _shared(candidates: Sequence[Candidate], total: float) -> list[Candidate]:
    """Return candidates that share a confidence among them: what contradicts a column is ruled out."""
    weights = [max(candidate.place.confidence, 0.001) for candidate in candidates]
    return [
        replace(item, place=replace(item.place, confidence=round(total * weight / sum(weights), 2)))
        for item, weight in zip(candidates, weights, strict=True)
    ]


def _is_guess(judgement: Judgement) -> bool:
    meanings = judgement.meanings
    return judgement.doubt in ("unsure", "ambiguous") and is_undecided(meanings[0], meanings[1:])


def _with_lost_texts(judgement: Judgement, lost: Sequence[str]) -> Judgement:
    """Return a judgement whose place has the texts that were not found, and is marked for them."""
    if judgement.place is None:
        return Judgement(None, "missing")
    if not lost:
        return judgement
    texts = ", ".join((*lost, *filter(None, (judgement.place.text,))))
    place = replace(judgement.place, text=texts)
    return Judgement(place, judgement.doubt or "missing", (place,))


def is_area(find_candidates: FindCandidates, text: str) -> bool:
    """Return whether a text may well be the name, code or abbreviation of a state or district."""
    if is_abbreviation(text):
        return True
    places = [candidate.place for candidate in find_candidates(text, None)]
    least = _MIN_CONFIDENCE_OF_AREA if places and _is_country(places[0]) else 0.0
    return any(place.precision in _ADMIN and place.confidence >= least for place in places)
