"""Decide between a country and a town with the same name: "Poole" is in England, though it is Poland in Maori."""

from geo.gazetteer.reader import GazetteerEntry
from geo.resolver.scoring import CITY, COUNTRY, FOREIGN_RANK

MIN_PEOPLE_OF_TOWN = 1000
MIN_PEOPLE_OF_RIVAL = 20_000
MAX_COUNTRY_TO_TOWN = 100  # in people: "Líbano" is Lebanon, not the town in Colombia
MAX_SCORE_OF_FOREIGN_NAME = 5.0  # all scores are on the scale of geo.resolver.scoring
_GAP_IN_DOUBT = 0.05  # a person should choose between the two
_GAP_OF_EXACT_NAME = 1.0
_PRIMARY, _ALTERNATIVE = 0, 1

_Scores = dict[GazetteerEntry, float]
_LocalNames = dict[str, list[str]]  # by ISO code, in lower case


def scores_of_countries(scores: _Scores, text: str, local_names: _LocalNames) -> _Scores:
    """Return new scores for the countries and regions that share a name with towns abroad.

    A name in a language that is spoken elsewhere comes after a town. One in a language of the page or of the country,
    or a region's, comes before it, but in doubt if the country is small. The English name of a country keeps its score.
    """
    changed: _Scores = {}
    for entry, score in scores.items():
        if entry.kind == COUNTRY and (entry.rank in (_ALTERNATIVE, FOREIGN_RANK) or _is_region(entry)):
            towns = {
                town: own
                for town, own in scores.items()
                if town.kind == CITY and town.country not in entry.countries
            }
            if towns:
                changed[entry] = _score(entry, score, towns, text, local_names)
    return changed


def _is_region(entry: GazetteerEntry) -> bool:
    return entry.country is None and entry.rank == _PRIMARY


def _score(entry: GazetteerEntry, score: float, towns: _Scores, text: str, local_names: _LocalNames) -> float:
    """Return the score of a country or region beside those of the towns abroad."""
    own_names = [town for town in towns if town.rank == _PRIMARY]
    exact = [town for town in own_names if town.name.casefold() == text.casefold()]
    if not exact and not text.isascii() and _is_local(entry, text, local_names):
        # "França" is France in Catalan, not the Brazilian town of Franca.
        return max(score, max(towns.values()) + _GAP_OF_EXACT_NAME)
    rival = max(exact or own_names, key=towns.__getitem__, default=None)
    if rival is None or rival.population < MIN_PEOPLE_OF_TOWN:
        return score
    if entry.rank == FOREIGN_RANK or (exact and not _is_local(entry, text, local_names)):
        score = min(score, MAX_SCORE_OF_FOREIGN_NAME)
        return min(score, towns[rival] - _GAP_IN_DOUBT) if rival.population >= MIN_PEOPLE_OF_RIVAL else score
    if exact and rival.population >= max(MIN_PEOPLE_OF_RIVAL, entry.population / MAX_COUNTRY_TO_TOWN):
        return min(score, towns[rival] + _GAP_IN_DOUBT)
    return score


def _is_local(entry: GazetteerEntry, text: str, local_names: _LocalNames) -> bool:
    """Return whether a text is a region, or a country in a language of the page or of the country, with its accents."""
    if _is_region(entry):
        return True
    return (
        entry.rank == _ALTERNATIVE
        and bool(entry.country)
        and text.casefold() in local_names.get(entry.country or "", ())
    )
