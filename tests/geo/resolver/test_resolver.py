"""Place texts: a table of answers that must be right, fallbacks, and texts without a place."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import GazetteerError
from geo.gazetteer.reader import Gazetteer
from geo.place import Place, Precision
from geo.resolver.resolver import Resolver
from geo.sphere import distance_km

# text, country, precision, lon, lat, tolerance in kilometres
PLACES = [
    ("Serbia", "RS", "country", 20.8, 44.2, 150),
    ("Netherlands", "NL", "country", 5.6, 52.3, 80),
    ("Belgium", "BE", "country", 4.6, 50.6, 60),
    ("Peru", "PE", "country", -75.0, -10.0, 500),
    ("Canada", "CA", "country", -102.0, 58.0, 600),
    ("Brazil", "BR", "country", -53.1, -10.8, 400),
    ("Germany", "DE", "country", 10.4, 51.1, 100),
    ("Italy", "IT", "country", 12.5, 42.5, 200),
    ("France", "FR", "country", 2.5, 46.6, 100),
    ("Portugal", "PT", "country", -8.0, 39.7, 100),
    ("Slovenia", "SI", "country", 14.8, 46.1, 40),
    ("Spain", "ES", "country", -3.6, 40.3, 100),
    ("Romania", "RO", "country", 25.0, 45.9, 80),
    ("Panama", "PA", "country", -80.5, 8.5, 150),
    ("Australia", "AU", "country", 134.4, -25.6, 400),
    ("Israel", "IL", "country", 34.9, 31.2, 80),
    ("Croatia", "HR", "country", 16.4, 45.5, 120),
    ("Hungary", "HU", "country", 19.4, 47.2, 60),
    ("United States", "US", "country", -99.0, 39.5, 500),
    ("United Kingdom", "GB", "country", -1.9, 53.0, 250),
    ("Poland", "PL", "country", 19.4, 52.1, 80),
    ("Colombia", "CO", "country", -73.1, 3.9, 200),
    ("Ecuador", "EC", "country", -78.4, -1.4, 120),
    ("Ireland", "IE", "country", -8.1, 53.2, 60),
    ("Georgia", "GE", "country", 43.5, 42.2, 80),
    ("China", "CN", "country", 103.8, 36.6, 400),
    ("Niger", "NE", "country", 9.4, 17.4, 200),
    ("Jordan", "JO", "country", 36.8, 31.2, 100),
    ("Aruba", "AW", "country", -69.98, 12.52, 10),
    ("Aruba, Netherlands Antilles", "AW", "country", -69.98, 12.52, 10),
    ("Belgrade, Serbia", "RS", "city", 20.465, 44.804, 5),
    ("Rotterdam, Netherlands", "NL", "city", 4.479, 51.922, 5),
    ("Hasselt, Belgium", "BE", "city", 5.338, 50.931, 5),
    ("The Hague, Netherlands", "NL", "city", 4.30, 52.077, 5),
    ("Duisburg, Germany", "DE", "city", 6.765, 51.432, 5),
    ("Cali, Colombia", "CO", "city", -76.52, 3.43, 5),
    ("San Luca, Reggio Calabria, Italy", "IT", "city", 16.066, 38.147, 5),
    ("Reggio Calabria, Italy", "IT", "city", 15.66, 38.11, 5),
    ("Reggio Calabria province", "IT", "admin2", 16.0, 38.25, 30),
    ("Haute-Marne, France", "FR", "admin2", 5.2, 48.1, 30),
    ("Umbaúba, Sergipe, Brazil", "BR", "city", -37.658, -11.383, 5),
    ("Umbauba, Brazil", "BR", "city", -37.658, -11.383, 5),
    ("Rio de Janeiro, Brazil", "BR", "city", -43.2, -22.9, 15),
    ("Complexo do Alemão, Rio de Janeiro, Brazil", "BR", "neighbourhood", -43.27, -22.86, 1),
    ("Complexo do Alemão, Rio de Janeiro, RJ, Brazil", "BR", "neighbourhood", -43.27, -22.86, 1),
    ("Jacarezinho, Rio de Janeiro, Brazil", "BR", "neighbourhood", -43.257, -22.887, 1),
    ("Vila Cruzeiro, Rio de Janeiro, Brazil", "BR", "neighbourhood", -43.276, -22.847, 1),
    ("England", "GB", "admin1", -1.5, 52.5, 100),
    ("Scotland", "GB", "admin1", -4.0, 56.5, 100),
    ("Wales", "GB", "admin1", -3.8, 52.3, 60),
    ("Northern Ireland", "GB", "admin1", -6.6, 54.6, 50),
    ("England and Wales", "GB", "admin1", -2.3, 52.4, 100),
    ("England and Wales, United Kingdom", "GB", "admin1", -2.3, 52.4, 100),
    ("Western Australia", "AU", "admin1", 121.0, -28.0, 700),
    ("Western Australia, Australia", "AU", "admin1", 121.0, -28.0, 700),
    ("Perth, Western Australia", "AU", "city", 115.86, -31.95, 10),
    ("Waterloo, Ontario, Canada", "CA", "city", -80.516, 43.467, 5),
    ("Waterloo Region, Ontario, Canada", "CA", "admin2", -80.5, 43.45, 20),
    ("Regional Municipality of Waterloo, Ontario, Canada", "CA", "admin2", -80.5, 43.45, 20),
    ("Kitchener, Ontario", "CA", "city", -80.511, 43.425, 5),
    ("Cambridge, Ontario, Canada", "CA", "city", -80.313, 43.36, 5),
    ("London, Ontario", "CA", "city", -81.233, 42.983, 5),
    ("Toronto", "CA", "city", -79.4, 43.7, 10),
    ("Paris", "FR", "city", 2.349, 48.853, 5),
    ("Paris, TX", "US", "city", -95.556, 33.661, 5),
    ("Paris TX", "US", "city", -95.556, 33.661, 5),
    ("Parijs Francia", "FR", "city", 2.349, 48.853, 5),
    ("Atlanta, GA", "US", "city", -84.388, 33.749, 5),
    ("Lebanon, PA", "US", "city", -76.411, 40.341, 5),
    ("Vienna, VA", "US", "city", -77.265, 38.901, 5),
    ("New York", "US", "city", -74.006, 40.714, 20),
    ("Washington, D.C.", "US", "city", -77.036, 38.895, 10),
    ("Fort Worth, TX", "US", "city", -97.32, 32.73, 10),
    ("Kyiv", "UA", "city", 30.523, 50.45, 5),
    ("Київ", "UA", "city", 30.523, 50.45, 5),
    ("東京", "JP", "city", 139.69, 35.69, 10),
    ("القاهرة", "EG", "city", 31.25, 30.06, 10),
    ("灣仔, 香港", "HK", "city", 114.17, 22.28, 5),
    ("München", "DE", "city", 11.575, 48.137, 5),
    ("Muenchen", "DE", "city", 11.575, 48.137, 5),
    ("Moskau", "RU", "city", 37.618, 55.752, 5),
    ("Parigi", "FR", "city", 2.349, 48.853, 5),
    ("Halle (Saale)", "DE", "city", 11.97, 51.48, 5),
    ("Myanmar (Burma)", "MM", "country", 96.5, 21.2, 300),
    ("Italy, Rome", "IT", "city", 12.5, 41.9, 10),
    ("Hong Kong, China", "HK", "country", 114.14, 22.4, 30),
]

REGIONS = [
    ("West Africa", {"NG", "SN", "GH", "ML"}),
    ("the Balkans", {"AL", "BA", "BG", "RS", "XK"}),
    ("Western Balkans", {"AL", "BA", "ME", "MK", "RS", "XK"}),
    ("European Union", {"DE", "FR", "IE"}),
    ("EU", {"DE", "FR", "IE"}),
    ("Europe", {"DE", "GB", "UA"}),
    ("South America", {"BR", "AR"}),
    ("Latin America", {"BR", "MX"}),
    ("Middle East", {"IL", "SY", "IQ"}),
    ("Scandinavia", {"DK", "NO", "SE"}),
    ("Baltic states", {"EE", "LT", "LV"}),
    ("Netherlands Antilles", {"AW", "CW", "BQ", "SX"}),
    ("Yugoslavia", {"RS", "HR"}),
    ("Syria-Turkey border", {"SY", "TR"}),
]

NOWHERE = [
    "",
    " ",
    "online",
    "Online",
    "unknown",
    "(national)",
    "mom's basement",
    "😀🎉",
    "12345",
    "-22.9, -43.2",
    "\x00\x01\x02",
    "\u202e\u200f",
    "'; DROP TABLE place;--",
    "* OR NEAR(",
    "a" * 10_000,
    "Rome, " * 2_000,
]


def _resolve(resolver: Resolver, text: str) -> Place:
    place = resolver.resolve(text)
    assert place is not None
    return place


@pytest.mark.parametrize(("text", "country", "precision", "lon", "lat", "km"), PLACES)
def test_a_place_text_has_the_right_answer(
    resolver: Resolver, text: str, country: str, precision: str, lon: float, lat: float, km: float
) -> None:
    place = _resolve(resolver, text)
    assert (place.country, place.precision) == (country, precision)
    assert distance_km(lon, lat, place.lon, place.lat) <= km


@pytest.mark.parametrize(("text", "codes"), REGIONS)
def test_a_region_lists_its_countries(resolver: Resolver, text: str, codes: set[str]) -> None:
    place = _resolve(resolver, text)
    assert place.country is None
    assert place.precision is Precision.COUNTRY
    assert codes <= set(place.countries)
    assert place.radius_km > 100


@pytest.mark.parametrize("text", NOWHERE)
def test_a_text_without_a_place_has_no_answer(resolver: Resolver, text: str) -> None:
    assert resolver.resolve(text) is None


def test_an_unknown_neighbourhood_is_its_city_with_a_larger_radius(resolver: Resolver) -> None:
    rio = _resolve(resolver, "Rio de Janeiro, Brazil")
    place = _resolve(resolver, "Morro do Nunca Visto, Rio de Janeiro, Brazil")
    assert (place.gazetteer_id, place.precision) == (rio.gazetteer_id, Precision.CITY)
    assert place.radius_km > rio.radius_km
    assert place.confidence < rio.confidence


def test_a_neighbourhood_of_the_same_name_in_another_state_is_not_the_answer(resolver: Resolver) -> None:
    town = _resolve(resolver, "Jacarezinho, Paraná, Brazil")
    assert (town.precision, town.admin1) == (Precision.CITY, "Paraná")


def test_an_unknown_place_is_its_country_with_the_reason(resolver: Resolver) -> None:
    best = resolver.candidates("Nowheresville, Unknown District, Serbia")[0]
    assert (best.place.country, best.place.precision) == ("RS", Precision.COUNTRY)
    assert "Nowheresville" in best.reasons[0]


def test_the_word_unknown_before_a_country_is_the_country(resolver: Resolver) -> None:
    assert _resolve(resolver, "unknown, Brazil").gazetteer_id == "geonames:3469034"


def test_the_place_of_a_country_has_its_name_and_geonames_id(resolver: Resolver) -> None:
    place = _resolve(resolver, "Italy")
    assert (place.name, place.gazetteer_id, place.countries) == ("Italy", "geonames:3175395", ())
    assert place.confidence > 0.9
    assert place.geocoder == "gazetteer"


@pytest.mark.parametrize(
    ("lang", "name"), [("de", "Italien"), ("ja", "イタリア"), ("zz", "Italy"), ("!", "Italy")]
)
def test_countries_have_names_in_the_language_of_the_request(
    resolver: Resolver, lang: str, name: str
) -> None:
    assert resolver.candidates("Italia", lang=lang)[0].place.name == name


@pytest.mark.parametrize(
    ("country", "code"), [("US", "US"), ("Vereinigte Staaten", "US"), ("gb", "GB"), ("Narnia", "GB")]
)
def test_the_country_argument_decides_between_namesakes(resolver: Resolver, country: str, code: str) -> None:
    place = resolver.resolve("Manchester", country=country)
    assert place is not None
    assert place.country == code


def test_a_country_in_the_text_overrides_the_country_argument(resolver: Resolver) -> None:
    place = resolver.resolve("Rotterdam, Netherlands", country="US")
    assert place is not None
    assert place.country == "NL"


def test_a_country_argument_without_such_a_place_gives_unsure_candidates(resolver: Resolver) -> None:
    first, second, *_ = resolver.candidates("Duisburg", country="PE")
    assert (first.place.country, first.place.precision, second.place.country) == (
        "PE",
        Precision.COUNTRY,
        "DE",
    )
    assert first.place.confidence < 0.2


@pytest.mark.parametrize(
    "text",
    ["Khalasah village, Jabal Saman district, Aleppo governorate, Syria", "Tadmur district, Homs, Syria"],
)
def test_a_village_in_a_war_report_is_at_least_in_its_governorate(resolver: Resolver, text: str) -> None:
    place = _resolve(resolver, text)
    assert place.country == "SY"
    assert place.admin1 in ("Ḩalab", "Ḩimş")


def test_a_typing_error_in_a_long_name_is_corrected(resolver: Resolver) -> None:
    place = _resolve(resolver, "Rotterdm, Netherlands")
    assert place.gazetteer_id == "geonames:2747891"
    assert place.confidence < 0.95


def test_the_word_near_adds_25_km_to_the_radius(resolver: Resolver) -> None:
    assert _resolve(resolver, "near Kyiv").radius_km == _resolve(resolver, "Kyiv").radius_km + 25


def test_candidates_are_sorted_and_limited(resolver: Resolver) -> None:
    candidates = resolver.candidates("Springfield", limit=5)
    assert len(candidates) == 5
    confidences = [candidate.place.confidence for candidate in candidates]
    assert confidences[0] == max(confidences)
    assert len({candidate.place.gazetteer_id for candidate in candidates}) == 5


def test_a_name_of_many_places_has_a_lower_confidence(resolver: Resolver) -> None:
    assert _resolve(resolver, "Springfield").confidence < _resolve(resolver, "Duisburg").confidence


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.none() | st.text(max_size=10))
def test_no_text_raises_an_error(resolver: Resolver, text: str, country: str | None) -> None:
    for candidate in resolver.candidates(text, country=country):
        assert -180 <= candidate.place.lon <= 180
        assert 0 <= candidate.place.confidence <= 1


@pytest.mark.parametrize("text", ["Rome " * 60, "a b c d e f g h i j k " * 13, ", ".join("abcdefgh" * 30)])
def test_a_long_text_takes_less_than_half_a_second(resolver: Resolver, text: str) -> None:
    start = time.perf_counter()
    resolver.candidates(text)
    assert time.perf_counter() - start < 0.5


def test_a_place_of_an_overlay_is_found(gazetteer: Gazetteer, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.csv"
    overlay.write_text(
        "name,alternate_names,lon,lat,precision,country,parent,radius_km,source,licence\n"
        "Maré,Complexo da Maré,-43.243,-22.857,neighbourhood,BR,Rio de Janeiro,1.5,test,CC0\n"
    )
    place = Resolver(gazetteer, [overlay]).resolve("Complexo da Maré, Rio de Janeiro")
    assert place is not None
    assert (place.name, place.radius_km, place.admin1) == ("Maré", 1.5, "Rio de Janeiro")


def test_an_error_names_the_bad_row_of_an_overlay(gazetteer: Gazetteer, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.csv"
    overlay.write_text(
        "name,alternate_names,lon,lat,precision,country,parent,radius_km\nX,,900,0,city,BR,,1\n"
    )
    with pytest.raises(GazetteerError, match=r"overlay\.csv, line 2, column lon.*900"):
        Resolver(gazetteer, [overlay])


def test_a_fallback_with_too_large_a_radius_is_not_an_answer(gazetteer: Gazetteer) -> None:
    narrow = Resolver(gazetteer, max_fallback_radius_km=1500)
    assert narrow.resolve("Nowheresville, United States") is None
    assert narrow.resolve("United States") is not None
    assert narrow.resolve("Nowheresville, Serbia") is not None
