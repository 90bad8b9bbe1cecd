"""Rank the entries that the first part of a text may mean by how well they agree with the later parts."""

from collections.abc import Iterable
from typing import NamedTuple

from geo.choice import rival
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.lookup import Interpretation
from geo.resolver.parser import Part
from geo.resolver.scoring import (
    ADMIN1,
    ADMIN2,
    CITY,
    CODE_RANK,
    COUNTRY,
    EXCLUDED,
    MISMATCH,
    SIMILAR_RANK,
    Qualifier,
    agreement,
    breadth_score,
    is_outside_town,
    kind_score,
    prominence,
)

MAX_MATCHES = 50
GAP_WITHOUT_RIVAL = 3.0
_KINDS_WIDER_THAN_A_TOWN = ((ADMIN1,), (ADMIN1, ADMIN2, COUNTRY))


class Match(NamedTuple):
    """An entry that a text may mean, and how the text's parts agree with it.

    `gap` is the score above the best place elsewhere, or, for all but the best match, the (negative) score below
    the best. `agreeing_parts`, `unread_parts` and `later_parts` count parts after the first. `lost_parts` are the
    finer parts that were not found and given up. `doubt` is subtracted from the confidence.
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

    @property
    def is_weak(self) -> bool:
        """Return whether the name is only a code or only similar, or a later part could not be read."""
        return self.entry.rank in (CODE_RANK, SIMILAR_RANK) or self.unread_parts > 0

    @property
    def is_full(self) -> bool:
        """Return whether every later part agrees."""
        return self.agreeing_parts == self.later_parts


class _ScoredEntry(NamedTuple):
    score: float
    agreements: list[float]
    entry: GazetteerEntry


def rank_matches(
    interpretations: list[Interpretation],
    qualifiers: tuple[Qualifier, ...],
    part: Part,
    gazetteer: Gazetteer,
) -> list[Match]:
    """Return at most 50 matches of a part, best first; an entry that the later parts contradict is left out."""
    ranked = _ranked_entries(interpretations, qualifiers, gazetteer)
    unread = sum(not qualifier.entries for qualifier in qualifiers)
    rival_score = _rival_score(ranked)
    matches = []
    for place, scored in enumerate(ranked[:MAX_MATCHES]):
        gap = scored.score - (ranked[0].score if place else rival_score)
        agreeing = sum(score > 0 for score in scored.agreements)
        matches.append(
            Match(scored.entry, scored.score, gap, agreeing, unread, len(qualifiers), (), part.text)
        )
    return matches


def _ranked_entries(
    interpretations: list[Interpretation], qualifiers: tuple[Qualifier, ...], gazetteer: Gazetteer
) -> list[_ScoredEntry]:
    best: dict[int, _ScoredEntry] = {}
    names_area = any(qualifier.admins for qualifier in qualifiers)
    for interpretation in interpretations:
        for named_entry in interpretation.entries:
            entry, agreements = named_entry, _agreements(named_entry, qualifiers)
            if not _is_consistent(entry, agreements, qualifiers):
                continue
            if not names_area and (area := _area_of_town(entry, interpretation, gazetteer)):
                entry, agreements = area, _agreements(area, qualifiers)
            score = prominence(entry) + kind_score(entry, interpretation.kinds)
            score += breadth_score(entry, qualifiers)
            score += sum(agreements) - interpretation.penalty
            if entry.id not in best or best[entry.id].score < score:
                best[entry.id] = _ScoredEntry(score, agreements, entry)
    return sorted(best.values(), key=lambda scored: -scored.score)


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
    pairs = list(zip(agreements, qualifiers, strict=True))
    if any(score <= MISMATCH and is_outside_town(entry, qualifier) for score, qualifier in pairs):
        return False
    of_areas = (score for score, qualifier in pairs if qualifier.admins and not qualifier.firm)
    return worst > EXCLUDED and any(score > 0 for score in of_areas)


def _area_of_town(
    entry: GazetteerEntry, interpretation: Interpretation, gazetteer: Gazetteer
) -> GazetteerEntry | None:
    """Return the first-level area around a town whose name comes with "region": "Kostroma region" is not a town."""
    if interpretation.kinds not in _KINDS_WIDER_THAN_A_TOWN or entry.kind != CITY or not entry.admin1:
        return None
    area = gazetteer.by_id(entry.admin1)
    return area._replace(rank=entry.rank, population=entry.population) if area else None


def _rival_score(ranked: list[_ScoredEntry]) -> float:
    """Return the score of the best place elsewhere; a town and the district around it are not rivals."""
    if not ranked:
        return 0.0
    best, scores = ranked[0], {scored.entry: scored.score for scored in ranked[1:MAX_MATCHES]}
    elsewhere = rival(best.entry, scores)
    return scores[elsewhere] if elsewhere else best.score - GAP_WITHOUT_RIVAL
