"""A place string → ranked candidates, each with its reasons."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from geo import countries
from geo.answer import Found, candidate
from geo.gazetteer import Entry, Gazetteer
from geo.join import joined
from geo.lookup import Lookup, Option
from geo.parse import Part, is_nowhere, parse, tails
from geo.place import Candidate, Place
from geo.score import COUNTRY, MISMATCH, Qualifier, agreement, fits, prominence, qualifier

_HONEST = 0.2
_CONTRADICTED = MISMATCH / 2


class _Scored(NamedTuple):
    score: float
    worst: float
    entry: Entry


class Resolver:
    """Reads place strings with a gazetteer and an overlay; safe to use from several threads."""

    def __init__(self, gazetteer: Gazetteer, overlays: Iterable[Path] = ()) -> None:
        """Take a gazetteer, and files of places of one's own (columns as in geo/data/overlay.csv)."""
        self.gazetteer = gazetteer
        self._lookup = Lookup(gazetteer, overlays)
        self._qualify = lru_cache(maxsize=4096)(self._make_qualifiers)

    def resolve(self, text: str, *, country: str | None = None, lang: str = "en") -> Place | None:
        """Find the place that a text means, or None where no answer is better than a guess."""
        best = self.candidates(text, country=country, lang=lang, limit=1)
        return best[0].place if best and best[0].place.confidence >= _HONEST else None

    def candidates(
        self, text: str, *, country: str | None = None, lang: str = "en", limit: int = 10
    ) -> list[Candidate]:
        """Rank the places that a text may mean, best first.

        `country` is a name in any language or an ISO code that the place probably lies in; what cannot be
        read is ignored, and so is one that the text itself contradicts. Never raises for any text.
        """
        reading = parse(text)
        if not reading.parts:
            return []
        hint = countries.country_code(country) if country else None
        found = self._search(reading.parts, hint)
        if hint and not found:
            found = [one._replace(doubt=one.doubt + 0.3) for one in self._search(reading.parts, None)]
        return [candidate(one, self.gazetteer, lang, near=reading.near) for one in found[:limit]]

    def _search(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        found = self._by_parts(parts, hint)
        if len(parts) > 1 and (not found or found[0].fallen) and self._is_country(parts[0]):
            turned = self._by_parts(parts[::-1], hint)
            if turned and not turned[0].fallen:
                return turned
        if not found or found[0].fallen or found[0].weak:
            found = self._other_readings(parts, hint) or found
        return found

    def _is_country(self, part: Part) -> bool:
        return any(entry.kind == COUNTRY and entry.rank == 0 for entry in self._lookup.exact(part.folded))

    def _other_readings(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the parts in less usual ways: "Halle (Saale)", "Paris TX", "England and Wales"."""
        if len(parts) > 1:
            whole = " ".join(part.folded for part in parts[:2])
            merged = self._by_parts((Part(f"{parts[0].text} {parts[1].text}", whole), *parts[2:]), hint)
            if merged and not merged[0].fallen and not merged[0].weak:
                return merged
        both = joined(parts, self._lookup)
        if both:
            return [both]
        for head, tail in tails(parts[0]):
            if self._holds_places(tail):
                split = self._by_parts((head, tail, *parts[1:]), hint)
                if split and not split[0].fallen:
                    return split
        return []

    def _holds_places(self, part: Part) -> bool:
        return any(entry.kind > 2 for entry in self._lookup.exact(part.folded))

    def _by_parts(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Take the finest part that is known and agrees with the later ones; say how many were given up."""
        for fallen in range(len(parts)):
            part, said = parts[fallen], self._qualify(parts[fallen + 1 :], hint)
            if is_nowhere(part.folded):
                continue
            ranked = self._rank(part, said, alone=fallen + 1 == len(parts), whole=not fallen)
            if ranked:
                lost = tuple(part.text for part in parts[:fallen])
                return self._describe(ranked, said, part, lost)
        return []

    def _rank(self, part: Part, said: tuple[Qualifier, ...], *, alone: bool, whole: bool) -> list[_Scored]:
        scored = self._score(self._lookup.options(part), said)
        if not scored and whole and not (alone and not said and len(part.folded) < 7):
            scored = self._score(self._lookup.similar(part, anywhere=not said), said)
        return scored

    @staticmethod
    def _score(options: list[Option], said: tuple[Qualifier, ...]) -> list[_Scored]:
        best: dict[int, _Scored] = {}
        for option in options:
            for entry in option.entries:
                score, worst = prominence(entry) + fits(entry, option.kinds) - option.doubt, 0.0
                for one in said:
                    agrees = agreement(entry, one)
                    score, worst = score + agrees, min(worst, agrees)
                if worst > _CONTRADICTED and (entry.id not in best or best[entry.id].score < score):
                    best[entry.id] = _Scored(score, worst, entry)
        return sorted(best.values(), key=lambda one: -one.score)

    def _describe(
        self, ranked: list[_Scored], said: tuple[Qualifier, ...], part: Part, lost: tuple[str, ...]
    ) -> list[Found]:
        described = []
        for place, one in enumerate(ranked[:50]):
            rival = ranked[1 - min(place, 1)].score if len(ranked) > 1 else None
            gap = one.score - rival if rival is not None else 3.0
            agreed = sum(agreement(one.entry, other) > 0 for other in said)
            unread = sum(not other.entries for other in said)
            described.append(Found(one.entry, one.score, gap, agreed, unread, len(said), lost, part.text))
        return described

    def _make_qualifiers(self, parts: tuple[Part, ...], hint: str | None) -> tuple[Qualifier, ...]:
        """Read the later parts from the coarsest on; a finer one means only what the coarser ones hold."""
        made: list[Qualifier] = []
        for part in reversed(parts):
            entries = tuple(entry for option in self._lookup.options(part) for entry in option.entries)
            held = tuple(e for e in entries if all(agreement(e, one) > _CONTRADICTED for one in made))
            made.append(qualifier(part.text, held))
        if hint and not any(one.firm for one in made):
            made.append(Qualifier(hint, self._lookup.country(hint), {hint: 4.0}, {}, (), True))
        return tuple(made)
