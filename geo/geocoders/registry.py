"""One door to every geocoder: the offline gazetteer as a geopy class, and geopy's own for the network."""

from collections.abc import Callable
from typing import Any, NamedTuple

from geopy.adapters import URLLibAdapter
from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from geo.countries.lookup import country_code, country_name
from geo.errors import BadPoint, GeocoderRefused, GeocoderUnavailable, GeoError
from geo.gazetteer.reader import open_gazetteer
from geo.geocoders.provider_answers import place_from
from geo.geocoders.rate_limit import Pace
from geo.place import Candidate, Place
from geo.resolver.resolver import Resolver

OFFLINE = "gazetteer"
NETWORK = ("nominatim", "photon", "pelias", "geonames", "opencage", "arcgis", "here", "googlev3", "tomtom")
_USER_AGENT = "dateline (https://github.com/dateline/dateline)"

Locate = Callable[[str, str | None], Place | None]
"""Answers a place string, and the country (name or ISO code) it probably lies in, with a place or None."""

Ask = Callable[[str, str | None], list[Candidate]]
"""Answers the same question with ranked candidates, best first."""


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Geocodes offline, with geopy's own interface: interchangeable with Nominatim and the others."""

    def __init__(self, resolver: Resolver | None = None, **options: Any) -> None:
        """Take a resolver, or open the user's gazetteer; other options are geopy's (timeout, proxies …)."""
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
        """Find locations for a place string; None where there is none. `timeout` has no effect offline."""
        found = self.resolver.candidates(
            query, country=country, lang=language, limit=1 if exactly_one else limit or 10
        )
        if not found:
            return None
        return _location(found[0]) if exactly_one else [_location(one) for one in found]

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        language: str = "en",
        timeout: Any = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """Find the nearest city, then the areas and the country that hold a point (lat, lon, as in geopy).

        Raises BadPoint for numbers that are not finite or out of range.
        """
        try:
            where = Point(query)
        except (TypeError, ValueError) as error:
            raise BadPoint(str(error)) from None
        held = self.resolver.reverse(where.longitude, where.latitude, language)
        places = [place for place in (held.city, *held.areas[::-1], held.country) if place]
        found = [_location(Candidate(place=place)) for place in places]
        if not found:
            return None
        return found[0] if exactly_one else found


def _location(found: Candidate) -> Location:
    place = found.place
    names = [place.name, place.admin1, country_name(place.country) if place.country else None]
    raw = {field: getattr(place, field) for field in place.__slots__}
    raw |= {"precision": place.precision.value, "reasons": list(found.reasons)}
    address = ", ".join(dict.fromkeys(name for name in names if name))
    return Location(address, (place.lat, place.lon), raw)


def make_geocoder(name: str, **options: Any) -> Geocoder:
    """Make a geocoder by name: `gazetteer`, or one of geopy's; options go to its class (api_key, domain …).

    Raises GeoError for an unknown name or options that the class does not take.
    """
    try:
        if name == OFFLINE:
            return GazetteerGeocoder(**options)
        if name not in NETWORK:
            raise GeoError(f"unknown geocoder {name!r}: use one of {', '.join((OFFLINE, *NETWORK))}")
        options["user_agent"] = options.get("user_agent") or _USER_AGENT
        # geopy's other adapter, taken where `requests` is installed, repeats requests behind the pace's back.
        options.setdefault("adapter_factory", URLLibAdapter)
        return get_geocoder_for_service(name)(**options)
    except (TypeError, GeopyError) as error:
        raise GeoError(f"geocoder {name}: {error}") from error


def locator(name: str, resolver: Resolver | None = None, **options: Any) -> Locate:
    """Make the function text, country → Place of a geocoder by name; for the network see network_locator.

    `delay` is the least time between two requests in seconds; other options go to geopy's class.
    """
    if name == OFFLINE:
        offline = resolver or Resolver(open_gazetteer())
        return lambda text, country: offline.resolve(text, country=country)
    pace = Pace(name, options.pop("delay", None))
    return network_locator(name, make_geocoder(name, **options), pace)


def network_locator(name: str, geocoder: Geocoder, pace: Pace | None = None) -> Locate:
    """Make the function text, country → Place of any geopy geocoder; `name` goes into the places it finds.

    It keeps the provider's pace, and may raise GeocoderUnavailable or GeocoderRefused.
    """
    extra = {"addressdetails": True} if name == "nominatim" else {}
    kept = pace or Pace(name)

    def locate(text: str, country: str | None) -> Place | None:
        code = country_code(country) if country else None
        query = f"{text}, {country_name(code)}" if code else text
        found = kept.ask(lambda: geocoder.geocode(query, exactly_one=True, **extra))
        return place_from(found, name) if found else None

    return locate


class Memory(NamedTuple):
    """Answers of network geocoders, remembered by functions that the database's side passes in.

    `recall(provider, text, country)` tells whether there is an answer, and which; `keep` takes one more.
    """

    recall: Callable[[str, str, str | None], tuple[bool, Place | None]]
    keep: Callable[[str, str, str | None, Place | None], None]


def offline_asker(resolver: Resolver, limit: int = 5) -> Ask:
    """Make the function text, country → candidates of the gazetteer."""
    return lambda text, country: resolver.candidates(text, country=country, limit=limit)


def network_asker(
    name: str, locate: Locate, offline: Ask, memory: Memory | None = None, tell: Callable[[str], None] = print
) -> Ask:
    """Make the function text, country → candidates of a provider: its answer first, then the gazetteer's.

    What the provider answered before is not asked again. While it is down the gazetteer answers alone, and
    `tell` hears of it once. Raises GeocoderRefused when the provider does not let us in.
    """
    told: set[str] = set()

    def ask(text: str, country: str | None) -> list[Candidate]:
        known = offline(text, country)
        try:
            place = _recalled(name, locate, memory, text, country)
        except GeocoderRefused:
            raise
        except GeocoderUnavailable as error:
            if not told:
                tell(f"{error}; the offline gazetteer answers instead")
            told.add(name)
            return known
        if place is None:
            return known
        return [Candidate(place=place, reasons=(f"{name} answered so",)), *known]

    return ask


def _recalled(
    name: str, locate: Locate, memory: Memory | None, text: str, country: str | None
) -> Place | None:
    if memory is None:
        return locate(text, country)
    known, place = memory.recall(name, text, country)
    if not known:
        place = locate(text, country)
        memory.keep(name, text, country, place)
    return place
