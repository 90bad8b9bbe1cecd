"""Every geocoder behind one door, against a local server; never a live service."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.geocoders.base import Geocoder

from geo.errors import BadPoint, GeocoderUnavailable, GeoError
from geo.geocoders import GazetteerGeocoder, locator, make_geocoder
from geo.place import Precision
from geo.resolve import Resolver

NOMINATIM = [
    {
        "lat": "51.9244",
        "lon": "4.4777",
        "name": "Rotterdam",
        "display_name": "Rotterdam, Zuid-Holland, Nederland",
        "addresstype": "city",
        "osm_type": "relation",
        "osm_id": 1411101,
        "boundingbox": ["51.84", "51.99", "3.94", "4.60"],
        "address": {"country_code": "nl"},
    }
]
PHOTON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [4.4777, 51.9244]},
            "properties": {
                "name": "Hoflaan",
                "type": "street",
                "countrycode": "NL",
                "osm_type": "W",
                "osm_id": 7,
            },
        }
    ],
}


@contextmanager
def _serving(status: int, answer: Any) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_gazetteer_is_a_geopy_geocoder(resolver: Resolver) -> None:
    geocoder = make_geocoder("gazetteer", resolver=resolver)
    assert isinstance(geocoder, Geocoder)
    found = geocoder.geocode("San Luca, Reggio Calabria")
    assert (round(found.latitude, 2), round(found.longitude, 2)) == (38.15, 16.07)
    assert found.raw["precision"] == "city"
    assert found.address == "San Luca, Calabria, Italy"


def test_several_locations_come_as_a_list_and_none_as_none(resolver: Resolver) -> None:
    geocoder = GazetteerGeocoder(resolver)
    found = geocoder.geocode("Springfield", exactly_one=False, limit=3)
    assert isinstance(found, list)
    assert len(found) == 3
    assert geocoder.geocode("online") is None


def test_reverse_takes_latitude_first_as_geopy_does(resolver: Resolver) -> None:
    found = GazetteerGeocoder(resolver).reverse((38.11, 15.66), exactly_one=False)
    assert isinstance(found, list)
    assert [one.raw["precision"] for one in found] == ["city", "admin2", "admin1", "country"]


def test_reverse_refuses_what_is_no_point(resolver: Resolver) -> None:
    with pytest.raises(BadPoint):
        GazetteerGeocoder(resolver).reverse("nowhere near")


def test_the_locator_of_the_gazetteer_takes_a_country(resolver: Resolver) -> None:
    place = locator("gazetteer", resolver)("Manchester", "US")
    assert place is not None
    assert (place.country, place.geocoder) == ("US", "gazetteer")


def test_nominatim_answers_become_places() -> None:
    with _serving(200, NOMINATIM) as (domain, asked):
        place = locator("nominatim", domain=domain, scheme="http")("Rotterdam", "Nederland")
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Rotterdam", "NL", Precision.CITY)
    assert (place.geocoder, place.gazetteer_id) == ("nominatim", "osm:r1411101")
    assert 20 < place.radius_km < 60
    assert asked[0]["q"] == ["Rotterdam, Netherlands"]


def test_photon_answers_become_places() -> None:
    with _serving(200, PHOTON) as (domain, _):
        place = locator("photon", domain=domain, scheme="http")("Hoflaan", None)
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Hoflaan", "NL", Precision.POINT)


def test_a_provider_that_knows_nothing_answers_nothing() -> None:
    with _serving(200, []) as (domain, _):
        assert locator("nominatim", domain=domain, scheme="http")("Nowheresville", None) is None


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_provider_that_fails_is_unavailable(status: int) -> None:
    with _serving(status, {}) as (domain, _), pytest.raises(GeocoderUnavailable, match="nominatim"):
        locator("nominatim", domain=domain, scheme="http")("Rotterdam", None)


def test_a_provider_that_is_down_is_unavailable() -> None:
    with pytest.raises(GeocoderUnavailable):
        locator("photon", domain="127.0.0.1:9", scheme="http", timeout=1)("Rotterdam", None)


@pytest.mark.parametrize(("name", "options"), [("atlas", {}), ("opencage", {}), ("photon", {"bogus": 1})])
def test_an_unknown_geocoder_or_option_is_named(name: str, options: dict[str, int]) -> None:
    with pytest.raises(GeoError, match=name):
        make_geocoder(name, **options)
