"""Every geocoder behind one door, against a local server; never a live service."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.geocoders.base import Geocoder

from geo.errors import BadPoint, GeocoderRefused, GeocoderUnavailable, GeoError
from geo.geocoders.network import AnswerCache, network_candidate_finder
from geo.geocoders.offline import GazetteerGeocoder
from geo.geocoders.rate_limit import DELAYS, RateLimit
from geo.geocoders.registry import make_geocoder, place_finder
from geo.place import Candidate, Place, Precision
from geo.resolver.resolver import Resolver

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
def _serving(status: int, answer: Any, **headers: str) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query))
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            asked[-1]["agent"] = [self.headers["User-Agent"]]
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
    place = place_finder("gazetteer", resolver)("Manchester", "US")
    assert place is not None
    assert (place.country, place.geocoder) == ("US", "gazetteer")


def test_nominatim_answers_become_places() -> None:
    with _serving(200, NOMINATIM) as (domain, asked):
        place = place_finder("nominatim", domain=domain, scheme="http")("Rotterdam", "Nederland")
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Rotterdam", "NL", Precision.CITY)
    assert (place.geocoder, place.gazetteer_id) == ("nominatim", "osm:r1411101")
    assert 20 < place.radius_km < 60
    assert asked[0]["q"] == ["Rotterdam, Netherlands"]


def test_photon_answers_become_places() -> None:
    with _serving(200, PHOTON) as (domain, _):
        place = place_finder("photon", domain=domain, scheme="http")("Hoflaan", None)
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Hoflaan", "NL", Precision.POINT)


def test_a_provider_that_knows_nothing_answers_nothing() -> None:
    with _serving(200, []) as (domain, _):
        assert place_finder("nominatim", domain=domain, scheme="http")("Nowheresville", None) is None


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_provider_that_fails_is_unavailable(status: int) -> None:
    with _serving(status, {}) as (domain, _), pytest.raises(GeocoderUnavailable, match="nominatim"):
        place_finder("nominatim", domain=domain, scheme="http")("Rotterdam", None)


def test_a_provider_that_is_down_is_unavailable() -> None:
    with pytest.raises(GeocoderUnavailable):
        place_finder("photon", domain="127.0.0.1:9", scheme="http", timeout=1)("Rotterdam", None)


@pytest.mark.parametrize(("name", "options"), [("atlas", {}), ("opencage", {}), ("photon", {"bogus": 1})])
def test_an_unknown_geocoder_or_option_is_named(name: str, options: dict[str, int]) -> None:
    with pytest.raises(GeoError, match=name):
        make_geocoder(name, **options)


LOCAL = {"scheme": "http", "delay": 0}
TOWN = Candidate(place=Place(name="Rotterdam", lon=4.48, lat=51.92, precision=Precision.CITY, country="NL"))


def test_requests_keep_the_least_delay() -> None:
    with _serving(200, NOMINATIM) as (domain, asked):
        ask = place_finder("nominatim", domain=domain, scheme="http", delay=0.2)
        before = time.monotonic()
        for _ in range(3):
            ask("Rotterdam", None)
        assert time.monotonic() - before >= 0.4
    assert len(asked) == 3


def test_the_public_nominatim_is_asked_at_most_once_a_second() -> None:
    assert DELAYS["nominatim"] >= 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_retry_after_is_waited_for_once(status: int) -> None:
    with _serving(status, {}, Retry_After="1") as (domain, asked):
        before = time.monotonic()
        with pytest.raises(GeocoderUnavailable):
            place_finder("nominatim", domain=domain, **LOCAL)("Rotterdam", None)
        assert time.monotonic() - before >= 1
    assert len(asked) == 2


def test_a_long_retry_after_leaves_the_provider_alone() -> None:
    with _serving(429, {}, Retry_After="3600") as (domain, asked):
        ask = place_finder("nominatim", domain=domain, **LOCAL)
        for _ in range(3):
            with pytest.raises(GeocoderUnavailable, match="nominatim did not answer"):
                ask("Rotterdam", None)
    assert len(asked) == 1


def test_a_provider_is_asked_again_after_its_rest() -> None:
    with _serving(500, {}) as (domain, asked):
        geocoder, limit = (
            make_geocoder("photon", domain=domain, scheme="http"),
            RateLimit("photon", 0, pause=0),
        )
        for _ in range(2):
            with pytest.raises(GeocoderUnavailable):
                limit.call(lambda: geocoder.geocode("Rotterdam"))
    assert len(asked) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_told_and_not_papered_over(status: int) -> None:
    with _serving(status, {}) as (domain, _):
        network = place_finder("nominatim", domain=domain, **LOCAL)
        ask = network_candidate_finder("nominatim", network, lambda text, country: [TOWN])
        with pytest.raises(GeocoderRefused):
            ask("Rotterdam", None)


def test_a_question_that_the_provider_cannot_read_has_no_answer() -> None:
    with _serving(400, {}) as (domain, _):
        assert place_finder("nominatim", domain=domain, **LOCAL)("???", None) is None


def test_requests_name_us_or_whom_the_settings_name() -> None:
    with _serving(200, PHOTON) as (domain, asked):
        place_finder("photon", domain=domain, **LOCAL)("Hoflaan", None)
        place_finder("photon", domain=domain, user_agent="desk@example.org", **LOCAL)("Hoflaan", None)
    assert "dateline" in asked[0]["agent"][0]
    assert asked[1]["agent"] == ["desk@example.org"]


def test_the_gazetteer_answers_while_the_provider_is_down_and_says_so_once() -> None:
    told: list[str] = []
    with _serving(503, {}) as (domain, asked):
        ask = network_candidate_finder(
            "photon",
            place_finder("photon", domain=domain, **LOCAL),
            lambda text, country: [TOWN],
            warn=told.append,
        )
        assert ask("Rotterdam", None) == ask("Schiedam", None) == [TOWN]
    assert len(asked) == len(told) == 1
    assert "photon did not answer" in told[0]


def test_an_answer_is_asked_for_once_and_stands_before_the_gazetteers() -> None:
    kept: dict[Any, Place | None] = {}
    memory = AnswerCache(
        lambda *at: (at in kept, kept.get(at)),
        lambda provider, text, country, place: kept.update({(provider, text, country): place}),
    )
    with _serving(200, PHOTON) as (domain, asked):
        offline = lambda text, country: [TOWN]  # noqa: E731  # one line, as the seam is
        ask = network_candidate_finder(
            "photon", place_finder("photon", domain=domain, **LOCAL), offline, memory
        )
        found = ask("Hoflaan", None)
        assert ask("Hoflaan", None) == found
    assert [one.place.geocoder for one in found] == ["photon", "gazetteer"]
    assert len(asked) == 1
