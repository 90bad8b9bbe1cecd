"""A place string → ranked candidates, each with its reasons."""

from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from geo.choice import is_undecided, rival
from geo.countries.names import country_code, country_name
from geo.gazetteer.demonyms import demonym
from geo.gazetteer.place_kinds import is_kind
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import MIN_CONFIDENCE, Candidate, Place
from geo.resolver.candidates import Found, candidates
from geo.resolver.lookup import Lookup, Option
from geo.resolver.parser import Part, is_nowhere, parse, pieces, tails, unarticled
from geo.resolver.reverse import Surroundings, surroundings
from geo.resolver.scoring import (
    ADMIN1,
    ADMIN2,
    CITY,
    COUNTRY,
    EXCLUDED,
    MISMATCH,
    Qualifier,
    agreement,
    breadth,
    fits,
    prominence,
    qualifier,
)
from geo.resolver.two_areas import joined
from geo.text import fold

_MOST = 50
_ALONE = 3.0
_WIDEST_KM = 1500.0
_FEW = 10
_ELSEWHERE = -3.0
_WIDE = ((ADMIN1,), (ADMIN1, ADMIN2, COUNTRY))
_ALIKE = 0.75
_ALIKE_IN_AREA = 0.5


class _Scored(NamedTuple):
    score: float
    agreed: list[float]
    entry: GazetteerEntry


def _stands(agreed: list[float], said: tuple[Qualifier, ...]) -> bool:
    """Tell whether no later part contradicts an entry, or a coarser area makes up for a finer one."""
    worst = min(agreed, default=0.0)
    if worst > MISMATCH:
        return True
    areas = (value for value, one in zip(agreed, said, strict=True) if one.admins and not one.firm)
    return worst > EXCLUDED and any(value > 0 for value in areas)


def _within(said: Iterable[Qualifier], entry: GazetteerEntry) -> bool:
    return all(agreement(entry, one) > MISMATCH for one in said)


def _next(ranked: list[_Scored]) -> float:
    """Give the score of the best place elsewhere: a town and the district around it are no rivals."""
    if not ranked:
        return 0.0
    best, scores = ranked[0], {one.entry: one.score for one in ranked[1:_MOST]}
    other = rival(best.entry, scores)
    return scores[other] if other else best.score - _ALONE


class Resolver:
    """Reads place strings with a gazetteer and an overlay; safe to use from several threads."""

    def __init__(
        self, gazetteer: Gazetteer, overlays: Iterable[Path] = (), *, widest_km: float = _WIDEST_KM
    ) -> None:
        """Take a gazetteer, and files of places of one's own (columns as in geo/data/overlay.csv).

        Where a finer part is not known, what holds it is the answer, unless its radius is more than `widest_km`.
        """
        self._widest = widest_km
        self.gazetteer = gazetteer
        self._lookup = Lookup(gazetteer, overlays)
        self._qualify = lru_cache(maxsize=4096)(self._make_qualifiers)

    def resolve(self, text: str, *, country: str | None = None, lang: str = "en") -> Place | None:
        """Find the place that a text means, or None where no answer is better than a guess."""
        found, near = self._find(text, country)
        if not found:
            return None
        best, *others = candidates(found, self.gazetteer, lang, near=near, limit=_FEW)
        if best.place.confidence < MIN_CONFIDENCE or is_undecided(best.place, (one.place for one in others)):
            return None
        return best.place

    def candidates(
        self, text: str, *, country: str | None = None, lang: str = "en", limit: int = 10
    ) -> list[Candidate]:
        """Rank the places that a text may mean, best first; without a language, in English.

        `country` is a name in any language or an ISO code that the place probably lies in; what cannot be
        read is ignored, and so is one that the text itself contradicts. Never raises for any text.
        """
        found, near = self._find(text, country)
        return candidates(found, self.gazetteer, lang, near=near, limit=limit)

    def _find(self, text: str, country: str | None) -> tuple[list[Found], bool]:
        """Find what a text may mean, best first, and whether it says that the place is only near it."""
        reading = parse(text)
        if not reading.parts:
            return [], False
        hint = country_code(country) if country else None
        parts = self._named(reading.parts, hint)
        found = self._search(parts, hint)
        if hint and not found:
            found = self._contradicted(parts, hint)
        return found, reading.near

    def _contradicted(self, parts: tuple[Part, ...], hint: str) -> list[Found]:
        """Answer a text that is not known in its country by the country; what lies elsewhere comes after."""
        country = Part(country_name(hint), fold(country_name(hint)))
        lost = tuple(part.text for part in parts)
        whole = [one._replace(lost=lost) for one in self._plain((country,), None)[:1]]
        kept = [one for one in whole if one.entry.radius_km <= self._widest]
        elsewhere = self._search(parts, None)
        return kept + [one._replace(doubt=one.doubt + 0.5, gap=min(one.gap, _ELSEWHERE)) for one in elsewhere]

    def reverse(self, lon: float, lat: float, lang: str = "en") -> Surroundings:
        """Find what holds a point in degrees; raise BadPoint for numbers that are not finite or out of range.

        The country is read from polygons, the admin areas from the nearest city (see Surroundings).
        """
        return surroundings(self.gazetteer, lon, lat, lang)

    def _named(self, parts: tuple[Part, ...], hint: str | None) -> tuple[Part, ...]:
        """Leave a first part out that names nothing: "unknown", or a word for a kind of place that no town has."""
        if len(parts) > 1 and is_nowhere(parts[0].folded):
            return parts[1:]
        if len(parts) < 2 or not is_kind(parts[0].folded):
            return parts
        found = self._plain(parts, hint)
        return parts if found and found[0].agreed == found[0].said else parts[1:]

    def _search(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Try ways of reading the parts, the usual one first; a weak result waits for a better."""
        weak: list[Found] = []
        for reading in (
            self._plain,
            self._turned,
            self._merged,
            self._both,
            self._adjective,
            self._split,
            self._pieces,
            self._like,
        ):
            found = reading(parts, hint)
            if found and not found[0].weak:
                return found
            weak = weak or found
        return weak or self._fallen(parts, hint)

    def _plain(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the parts as they stand, finest first: "San Luca, Reggio Calabria, Italy"."""
        if is_nowhere(parts[0].folded):
            return []
        said = self._qualify(parts[1:], hint)
        return self._describe(self._score(self._lookup.options(parts[0]), said), said, parts[0])

    def _turned(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the parts coarsest first: "Italy, Rome"."""
        first = self._lookup.exact(parts[0].folded) if len(parts) > 1 else ()
        if not any(entry.kind == COUNTRY and entry.rank == 0 and entry.country for entry in first):
            return []
        return self._plain(parts[::-1], hint)

    def _merged(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the first two parts as one name: "Halle (Saale)"."""
        if len(parts) < 2:
            return []
        whole = Part(f"{parts[0].text} {parts[1].text}", f"{parts[0].folded} {parts[1].folded}")
        return self._plain((whole, *parts[2:]), hint) if self._lookup.exact(whole.folded) else []

    def _both(self, parts: tuple[Part, ...], _hint: str | None) -> list[Found]:
        """Read the first part as two areas: "England and Wales"."""
        both = joined(parts, self._lookup)
        return [both] if both else []

    def _split(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the end of the first part as what holds its beginning: "Paris TX", "Parijs Francia"."""
        for head, tail in tails(parts[0]):
            if any(entry.kind >= ADMIN2 for entry in self._lookup.exact(tail.folded)):
                found = self._plain((head, tail, *parts[1:]), hint)
                if found and found[0].agreed == found[0].said:
                    return found
        return []

    def _adjective(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the beginning of the first part as what holds its end: "Dutch port of Rotterdam", "French Alps"."""
        for adjective, rest in reversed(tails(unarticled(parts[0]))):
            meant = demonym(adjective.folded)
            if meant is None:
                continue
            name = country_name(meant) if len(meant) == 2 else meant
            holder = Part(name, fold(name))
            named = (holder,) if is_nowhere(rest.folded) else (rest, holder)
            found = self._plain((*named, *parts[1:]), hint)
            if found and found[0].agreed == found[0].said:
                return found
        return []

    def _like(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read the first part as a name spelt a little differently."""
        part, said = parts[0], self._qualify(parts[1:], hint)
        if is_nowhere(part.folded):
            return []
        areas = any(one.admins and not one.coded for one in said)
        alike = _ALIKE_IN_AREA if areas else _ALIKE if said else None
        ranked = self._score(self._lookup.similar(part, alike, partial(_within, said)), said)
        return self._describe(ranked, said, part)

    def _pieces(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Read a piece of the first part: "Pecs-Pogany", "Chicago/Aurora"."""
        for piece in pieces(parts[0]):
            found = self._plain((piece, *parts[1:]), hint)
            if found and found[0].said and not found[0].unread:
                return found
        return []

    def _fallen(self, parts: tuple[Part, ...], hint: str | None) -> list[Found]:
        """Give the finest parts up one by one, until what holds them is known."""
        for fallen in range(1, len(parts)):
            rest = parts[fallen:]
            found = self._plain(rest, hint) or self._like(rest, hint)
            if found and found[0].entry.radius_km <= self._widest:
                lost = tuple(part.text for part in parts[:fallen])
                return [one._replace(lost=lost) for one in found]
        return []

    def _grown(self, entry: GazetteerEntry, option: Option) -> GazetteerEntry | None:
        """Take a town for the first-level area around it: "Kostroma region" is no town."""
        if option.kinds not in _WIDE or entry.kind != CITY or not entry.admin1:
            return None
        area = self.gazetteer.by_id(entry.admin1)
        return area._replace(rank=entry.rank, population=entry.population) if area else None

    def _score(self, options: list[Option], said: tuple[Qualifier, ...]) -> list[_Scored]:
        best: dict[int, _Scored] = {}
        for option in options:
            for entry in option.entries:
                agreed = [agreement(entry, one) for one in said]
                if not _stands(agreed, said):
                    continue
                if not any(one.admins for one in said) and (grown := self._grown(entry, option)):
                    entry = grown
                    agreed = [agreement(entry, one) for one in said]
                score = prominence(entry) + fits(entry, option.kinds) + breadth(entry, said)
                score += sum(agreed) - option.doubt
                if entry.id not in best or best[entry.id].score < score:
                    best[entry.id] = _Scored(score, agreed, entry)
        return sorted(best.values(), key=lambda one: -one.score)

    @staticmethod
    def _describe(ranked: list[_Scored], said: tuple[Qualifier, ...], part: Part) -> list[Found]:
        described = []
        unread = sum(not one.entries for one in said)
        after = _next(ranked)
        for place, one in enumerate(ranked[:_MOST]):
            gap = one.score - (ranked[0].score if place else after)
            agreed = sum(value > 0 for value in one.agreed)
            described.append(Found(one.entry, one.score, gap, agreed, unread, len(said), (), part.text))
        return described

    def _make_qualifiers(self, parts: tuple[Part, ...], hint: str | None) -> tuple[Qualifier, ...]:
        """Read the later parts from the coarsest on; a finer one means only what the coarser ones hold."""
        made: list[Qualifier] = []
        for part in reversed(parts):
            small = len(part.text) == 2 and part.text.islower()
            part = part._replace(text=part.text.upper()) if small else part
            entries = tuple(entry for option in self._lookup.options(part) for entry in option.entries)
            held = tuple(e for e in entries if _within(made, e))
            if not entries:
                held = self._lookup.adjective(part.folded)
            if not held and made:
                similar = self._lookup.similar(part, _ALIKE_IN_AREA, partial(_within, made))
                areas = (e for option in similar for e in option.entries if e.kind in (ADMIN1, ADMIN2))
                held = tuple(e for e in areas if _within(made, e))
            made.append(qualifier(part.text, held))
        if hint and not any(one.firm for one in made):
            made.append(Qualifier(hint, self._lookup.country(hint), {hint: 4.0}, {}, (), True, False))
        return tuple(made)
