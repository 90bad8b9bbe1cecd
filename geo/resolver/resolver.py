"""From a place text to ranked candidates, each with its reasons; and from a point to places."""

from collections.abc import Iterable
from pathlib import Path

from geo.choice import is_undecided
from geo.countries.names import country_code
from geo.gazetteer.reader import Gazetteer
from geo.place import MIN_CONFIDENCE, Candidate, Place
from geo.resolver.address_places import address_candidates
from geo.resolver.candidates import is_sure, make_candidates
from geo.resolver.coded_places import coded_candidates
from geo.resolver.lookup import PartLookup
from geo.resolver.parser import is_nowhere, parse
from geo.resolver.readings import Readings
from geo.resolver.relative_places import relative_candidates
from geo.resolver.relative_texts import read_relative
from geo.resolver.reverse import PlacesAtPoint, places_at
from geo.resolver.scoring import SHORT_RANKS
from geo.text import fold

MAX_FALLBACK_RADIUS_KM = 1500.0
RIVALS_COMPARED = 10


class Resolver:
    """Resolves place texts with a gazetteer and overlays; safe to use from several threads.

    >>> resolver = Resolver(open_gazetteer())
    >>> resolver.resolve("San Luca, Reggio Calabria, Italy")
    Place(name='San Luca', lon=16.06629, lat=38.14749, precision=<Precision.CITY: 'city'>, country='IT', …)
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        overlays: Iterable[Path] = (),
        *,
        max_fallback_radius_km: float = MAX_FALLBACK_RADIUS_KM,
    ) -> None:
        """Use a gazetteer, and CSV files with additional places (columns as in geo/data/overlay.csv).

        If a finer part of a text is not found, the answer is the area that contains it, unless the area's radius
        is more than `max_fallback_radius_km`. Raises GazetteerError for an overlay that cannot be read.
        """
        self.gazetteer = gazetteer
        self._lookup = PartLookup(gazetteer, overlays)
        self._readings = Readings(gazetteer, self._lookup, max_fallback_radius_km)

    def resolve(self, text: str, *, country: str | None = None, lang: str = "en") -> Place | None:
        """Return the place that a text means, or None if the best candidate is no better than a guess."""
        hint = country_code(country) if country else None
        candidates = self._computed_candidates(text, hint, lang, RIVALS_COMPARED)
        if candidates is None:
            candidates = self._plain_candidates(text, hint, lang, RIVALS_COMPARED, limit_if_sure=1)
        if not candidates:
            return None
        best, *others = candidates
        if best.place.confidence < MIN_CONFIDENCE or is_undecided(
            best.place, (other.place for other in others)
        ):
            return None
        return best.place

    def candidates(
        self, text: str, *, country: str | None = None, lang: str = "en", limit: int = 10
    ) -> list[Candidate]:
        """Return the places that a text may mean, best first, with countries named in a language (BCP 47).

        `country` is a name in any language or an ISO code of the country where the place probably is. A country
        that cannot be read, or that the text itself contradicts, is ignored. No text raises an error.
        """
        hint = country_code(country) if country else None
        computed = self._computed_candidates(text, hint, lang, max(limit, RIVALS_COMPARED))
        return self._plain_candidates(text, hint, lang, limit) if computed is None else computed[:limit]

    def _computed_candidates(
        self, text: str, hint: str | None, lang: str, limit: int
    ) -> list[Candidate] | None:
        """Return the candidates for a code, an address or "12 km south of Kherson"; None for any other text."""

        def find(text: str, country: str | None = hint) -> list[Candidate]:
            return self._plain_candidates(text, country, lang, limit)

        coded = coded_candidates(text, find, self.gazetteer)
        if coded is not None:
            return coded
        relative = read_relative(text)
        # "Norte de Santander" is a name, not north of Santander.
        if relative and (relative.before or not self._is_name(fold(text.partition(", ")[0]))):
            return relative_candidates(relative, text.strip(), find, self.gazetteer)
        if text[-1:].isdigit() and is_nowhere(fold(text)):
            return []  # "hall 5" is a room, not house number 5 in Schwäbisch Hall
        return address_candidates(text, hint, find, self._is_name)

    def _is_name(self, folded: str) -> bool:
        return any(entry.rank not in SHORT_RANKS for entry in self._lookup.named(folded))

    def _plain_candidates(
        self, text: str, hint: str | None, lang: str, limit: int, *, limit_if_sure: int | None = None
    ) -> list[Candidate]:
        """Return the candidates for a text that names places only; fewer if the best one needs no comparison."""
        parsed = parse(text)
        if not parsed.parts:
            return []
        matches = self._readings.matches(parsed.parts, hint)
        if limit_if_sure and matches and is_sure(matches[0]):
            matches, limit = matches[:limit_if_sure], limit_if_sure
        return make_candidates(matches, self.gazetteer, lang, near=parsed.near, limit=limit)

    def reverse(self, lon: float, lat: float, lang: str = "en") -> PlacesAtPoint:
        """Return the places at a point in degrees; raise BadPoint for numbers that are not finite or out of range.

        The country is found by its borders, the admin areas by the nearest city (see PlacesAtPoint).
        """
        return places_at(self.gazetteer, lon, lat, lang)
