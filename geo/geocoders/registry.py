"""Geocoders by name: the offline gazetteer, or one of geopy's classes for network services."""

from typing import Any

from geopy.adapters import URLLibAdapter
from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import Geocoder

from geo.errors import GeoError
from geo.gazetteer.reader import open_gazetteer
from geo.geocoders.network import network_place_finder
from geo.geocoders.offline import GazetteerGeocoder
from geo.geocoders.rate_limit import RateLimit
from geo.place import FindPlace
from geo.resolver.resolver import Resolver

OFFLINE = "gazetteer"
NETWORK = ("nominatim", "photon", "pelias", "geonames", "opencage", "arcgis", "here", "googlev3", "tomtom")
_USER_AGENT = "dateline (https://github.com/dateline/dateline)"


def make_geocoder(name: str, **options: Any) -> Geocoder:
    """Return a geopy geocoder by name: `gazetteer`, or one of `NETWORK`.

    Options go to the geocoder's class (`api_key`, `domain`, `timeout` …).
    Raises GeoError for an unknown name, or for options that the class does not accept.
    """
    try:
        if name == OFFLINE:
            return GazetteerGeocoder(**options)
        if name not in NETWORK:
            names = ", ".join((OFFLINE, *NETWORK))
            raise GeoError(f"unknown geocoder {name!r}: expected one of {names}, for example {OFFLINE}")
        options["user_agent"] = options.get("user_agent") or _USER_AGENT
        # geopy prefers `requests` where it is installed. That adapter retries by itself, which breaks the rate limit.
        options.setdefault("adapter_factory", URLLibAdapter)
        return get_geocoder_for_service(name)(**options)
    except (TypeError, GeopyError) as error:
        raise GeoError(f"geocoder {name}: {error}") from error


def place_finder(name: str, resolver: Resolver | None = None, **options: Any) -> FindPlace:
    """Return the function text, country → Place of a geocoder by name; for the network see `network_place_finder`.

    `delay` is the minimum time between two requests in seconds; other options go to geopy's class.
    Raises GeoError for an unknown name or option.
    """
    if name == OFFLINE:
        gazetteer_resolver = resolver or Resolver(open_gazetteer())
        return lambda text, country: gazetteer_resolver.resolve(text, country=country)
    rate_limit = RateLimit(name, options.pop("delay", None))
    return network_place_finder(name, make_geocoder(name, **options), rate_limit)
