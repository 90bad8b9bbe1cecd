"""Network geocoders of geopy as functions: text → place, and text → candidates with a cache and a fallback."""

from collections.abc import Callable
from typing import NamedTuple

from geopy.geocoders.base import Geocoder

from geo.countries.names import country_code, country_name
from geo.errors import GeocoderRefused, GeocoderUnavailable
from geo.geocoders.provider_answers import place_from
from geo.geocoders.rate_limit import RateLimit
from geo.place import Candidate, FindCandidates, FindPlace, Place


def network_place_finder(name: str, geocoder: Geocoder, rate_limit: RateLimit | None = None) -> FindPlace:
    """Return the function text, country → Place of a geopy geocoder; `name` becomes the `geocoder` of its places.

    The function keeps the provider's rate limit. It raises GeocoderUnavailable or GeocoderRefused.
    """
    extra = {"addressdetails": True} if name == "nominatim" else {}
    limit = rate_limit or RateLimit(name)

    def find_place(text: str, country: str | None) -> Place | None:
        code = country_code(country) if country else None
        query = f"{text}, {country_name(code)}" if code else text
        location = limit.call(lambda: geocoder.geocode(query, exactly_one=True, **extra))
        return place_from(location, name) if location else None

    return find_place


class AnswerCache(NamedTuple):
    """Stored answers of network geocoders, as two functions, since geo knows no database.

    `get(provider, text, country)` returns whether an answer is stored, and the answer. `put` stores an answer;
    None is the answer of a provider that knows no such place.
    """

    get: Callable[[str, str, str | None], tuple[bool, Place | None]]
    put: Callable[[str, str, str | None, Place | None], None]


def network_candidate_finder(
    name: str,
    find_place: FindPlace,
    offline: FindCandidates,
    cache: AnswerCache | None = None,
    warn: Callable[[str], None] = print,
) -> FindCandidates:
    """Return the function text, country → candidates of a provider: its answer first, then the gazetteer's.

    A cached answer is not requested again. While the provider is down, only the gazetteer answers, and `warn` is
    called once. The function raises GeocoderRefused if the provider refuses the requests, as for a wrong key.
    """
    warned = False

    def find_candidates(text: str, country: str | None) -> list[Candidate]:
        nonlocal warned
        candidates = offline(text, country)
        try:
            place = _cached_place(name, find_place, cache, text, country)
        except GeocoderRefused:
            raise
        except GeocoderUnavailable as error:
            if not warned:
                warn(f"{error}; the offline gazetteer answers instead")
            warned = True
            return candidates
        if place is None:
            return candidates
        return [Candidate(place=place, reasons=(f"{name} returned it",)), *candidates]

    return find_candidates


def _cached_place(
    name: str, find_place: FindPlace, cache: AnswerCache | None, text: str, country: str | None
) -> Place | None:
    if cache is None:
        return find_place(text, country)
    stored, place = cache.get(name, text, country)
    if not stored:
        place = find_place(text, country)
        cache.put(name, text, country, place)
    return place
