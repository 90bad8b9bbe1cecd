"""Decide between a famous town and an obscure one in a later part: "Dallas, Texx." is no village of Armenia."""

from geo.resolver.matches import Match
from geo.resolver.scoring import CITY
from geo.text import fold

MIN_GAP_TO_OBSCURE_TOWN = 1.0  # on the scale of geo.resolver.scoring
MIN_PEOPLE_OF_FAMOUS_TOWN = 100_000
MAX_PEOPLE_OF_OBSCURE_TOWN = 5000
MAX_PEOPLE_UNDER_ANOTHER_NAME = 100_000
MAX_CHARACTERS_OF_LIKELY_CODE = 4
DOUBT_OF_UNREAD_TOWN = 0.35


def is_obscure(match: Match) -> bool:
    """Return whether a match is a hamlet, or a town by another name that is unknown or as short as a code."""
    entry = match.entry
    if entry.kind > CITY:
        return False
    if entry.rank == 0:
        return entry.population < MAX_PEOPLE_OF_OBSCURE_TOWN
    is_short = len(fold(match.text)) <= MAX_CHARACTERS_OF_LIKELY_CODE
    return is_short or entry.population < MAX_PEOPLE_UNDER_ANOTHER_NAME


def is_famous(match: Match, obscure: Match) -> bool:
    """Return whether a match is a city, and much likelier by its name alone than an obscure town."""
    entry = match.entry
    return (
        entry.kind == CITY
        and entry.population >= MIN_PEOPLE_OF_FAMOUS_TOWN
        and match.score >= obscure.score + MIN_GAP_TO_OBSCURE_TOWN
    )


def with_unread_part(match: Match) -> Match:
    """Return a match with one more later part, which could not be read: a person should look at it."""
    return match._replace(
        unread_parts=match.unread_parts + 1,
        later_parts=match.later_parts + 1,
        doubt=match.doubt + DOUBT_OF_UNREAD_TOWN,
    )
