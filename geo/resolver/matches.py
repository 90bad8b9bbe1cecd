"""Rank the entries that the first part of a text may mean by how well they agree with the later parts."""

from collections.abc import Iterable
from typing import NamedTuple

from geo.choice import is_elsewhere
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.country_rivals import scores_of_countries
from geo.resolver.lookup import Interpretation
from geo.resolver.namesakes import (
    PENALTY_OF_CITY_AREA,
    PENALTY_OF_SURROUNDINGS,
    area_of_town,
    city_areas,
    is_around,
    is_surroundings,
    raised_scores,
    scores_of_larger_areas,
)
from geo.resolver.parser import Part
from geo.resolver.scoring import (
    ADMIN1,
    ADMIN2,
    CITY,
    COUNTRY,
    EXCLUDED,
    MISMATCH,
    PENALTY_OF_SPELLING,
    SHORT_RANKS,
    SIMILAR_RANK,
    Qualifier,
    agreement,
    breadth_score,
    distinctive_spelling,
    is_outside_town,
    is_spelt_otherwise,
    kind_score,
    prominence,
)

MAX_MATCHES = 50
GAP_WITHOUT_RIVAL = 3.0


class Match(NamedTuple):
    """An entry that a text may mean, and how the text's parts agree with it.

    `gap` is the score above the best place elsewhere, or, for all but the best match, the (negative) score below
    the best. `agreeing_parts`, `unread_parts` and `later_parts` count parts after the first; `is_contradicted` is
    whether a later part is a well-known place elsewhere. `lost_parts` are the finer parts that were not found and
    given up, `is_lost_in_town` whether the entry then is a town that may well have such a quarter or street.
    `is_in_named_area` is whether a later part names the entry's state or district. `doubt` is subtracted from the
    confidence.
    """

    entry: GazetteerEntry
    score: float
    gap: float
    agreeing_parts: int
    unread_parts: int
    later_parts: int
    lost_parts: tuple[str, ...]
    text: str
    doubt: float = 0.0
    is_contradicted: bool = False
    is_lost_in_town: bool = False
    is_in_named_area: bool = False

    @property
    def is_weak(self) -> bool:
        """Return whether the name is only a code or only similar, or a later part could not be read."""
        return self.entry.rank in (*SHORT_RANKS, SIMILAR_RANK) or self.unread_parts > 0

    @property
    def is_full(self) -> bool:
        """Return whether every later part agrees."""
        return self.agreeing_parts == self.later_parts


class _ScoredEntry(NamedTuple):
    score: float
    agreements: list[float]
    entry: GazetteerEntry
    kinds: tuple[int, ...] | None  # that the text names


def rank_matches(
    interpretations: list[Interpretation],
    qualifiers: tuple[Qualifier, ...],
    part: Part,
    gazetteer: Gazetteer,
) -> list[Match]:
    """Return at most 50 matches of a part, best first; an entry that the later parts contradict is left out."""
    ranked = _ranked_entries(interpretations, qualifiers, part.text, gazetteer)
    unread = sum(not qualifier.entries for qualifier in qualifiers)
    is_contradicted = any(qualifier.is_elsewhere for qualifier in qualifiers)
    rival_score = _rival_score(ranked)
    later = len(qualifiers)
    # "CA" is California or Canada, and "Georgia" a state or a country: such a part does not tell towns apart.
    areas = {area for qualifier in qualifiers if not qualifier.countries for area in qualifier.admins}
    matches = []
    for place, scored in enumerate(ranked[:MAX_MATCHES]):
        gap = scored.score - (ranked[0].score if place else rival_score)
        agreeing = sum(score > 0 for score in scored.agreements)
        fields = (scored.entry, scored.score, gap, agreeing, unread, later)
        in_area = (
            not place and bool(areas) and not areas.isdisjoint((scored.entry.admin1, scored.entry.admin2))
        )
        matches.append(Match(*fields, (), part.text, 0.0, is_contradicted, False, in_area))
    return matches


def _ranked_entries(
    interpretations: list[Interpretation],
    qualifiers: tuple[Qualifier, ...],
    text: str,
    gazetteer: Gazetteer,
) -> list[_ScoredEntry]:
    best: dict[int, _ScoredEntry] = {}
    spelling = distinctive_spelling(text)
    names_area = any(qualifier.admins and not qualifier.firm for qualifier in qualifiers)
    for interpretation in interpretations:
        asks_for_area = bool(interpretation.kinds) and min(interpretation.kinds or ()) >= ADMIN2
        only_cities = city_areas(interpretation.entries, gazetteer) if asks_for_area else ()
        for named_entry in interpretation.entries:
            entry, agreements = named_entry, _agreements(named_entry, qualifiers)
            if not _is_consistent(entry, agreements, qualifiers):
                continue
            area = area_of_town(entry, interpretation.kinds, gazetteer) if asks_for_area else None
            if area and not (names_area and _is_in_larger_town(entry, area, qualifiers)):
                entry, agreements = area, _agreements(area, qualifiers)
            score = prominence(entry) + kind_score(entry, interpretation.kinds)
            score += breadth_score(entry, qualifiers)
            score -= PENALTY_OF_SPELLING if spelling and is_spelt_otherwise(entry, spelling) else 0.0
            score += sum(agreements) - interpretation.penalty
            score -= PENALTY_OF_CITY_AREA if entry.id in only_cities else 0.0
            score -= PENALTY_OF_SURROUNDINGS if is_surroundings(entry, named_entry) else 0.0
            if entry.id not in best or best[entry.id].score < score:
                best[entry.id] = _ScoredEntry(score, agreements, entry, interpretation.kinds)
    return sorted(_with_rivals(best, text, gazetteer.local_names).values(), key=lambda scored: -scored.score)


def _with_rivals(
    best: dict[int, _ScoredEntry], text: str, local_names: dict[str, list[str]]
) -> dict[int, _ScoredEntry]:
    """Return the entries, with new scores for towns and the areas or countries that have the same name.

    A town's score is above its area's if no word names a kind, and a country's may be below a town's.
    """
    kinds = {scored.entry.kind for scored in best.values()}
    if CITY not in kinds or len(kinds) == 1:
        return best
    changed: dict[GazetteerEntry, float] = {}
    if COUNTRY in kinds:
        changed |= scores_of_countries(
            {scored.entry: scored.score for scored in best.values()}, text, local_names
        )
    if kinds & {ADMIN1, ADMIN2}:
        plain = {scored.entry: scored.score for scored in best.values() if not scored.kinds}
        raised = raised_scores(plain)
        changed |= raised | scores_of_larger_areas(plain | raised, text)
    for entry, score in changed.items():
        best[entry.id] = best[entry.id]._replace(score=score)
    return best


def _is_in_larger_town(town: GazetteerEntry, area: GazetteerEntry, qualifiers: tuple[Qualifier, ...]) -> bool:
    """Return whether a town with the later parts is a quarter ("Bezirk Mitte, Berlin"), or they name its area."""
    larger = any(other.population > town.population for part in qualifiers for other in part.towns)
    return larger or not is_surroundings(area, town)


def _agreements(entry: GazetteerEntry, qualifiers: tuple[Qualifier, ...]) -> list[float]:
    return [agreement(entry, qualifier) for qualifier in qualifiers]


def is_inside(qualifiers: Iterable[Qualifier], entry: GazetteerEntry) -> bool:
    """Return whether no later part contradicts an entry."""
    return all(agreement(entry, qualifier) > MISMATCH for qualifier in qualifiers)


def _is_consistent(entry: GazetteerEntry, agreements: list[float], qualifiers: tuple[Qualifier, ...]) -> bool:
    """Return whether no later part contradicts an entry, or an area agrees while only a finer part contradicts.

    A town is never ignored, whatever its state says: "Boa Vista, Recife, Pernambuco" is in Recife, not in the town
    of that name elsewhere in Pernambuco. A district may be: the gazetteer lacks many.
    """
    worst = min(agreements, default=0.0)
    if worst > MISMATCH:
        return True
    if worst <= EXCLUDED:
        return False
    pairs = list(zip(agreements, qualifiers, strict=True))
    if not any(score > 0 for score, qualifier in pairs if qualifier.admins and not qualifier.firm):
        return False
    return not any(score <= MISMATCH and is_outside_town(entry, qualifier) for score, qualifier in pairs)


def _rival_score(ranked: list[_ScoredEntry]) -> float:
    """Return the score of the best place elsewhere; a town and the area that is named after it are not rivals."""
    if not ranked:
        return 0.0
    best = ranked[0]
    for other in ranked[1:MAX_MATCHES]:
        is_area_around = CITY == best.entry.kind != other.entry.kind and is_around(other.entry, best.entry)
        if is_elsewhere(best.entry, other.entry) and not is_area_around:
            return other.score
    return best.score - GAP_WITHOUT_RIVAL
