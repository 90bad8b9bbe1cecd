"""The entries that one part of a place string may mean, by its name, its core, or what it resembles."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from anyascii import anyascii

from geo.countries.names import country_name
from geo.gazetteer.demonyms import demonym
from geo.gazetteer.overlay import Overlay
from geo.gazetteer.place_kinds import split_kind, without_article
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.parser import Part
from geo.resolver.scoring import CITY, COUNTRY
from geo.resolver.spelling import likeness, within_one
from geo.text import fold, key, skeleton

_PREFIX = 4
_SMALL_CODES = frozenset(("uk", "eu"))


class Option(NamedTuple):
    """Entries that a part may mean, the kinds that it names, and how doubtful this way of reading it is."""

    entries: tuple[GazetteerEntry, ...]
    kinds: tuple[int, ...] | None
    doubt: float


def _is_small_code(entry: GazetteerEntry, part: Part) -> bool:
    return entry.kind == COUNTRY and (len(part.folded) > 2 or part.folded in _SMALL_CODES)


class Lookup:
    """Looks parts of place strings up in the gazetteer and the overlay."""

    def __init__(self, gazetteer: Gazetteer, overlays: Iterable[Path] = ()) -> None:
        self._gazetteer = gazetteer
        self._overlay = Overlay(gazetteer, overlays)

    def exact(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """List the entries with exactly this name, folded."""
        text = folded.replace(" ", "")
        extra = self._overlay.named(text)
        return extra + self._gazetteer.named(text) if extra else self._gazetteer.named(text)

    def country(self, code: str) -> tuple[GazetteerEntry, ...]:
        """List the entry of a country by its ISO code."""
        entries = self._gazetteer.named(key(country_name(code)))
        return tuple(entry for entry in entries if entry.kind == COUNTRY and entry.country == code)

    def options(self, part: Part) -> list[Option]:
        """List what a part may mean: the name as it stands, without its kind word, without its article."""
        exact = self.exact(part.folded)
        if not part.text.isupper():
            # "NYC" is a code, "mom" is a word; only countries are often written in small letters ("usa").
            exact = tuple(entry for entry in exact if entry.rank != 2 or _is_small_code(entry, part))
        elif len(part.text) == 2 and part.text.isascii():
            exact = tuple(entry for entry in exact if entry.rank == 2 or entry.kind == COUNTRY) or exact
        options = [Option(exact, None, 0.0)]
        bare = split_kind(part.folded)
        if bare and bare.name:
            # "Kansas City" is a name: only what has no such name is read as a kind and a core.
            known = any(entry.rank != 2 for entry in options[0].entries)
            entries = self.exact(bare.name)
            if CITY in bare.kinds[:1]:
                # "Arctic Village" is no country, though "Aruba island" is.
                entries = tuple(entry for entry in entries if entry.kind != COUNTRY)
            options.append(Option(entries, bare.kinds, 4.0 if known else 0.5))
        shorter = without_article(part.folded)
        if shorter and not options[0].entries:
            options.append(Option(self.exact(shorter), None, 0.3))
        if not any(option.entries for option in options) and not part.folded.isascii():
            options.append(Option(self.exact(fold(anyascii(part.text))), None, 0.5))
        return [option for option in options if option.entries]

    def adjective(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """List the country or area that an adjective belongs to: "Dutch", "catalán"."""
        meant = demonym(folded)
        if meant is None:
            return ()
        return self.country(meant) if len(meant) == 2 else self.exact(fold(meant))

    def similar(
        self, part: Part, alike: float | None, holds: Callable[[GazetteerEntry], bool]
    ) -> list[Option]:
        """List entries whose names resemble a part: typing errors, and what sounds the same and is alike.

        Without a measure of likeness (0 to 1), as where the country is not known, only typing errors count.
        `holds` tells whether the later parts hold an entry: of what sounds alike, most lies elsewhere.
        """
        bare = split_kind(part.folded)
        name, kinds = (bare.name, bare.kinds) if bare and bare.name else (part.folded, None)
        options = self._mistyped(name, kinds)
        if alike is not None:
            options += self._sounding(name, kinds, alike, holds)
        return options

    def _mistyped(self, name: str, kinds: tuple[int, ...] | None) -> list[Option]:
        wanted = name.replace(" ", "")
        if len(wanted) < 7 or any(letter.isdigit() for letter in wanted):
            return []
        keys = self._gazetteer.keys_with_prefix(wanted[:_PREFIX])
        close = [other for other in keys if within_one(wanted, other)]
        return [
            Option(tuple(entry._replace(rank=3) for entry in self._gazetteer.named(other)), kinds, 0.5)
            for other in close
        ]

    def _sounding(
        self, name: str, kinds: tuple[int, ...] | None, alike: float, holds: Callable[[GazetteerEntry], bool]
    ) -> list[Option]:
        bones = skeleton(name)
        if len(bones) < 3:
            return []
        scored: dict[float, list[GazetteerEntry]] = {}
        for entry in self._gazetteer.with_skeleton(bones):
            if holds(entry) and (score := likeness(name, entry.name)) >= alike:
                scored.setdefault(score, []).append(entry)
        return [Option(tuple(entries), kinds, 4 * (1 - score)) for score, entries in scored.items()]
