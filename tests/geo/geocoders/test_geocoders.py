"""Every geocoder behind the same functions, against a local server; never a live service."""

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
from geo.geocoders.offline import GazetteerGeocoder, offline_candidate_finder
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
def _provider(status: int, answer: Any, **headers: str) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    requests: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(parse_qs(urlsplit(self.path).query))
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            requests[-1]["agent"] = [self.headers["User-Agent"]]
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
        yield f"127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_gazetteer_is_a_geopy_geocoder(resolver: Resolver) -> None:
    geocoder = make_geocoder("gazetteer", resolver=resolver)
    assert isinstance(geocoder, Geocoder)
    location = geocoder.geocode("San Luca, Reggio Calabria")
    assert (round(location.latitude, 2), round(location.longitude, 2)) == (38.15, 16.07)
    assert location.raw["precision"] == "city"
    assert location.address == "San Luca, Calabria, Italy"


def test_several_locations_are_a_list_and_an_unknown_place_is_none(resolver: Resolver) -> None:
    geocoder = GazetteerGeocoder(resolver)
    locations = geocoder.geocode("Springfield", exactly_one=False, limit=3)
    assert isinstance(locations, list)
    assert len(locations) == 3
    assert geocoder.geocode("online") is None


def test_reverse_takes_latitude_first_as_geopy_does(resolver: Resolver) -> None:
    locations = GazetteerGeocoder(resolver).reverse((38.11, 15.66), exactly_one=False)
    assert isinstance(locations, list)
    assert [location.raw["precision"] for location in locations] == ["city", "admin2", "admin1", "country"]


def test_reverse_refuses_an_invalid_point(resolver: Resolver) -> None:
    with pytest.raises(BadPoint):
        GazetteerGeocoder(resolver).reverse("nowhere near")


def test_the_place_finder_of_the_gazetteer_uses_the_country(resolver: Resolver) -> None:
    place = place_finder("gazetteer", resolver)("Manchester", "US")
    assert place is not None
    assert (place.country, place.geocoder) == ("US", "gazetteer")


def test_nominatim_answers_become_places() -> None:
    with _provider(200, NOMINATIM) as (domain, requests):
        place = place_finder("nominatim", domain=domain, scheme="http")("Rotterdam", "Nederland")
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Rotterdam", "NL", Precision.CITY)
    assert (place.geocoder, place.gazetteer_id) == ("nominatim", "osm:r1411101")
    assert 20 < place.radius_km < 60
    assert requests[0]["q"] == ["Rotterdam, Netherlands"]


def test_photon_answers_become_places() -> None:
    with _provider(200, PHOTON) as (domain, _):
        place = place_finder("photon", domain=domain, scheme="http")("Hoflaan", None)
    assert place is not None
    assert (place.name, place.country, place.precision) == ("Hoflaan", "NL", Precision.POINT)


def test_a_place_that_the_provider_does_not_know_is_none() -> None:
    with _provider(200, []) as (domain, _):
        assert place_finder("nominatim", domain=domain, scheme="http")("Nowheresville", None) is None


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_provider_that_fails_is_unavailable(status: int) -> None:
    with _provider(status, {}) as (domain, _), pytest.raises(GeocoderUnavailable, match="nominatim"):
        place_finder("nominatim", domain=domain, scheme="http")("Rotterdam", None)


def test_a_provider_that_is_down_is_unavailable() -> None:
    with pytest.raises(GeocoderUnavailable):
        place_finder("photon", domain="127.0.0.1:9", scheme="http", timeout=1)("Rotterdam", None)


@pytest.mark.parametrize(("name", "options"), [("atlas", {}), ("opencage", {}), ("photon", {"bogus": 1})])
def test_an_error_names_the_geocoder(name: str, options: dict[str, int]) -> None:
    with pytest.raises(GeoError, match=name):
        make_geocoder(name, **options)


LOCAL = {"scheme": "http", "delay": 0}
TOWN = Candidate(place=Place(name="Rotterdam", lon=4.48, lat=51.92, precision=Precision.CITY, country="NL"))


def test_requests_keep_the_minimum_delay() -> None:
    with _provider(200, NOMINATIM) as (domain, requests):
        find = place_finder("nominatim", domain=domain, scheme="http", delay=0.2)
        before = time.monotonic()
        for _ in range(3):
            find("Rotterdam", None)
        assert time.monotonic() - before >= 0.4
    assert len(requests) == 3


def test_the_public_nominatim_has_a_delay_of_a_second() -> None:
    assert DELAYS["nominatim"] >= 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_is_repeated_once_after_a_short_retry_after(status: int) -> None:
    with _provider(status, {}, Retry_After="1") as (domain, requests):
        before = time.monotonic()
        with pytest.raises(GeocoderUnavailable):
            place_finder("nominatim", domain=domain, **LOCAL)("Rotterdam", None)
        assert time.monotonic() - before >= 1
    assert len(requests) == 2


def test_no_request_follows_a_long_retry_after() -> None:
    with _provider(429, {}, Retry_After="3600") as (domain, requests):
        find = place_finder("nominatim", domain=domain, **LOCAL)
        for _ in range(3):
            with pytest.raises(GeocoderUnavailable, match="nominatim did not answer"):
                find("Rotterdam", None)
    assert len(requests) == 1


def test_requests_go_on_after_the_pause() -> None:
    with _provider(500, {}) as (domain, requests):
        geocoder = make_geocoder("photon", domain=domain, scheme="http")
        limit = RateLimit("photon", 0, pause=0)
        for _ in range(2):
            with pytest.raises(GeocoderUnavailable):
                limit.call(lambda: geocoder.geocode("Rotterdam"))
    assert len(requests) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_an_error_and_the_gazetteer_does_not_answer(status: int) -> None:
    with _provider(status, {}) as (domain, _):
        network = place_finder("nominatim", domain=domain, **LOCAL)
        find = network_candidate_finder("nominatim", network, lambda text, country: [TOWN])
        with pytest.raises(GeocoderRefused):
            find("Rotterdam", None)


def test_a_query_that_the_provider_rejects_has_no_place() -> None:
    with _provider(400, {}) as (domain, _):
        assert place_finder("nominatim", domain=domain, **LOCAL)("???", None) is None


def test_the_user_agent_is_ours_or_that_of_the_options() -> None:
    with _provider(200, PHOTON) as (domain, requests):
        place_finder("photon", domain=domain, **LOCAL)("Hoflaan", None)
        place_finder("photon", domain=domain, user_agent="desk@example.org", **LOCAL)("Hoflaan", None)
    assert "dateline" in requests[0]["agent"][0]
    assert requests[1]["agent"] == ["desk@example.org"]


def test_the_gazetteer_answers_while_the_provider_is_down_and_warns_once() -> None:
    warnings: list[str] = []
    with _provider(503, {}) as (domain, requests):
        find = network_candidate_finder(
            "photon",
            place_finder("photon", domain=domain, **LOCAL),
            lambda text, country: [TOWN],
            warn=warnings.append,
        )
        assert find("Rotterdam", None) == find("Schiedam", None) == [TOWN]
    assert len(requests) == len(warnings) == 1
    assert "photon did not answer" in warnings[0]


def test_an_answer_is_cached_and_precedes_those_of_the_gazetteer() -> None:
    answers: dict[Any, Place | None] = {}
    cache = AnswerCache(
        lambda *query: (query in answers, answers.get(query)),
        lambda provider, text, country, place: answers.update({(provider, text, country): place}),
    )
    with _provider(200, PHOTON) as (domain, requests):
        offline = lambda text, country: [TOWN]  # noqa: E731 a function in a line
        find = network_candidate_finder(
            "photon", place_finder("photon", domain=domain, **LOCAL), offline, cache
        )
        candidates = find("Hoflaan", None)
        assert find("Hoflaan", None) == candidates
    assert [candidate.place.geocoder for candidate in candidates] == ["photon", "gazetteer"]
    assert len(requests) == 1


@pytest.mark.parametrize("text", ["Hoflaan 5, 3062 JC Rotterdam", "12 km south of Rotterdam", "9F46WF77+88"])
def test_a_provider_gets_the_whole_text_and_the_gazetteer_its_town(resolver: Resolver, text: str) -> None:
    with _provider(200, NOMINATIM) as (domain, requests):
        network = place_finder("nominatim", domain=domain, **LOCAL)
        find = network_candidate_finder("nominatim", network, offline_candidate_finder(resolver))
        candidates = find(text, None)
    assert requests[0]["q"] == [text]
    assert candidates[0].place.geocoder == "nominatim"
    assert {candidate.place.geocoder for candidate in candidates[1:]} == {"gazetteer"}
