"""Decide by its letters whether a text is a code: "TUR" and "Pa." are, "Tur" is a word, and "Pa" only after a town."""

from geo.gazetteer.reader import GazetteerEntry
from geo.resolver.scoring import ABBREVIATION_RANK, ADMIN2, CODE_RANK, COUNTRY, SHORT_RANKS

_CODES_WRITTEN_AS_WORDS = frozenset(("eu", "uae", "uk", "usa"))

Entries = tuple[GazetteerEntry, ...]


def without_unlikely_codes(entries: Entries, text: str, *, is_later: bool) -> Entries:
    """Return the entries that a text with this spelling may mean; `is_later` is whether another part precedes it.

    In capitals a text may be a code, and one of two letters is: "Florence, CA". With a full stop it is an
    abbreviation, if there is one: "Miami, Fla." is not in Flå, Norway.
    """
    short = tuple(entry for entry in entries if entry.rank in SHORT_RANKS)
    if not short:
        return entries
    if text.isupper():
        is_pair = sum(map(str.isalpha, text)) == 2
        return (
            tuple(entry for entry in entries if entry in short or entry.kind == COUNTRY)
            if is_pair
            else entries
        )
    if "." in text and (abbreviations := tuple(entry for entry in short if entry.rank == ABBREVIATION_RANK)):
        return abbreviations
    return tuple(
        entry for entry in entries if entry not in short or _may_be_word(entry, text, is_later=is_later)
    )


def _may_be_word(entry: GazetteerEntry, text: str, *, is_later: bool) -> bool:
    """Return whether a text that is not in capitals may be the code or abbreviation of an entry."""
    if entry.rank == CODE_RANK and entry.kind == COUNTRY:
        return text.lower() in _CODES_WRITTEN_AS_WORDS or (is_later and len(text) > 2)
    return is_later and (entry.rank == ABBREVIATION_RANK or ("." in text and entry.kind >= ADMIN2))
