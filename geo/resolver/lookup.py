"""Look up the entries that one part of a place text may mean: by its name, without its kind word, or by likeness."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from anyascii import anyascii

from geo.countries.names import country_name
from geo.gazetteer.demonyms import demonym
from geo.gazetteer.features import AIRPORT, FeatureName, split_feature
from geo.gazetteer.overlay import Overlay
from geo.gazetteer.place_kinds import split_kind, without_article
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.codes import without_unlikely_codes
from geo.resolver.parser import Part
from geo.resolver.scoring import ADMIN1, ADMIN2, CITY, CODE_RANK, COUNTRY, SHORT_RANKS, SIMILAR_RANK
from geo.resolver.spelling import similarity, within_one_edit
from geo.text import fold, key, skeleton

CHARACTERS_WITHOUT_ERROR = 4  # at the beginning of a name with a typing error
MIN_CHARACTERS_FOR_ERROR = 7
MIN_CHARACTERS_OF_SKELETON = 3
IATA_CODE = re.compile("[A-Z]{3}")
BONUS_OF_AIRPORT = 3.0
PENALTY_OF_FEATURE_IN_NAME = (
    4.0  # "Laguna Woods" is a town: prefer the name as written to a lake called Woods
)
BONUS_OF_FULL_NAME = 2.0

IsInside = Callable[[GazetteerEntry], bool]


class Interpretation(NamedTuple):
    """Entries that a part may mean, the kinds that the part names, and a penalty for this interpretation."""

    entries: tuple[GazetteerEntry, ...]
    kinds: tuple[int, ...] | None
    penalty: float


class PartLookup:
    """Looks parts of place texts up in the gazetteer and the overlays."""

    def __init__(self, gazetteer: Gazetteer, overlays: Iterable[Path] = ()) -> None:
        self._gazetteer = gazetteer
        self._overlay = Overlay(gazetteer, overlays)

    def named(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """Return the entries with exactly this folded name, those of overlays first."""
        name_key = folded.replace(" ", "")
        return self._overlay.named(name_key) + self._gazetteer.named(name_key)

    def country(self, code: str) -> tuple[GazetteerEntry, ...]:
        """Return the entry of a country by its ISO code."""
        entries = self._gazetteer.named(key(country_name(code)))
        return tuple(entry for entry in entries if entry.kind == COUNTRY and entry.country == code)

    def interpretations(self, part: Part, *, is_later: bool = False) -> list[Interpretation]:
        """Return what a part may mean: as written, without its kind word, without its article, in Latin letters.

        `is_later` is whether another part precedes it: "Tex" is an abbreviation only after a town.
        """
        exact = Interpretation(
            without_unlikely_codes(self.named(part.folded), part.text, is_later=is_later), None, 0.0
        )
        results = [exact]
        without_kind = split_kind(part.folded)
        if without_kind and without_kind.name:
            results.append(self._without_kind(without_kind.name, without_kind.kinds, exact))
            if min(without_kind.kinds) >= ADMIN2:
                results.append(_full_names_of_areas(exact.entries, without_kind.kinds))
        if feature := split_feature(part.folded):
            results.append(self._feature(feature, part, exact))
        name = without_article(part.folded)
        if name and not exact.entries:
            results.append(Interpretation(self.named(name), None, 0.3))
        if not any(interpretation.entries for interpretation in results) and not part.folded.isascii():
            results.append(Interpretation(self.named(fold(anyascii(part.text))), None, 0.5))
        return [interpretation for interpretation in results if interpretation.entries]

    def _without_kind(self, name: str, kinds: tuple[int, ...], exact: Interpretation) -> Interpretation:
        entries = self.named(name)
        # "Kansas City" is a name: prefer the name as written to a kind and a name.
        is_name = any(entry.rank not in SHORT_RANKS for entry in exact.entries)
        if CITY in kinds[:1]:
            # "Arctic Village" is not a country, though "Aruba island" is; "New York City" is not the state.
            too_wide = ADMIN1 if is_name else COUNTRY
            entries = tuple(entry for entry in entries if entry.kind < too_wide)
        return Interpretation(entries, kinds, 4.0 if is_name else 0.5)

    def _feature(self, feature: FeatureName, part: Part, exact: Interpretation) -> Interpretation:
        entries = self._gazetteer.named(feature.key)
        if feature.kind == AIRPORT:
            # "JFK airport": a code is written in capitals, and no other place has a word for an airport.
            is_code = feature.name.upper() in part.text.split()
            entries = tuple(entry for entry in entries if is_code or entry.rank != CODE_RANK)
            return Interpretation(entries, None, -BONUS_OF_AIRPORT)
        return Interpretation(entries, None, PENALTY_OF_FEATURE_IN_NAME if exact.entries else 0.0)

    def with_airport_code(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Return the parts with the airport of an IATA code for the first two: "Heathrow Airport (LHR)"."""
        if len(parts) < 2 or not IATA_CODE.fullmatch(parts[1].text):
            return parts
        name = f"{parts[1].text} {parts[0].folded.split(' ')[-1]}"
        feature = split_feature(fold(name))
        if feature is None or feature.kind != AIRPORT:
            return parts
        has_code = any(entry.rank == CODE_RANK for entry in self._gazetteer.named(feature.key))
        return (Part.of(name), *parts[2:]) if has_code else parts

    def adjective(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """Return the country or area that an adjective belongs to: "Dutch", "catalán"."""
        target = demonym(folded)
        if target is None:
            return ()
        return self.country(target) if len(target) == 2 else self.named(fold(target))

    def similar(self, part: Part, min_similarity: float | None, is_inside: IsInside) -> list[Interpretation]:
        """Return entries with names like a part: typing errors, and names that sound the same and are similar.

        `min_similarity` is between 0 and 1; None, for a text without a country, allows only typing errors.
        `is_inside` returns whether the later parts contain an entry: most names that sound alike are elsewhere.
        """
        without_kind = split_kind(part.folded)
        name, kinds = part.folded, None
        if without_kind and without_kind.name:
            name, kinds = without_kind
        results = self._mistyped(name, kinds)
        if min_similarity is not None:
            results += self._sounding_alike(name, kinds, min_similarity, is_inside)
        return results

    def _mistyped(self, name: str, kinds: tuple[int, ...] | None) -> list[Interpretation]:
        name_key = name.replace(" ", "")
        if len(name_key) < MIN_CHARACTERS_FOR_ERROR or any(letter.isdigit() for letter in name_key):
            return []
        length = len(name_key)
        keys = self._gazetteer.keys_with_prefix(name_key[:CHARACTERS_WITHOUT_ERROR], length - 1, length + 1)
        close = [other for other in keys if within_one_edit(name_key, other)]
        return [
            Interpretation(
                tuple(entry._replace(rank=SIMILAR_RANK) for entry in self._gazetteer.named(other)), kinds, 0.5
            )
            for other in close
        ]

    def _sounding_alike(
        self, name: str, kinds: tuple[int, ...] | None, min_similarity: float, is_inside: IsInside
    ) -> list[Interpretation]:
        consonants = skeleton(name)
        if len(consonants) < MIN_CHARACTERS_OF_SKELETON:
            return []
        entries: dict[float, list[GazetteerEntry]] = {}
        for entry in self._gazetteer.with_skeleton(consonants):
            if is_inside(entry) and (score := similarity(name, entry.name, min_similarity)) >= min_similarity:
                entries.setdefault(score, []).append(entry)
        return [Interpretation(tuple(alike), kinds, 4 * (1 - score)) for score, alike in entries.items()]


def _full_names_of_areas(entries: tuple[GazetteerEntry, ...], kinds: tuple[int, ...]) -> Interpretation:
    """Return the areas among entries with a name as written: "Kyiv Oblast" is a full name, if not the primary one."""
    areas = tuple(entry for entry in entries if entry.kind in (ADMIN1, ADMIN2) and entry.kind in kinds)
    return Interpretation(areas, kinds, -BONUS_OF_FULL_NAME)
