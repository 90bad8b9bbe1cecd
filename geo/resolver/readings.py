"""The ways in which the parts of a place text can be read, from the usual one to the last resort."""

from functools import lru_cache, partial

from geo.countries.names import country_name
from geo.gazetteer.demonyms import demonym
from geo.gazetteer.place_kinds import is_kind
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.famous_towns import is_famous, is_obscure, with_unread_part
from geo.resolver.glued_names import split_glued
from geo.resolver.lookup import Interpretation, IsInside, PartLookup
from geo.resolver.matches import Match, is_inside, rank_matches
from geo.resolver.parser import Part, is_nowhere, part_without_article, split_at_hyphens, split_at_spaces
from geo.resolver.scoring import (
    ADMIN1,
    ADMIN2,
    CITY,
    COUNTRY,
    SHORT_RANKS,
    Qualifier,
    is_well_known,
    is_well_known_area,
    make_qualifier,
    prominence,
)
from geo.resolver.two_areas import match_two_areas

MAX_QUALIFIERS_CACHED = 4096
MAX_PARTS_SPLIT = 2
MIN_SIMILARITY_IN_COUNTRY = 0.75
MIN_SIMILARITY_IN_AREA = 0.5
WEIGHT_OF_GIVEN_COUNTRY = 4.0
DOUBT_ELSEWHERE = 0.5
MAX_GAP_ELSEWHERE = -3.0
MIN_PEOPLE_OF_TOWN_WITH_QUARTERS = 10_000
LEAD_OF_TOWN = 0.7  # on the scale of geo.resolver.scoring


class Readings:
    """Tries the readings of a text's parts until one gives a good match; safe to use from several threads.

    `hint` is the ISO code of the country where the place probably is, or None.
    """

    def __init__(self, gazetteer: Gazetteer, lookup: PartLookup, max_fallback_radius_km: float) -> None:
        self._gazetteer = gazetteer
        self._lookup = lookup
        self._max_fallback_radius_km = max_fallback_radius_km
        self._qualifiers = lru_cache(maxsize=MAX_QUALIFIERS_CACHED)(self._make_qualifiers)

    def matches(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Return what the parts may mean, best first."""
        parts = self._without_placeholder(self._lookup.with_airport_code(parts), hint)
        matches = self._first_good_reading(parts, hint)
        if hint and not matches:
            return self._hinted_country(parts, hint)
        return matches

    def _without_placeholder(self, parts: tuple[Part, ...], hint: str | None) -> tuple[Part, ...]:
        """Drop a first part that names nothing: "unknown", or a word for a kind of place that is not a town there."""
        if len(parts) > 1 and is_nowhere(parts[0].folded):
            return parts[1:]
        if len(parts) < 2 or not is_kind(parts[0].folded):
            return parts
        matches = self._as_written(parts, hint)
        return parts if matches and matches[0].is_full else parts[1:]

    def _first_good_reading(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Return the matches of the first reading with a good one, else of the first with any, else a fallback."""
        weak: list[Match] = []
        for read in (
            self._as_written,
            self._glued,
            self._coarsest_first,
            self._area_before_town,
            self._first_two_merged,
            self._two_areas,
            self._adjective_first,
            self._area_without_comma,
            self._one_of_hyphenated,
            self._misspelt,
        ):
            matches = read(parts, hint)
            if matches and not matches[0].is_weak:
                return self._known_area_first(parts, hint, matches[0]) or matches
            weak = weak or matches
        return weak or self._fallback(parts, hint)

    def _as_written(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the parts as they are, finest first: "San Luca, Reggio Calabria, Italy"."""
        if is_nowhere(parts[0].folded):
            return []
        qualifiers = self._qualifiers(parts[1:], hint)
        interpretations = self._lookup.interpretations(parts[0])
        return rank_matches(interpretations, qualifiers, parts[0], self._gazetteer)

    def _glued(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read Chinese, Japanese and Korean names that are written as one word, coarsest first: 東京都渋谷区."""
        split = (split_glued(part, self._lookup) for part in parts[:MAX_PARTS_SPLIT])
        pieces = (*(piece for names in split for piece in names), *parts[MAX_PARTS_SPLIT:])
        if len(pieces) == len(parts):
            return []
        return self._as_written(pieces, hint) or self._without_finest(pieces, hint)

    def _coarsest_first(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the parts in reverse order: "Italy, Rome"."""
        first = self._lookup.named(parts[0].folded) if len(parts) > 1 else ()
        if not any(entry.kind == COUNTRY and entry.rank == 0 and entry.country for entry in first):
            return []
        return self._as_written(parts[::-1], hint)

    def _area_before_town(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the first part as the area of the second: "Bavaria, Munich, Germany"."""
        if len(parts) < 2:
            return []
        areas = {entry.id for entry in self._lookup.named(parts[0].folded) if is_well_known_area(entry)}
        matches = self._as_written((parts[1], parts[0], *parts[2:]), hint) if areas else []
        is_inside_area = matches and matches[0].entry.kind == CITY and matches[0].entry.admin1 in areas
        return matches if is_inside_area and matches[0].is_full else []

    def _known_area_first(self, parts: tuple[Part, ...], hint: str | None, best: Match) -> list[Match]:
        """Read "Texas, Houston" as the city: no well-known state is a district near a town with that name."""
        is_district = best.entry.kind == ADMIN2 and best.later_parts > 0
        return self._area_before_town(parts, hint) if is_district else []

    def _first_two_merged(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the first two parts as one name: "Halle (Saale)"."""
        if len(parts) < 2:
            return []
        merged = Part(f"{parts[0].text} {parts[1].text}", f"{parts[0].folded} {parts[1].folded}")
        return self._as_written((merged, *parts[2:]), hint) if self._lookup.named(merged.folded) else []

    def _two_areas(self, parts: tuple[Part, ...], _hint: str | None) -> list[Match]:
        """Read the first part as two areas: "England and Wales"."""
        match = match_two_areas(parts, self._lookup)
        return [match] if match else []

    def _adjective_first(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the beginning of the first part as the area of its end: "Dutch port of Rotterdam", "French Alps"."""
        for adjective, name in reversed(split_at_spaces(part_without_article(parts[0]))):
            target = demonym(adjective.folded)
            if target is None:
                continue
            area = Part.of(country_name(target) if len(target) == 2 else target)
            first_parts = (area,) if is_nowhere(name.folded) else (name, area)
            matches = self._as_written((*first_parts, *parts[1:]), hint)
            if matches and matches[0].is_full:
                return matches
        return []

    def _area_without_comma(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the end of the first part as the area of its beginning: "Paris TX", "Parijs Francia"."""
        for head, tail in split_at_spaces(parts[0]):
            if any(entry.kind >= ADMIN2 for entry in self._lookup.named(tail.folded)):
                matches = self._as_written((head, tail, *parts[1:]), hint)
                if matches and matches[0].is_full:
                    return matches
        return []

    def _one_of_hyphenated(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read one piece of the first part: "Pecs-Pogany", "Chicago/Aurora"."""
        pieces = split_at_hyphens(parts[0])
        for number, piece in enumerate(pieces):
            matches = self._as_written((piece, *parts[1:]), hint)
            if matches and matches[0].later_parts and not matches[0].unread_parts:
                # An area contains what was written before it: "Illaga-Papua Island".
                is_around = number > 0 and matches[0].entry.kind in (ADMIN1, ADMIN2)
                lost_parts = tuple(lost.text for lost in pieces[:number]) if is_around else ()
                return [match._replace(lost_parts=lost_parts) for match in matches]
        return []

    def _misspelt(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Read the first part as a name with another spelling."""
        part, qualifiers = parts[0], self._qualifiers(parts[1:], hint)
        if is_nowhere(part.folded):
            return []
        min_similarity = MIN_SIMILARITY_IN_COUNTRY if qualifiers else None
        if any(qualifier.admins and not qualifier.coded for qualifier in qualifiers):
            min_similarity = MIN_SIMILARITY_IN_AREA
        similar = self._lookup.similar(part, min_similarity, partial(is_inside, qualifiers))
        return rank_matches(similar, qualifiers, part, self._gazetteer)

    def _fallback(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Return the area around the finest parts, or a famous first part if that area is only an obscure town."""
        around = self._without_finest(parts, hint)
        if not around or not is_obscure(around[0]):
            return around
        famous = self._as_written((parts[0], *parts[2:]), hint)
        if not famous or not is_famous(famous[0], around[0]):
            return around
        return [*map(with_unread_part, famous), around[0]._replace(gap=MAX_GAP_ELSEWHERE)]

    def _without_finest(self, parts: tuple[Part, ...], hint: str | None) -> list[Match]:
        """Drop the finest parts one by one, until the area around them is found."""
        for dropped in range(1, len(parts)):
            coarser = parts[dropped:]
            matches = self._as_written(coarser, hint) or self._misspelt(coarser, hint)
            if matches and matches[0].entry.radius_km <= self._max_fallback_radius_km:
                lost_parts = tuple(part.text for part in parts[:dropped])
                is_in_town = self._may_contain(matches[0].entry, parts[dropped], parts[:dropped])
                return [
                    match._replace(lost_parts=lost_parts, is_lost_in_town=is_in_town) for match in matches
                ]
        return []

    def _may_contain(self, town: GazetteerEntry, part: Part, finer: tuple[Part, ...]) -> bool:
        """Return whether a part names a town of some size, and the finer parts may be a street or quarter of it.

        "Zorgvlied, Amsterdam" is in Amsterdam. But "Moyamba district" is not the town, "Paris" in "Paris, London" is
        as well known as London, and "Kananga, Kasaï Central, Istanbul" names an area elsewhere.
        """
        if town.population < MIN_PEOPLE_OF_TOWN_WITH_QUARTERS:
            return False
        if not _towns(self._lookup.interpretations(part, is_later=True), (town,)):
            return False
        if any(is_well_known(entry) for lost in finer[1:] for entry in self._lookup.named(lost.folded)):
            return False
        limit = prominence(town) - LEAD_OF_TOWN
        return not any(
            entry.rank == 0 and entry.kind != ADMIN2 and prominence(entry) > limit
            for lost in finer[:1]
            for entry in self._lookup.named(lost.folded)
        )

    def _hinted_country(self, parts: tuple[Part, ...], hint: str) -> list[Match]:
        """Return the hinted country for a text that is not found in it, then what the text means elsewhere."""
        lost_parts = tuple(part.text for part in parts)
        country = [
            match._replace(lost_parts=lost_parts)
            for match in self._as_written((Part.of(country_name(hint)),), None)[:1]
            if match.entry.radius_km <= self._max_fallback_radius_km
        ]
        elsewhere = [
            match._replace(doubt=match.doubt + DOUBT_ELSEWHERE, gap=min(match.gap, MAX_GAP_ELSEWHERE))
            for match in self._first_good_reading(parts, None)
        ]
        return country + elsewhere

    def _make_qualifiers(self, parts: tuple[Part, ...], hint: str | None) -> tuple[Qualifier, ...]:
        """Read the later parts, coarsest first: a finer one means only entries inside the coarser ones."""
        qualifiers: list[Qualifier] = []
        for part in reversed(parts):
            qualifiers.append(self._qualifier(part, qualifiers))
        if hint and not any(qualifier.firm for qualifier in qualifiers):
            entries = self._lookup.country(hint)
            qualifiers.append(
                Qualifier(hint, entries, {hint: WEIGHT_OF_GIVEN_COUNTRY}, {}, firm=True, coded=False)
            )
        return tuple(qualifiers)

    def _qualifier(self, part: Part, coarser: list[Qualifier]) -> Qualifier:
        if len(part.text) == 2 and part.text.islower():
            part = part._replace(text=part.text.upper())
        inside = partial(is_inside, tuple(coarser))
        interpretations = self._lookup.interpretations(part, is_later=True)
        named = tuple(entry for interpretation in interpretations for entry in interpretation.entries)
        entries = tuple(filter(inside, named)) if named else self._lookup.adjective(part.folded)
        if not entries and coarser:
            entries = self._misspelt_areas(part, inside)
        entries = _without_areas_of(coarser, entries)
        qualifier = make_qualifier(part.text, entries, _towns(interpretations, entries))
        return qualifier._replace(is_elsewhere=not entries and any(map(is_well_known, named)))

    def _misspelt_areas(self, part: Part, inside: IsInside) -> tuple[GazetteerEntry, ...]:
        similar = self._lookup.similar(part, MIN_SIMILARITY_IN_AREA, inside)
        areas = (
            entry
            for interpretation in similar
            for entry in interpretation.entries
            if entry.kind in (ADMIN1, ADMIN2)
        )
        return tuple(filter(inside, areas))


def _without_areas_of(
    coarser: list[Qualifier], entries: tuple[GazetteerEntry, ...]
) -> tuple[GazetteerEntry, ...]:
    """Leave out first-level areas that a coarser part means, if a town remains: "São Paulo, São Paulo, Brazil"."""
    written = {area for qualifier in coarser for area in qualifier.admins}
    others = tuple(entry for entry in entries if entry.kind != ADMIN1 or entry.id not in written)
    return others if any(entry.kind == CITY for entry in others) else entries


def _towns(
    interpretations: list[Interpretation], entries: tuple[GazetteerEntry, ...]
) -> tuple[GazetteerEntry, ...]:
    """Return those of the entries that are towns by a name without a kind of area."""
    ids = {
        entry.id
        for interpretation in interpretations
        if interpretation.kinds in (None, (CITY,))
        for entry in interpretation.entries
        if entry.kind == CITY and entry.rank not in SHORT_RANKS
    }
    return tuple(entry for entry in entries if entry.id in ids)
