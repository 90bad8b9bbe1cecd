"""The offline gazetteer as a geopy geocoder, and as a function text → candidates."""

from typing import Any

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from geo.countries.names import country_name
from geo.errors import BadPoint
from geo.gazetteer.reader import open_gazetteer
from geo.place import Candidate, FindCandidates
from geo.resolver.resolver import Resolver


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """An offline geocoder with geopy's interface, interchangeable with Nominatim and the others."""

    def __init__(self, resolver: Resolver | None = None, **options: Any) -> None:
        """Use a resolver, or else the user's gazetteer; other options are geopy's (`timeout`, `proxies` …)."""
        super().__init__(**options)
        self.resolver = resolver or Resolver(open_gazetteer())

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        limit: int | None = None,
        country: str | None = None,
        language: str = "en",
        timeout: Any = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """Return the locations that a place text may mean, best first, or None if there are none.

        `timeout` has no effect offline.
        """
        candidates = self.resolver.candidates(
            query, country=country, lang=language, limit=1 if exactly_one else limit or 10
        )
        if not candidates:
            return None
        if exactly_one:
            return _location(candidates[0])
        return [_location(candidate) for candidate in candidates]

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        language: str = "en",
        timeout: Any = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """Return the city nearest to a point (lat, lon, as in geopy), then the areas and the country around it.

        Raises BadPoint for numbers that are not finite or out of range.
        """
        try:
            point = Point(query)
        except (TypeError, ValueError) as error:
            raise BadPoint(str(error)) from None
        around = self.resolver.reverse(point.longitude, point.latitude, language)
        places = [place for place in (around.city, *around.areas[::-1], around.country) if place]
        locations = [_location(Candidate(place=place)) for place in places]
        if not locations:
            return None
        return locations[0] if exactly_one else locations


def _location(candidate: Candidate) -> Location:
    place = candidate.place
    names = [place.name, place.admin1, country_name(place.country) if place.country else None]
    raw = {field: getattr(place, field) for field in place.__slots__}
    raw |= {"precision": place.precision.value, "reasons": list(candidate.reasons)}
    address = ", ".join(dict.fromkeys(name for name in names if name))
    return Location(address, (place.lat, place.lon), raw)


def offline_candidate_finder(resolver: Resolver, limit: int = 10) -> FindCandidates:
    """Return the function text, country → at most `limit` candidates of the gazetteer."""
    return lambda text, country: resolver.candidates(text, country=country, limit=limit)
