"""Addresses of many countries: the town is found, the street is said to be unknown, and names stay names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.choice import SURE_CONFIDENCE
from geo.place import Candidate, Place, Precision
from geo.resolver.addresses import DividedAddress, read_address
from geo.resolver.postcodes import whole_postcode
from geo.resolver.resolver import Resolver

# address, town, country, the street that is not known
ADDRESSES = [
    ("10115 Berlin", "Berlin", "DE", None),
    ("D-10115 Berlin", "Berlin", "DE", None),
    ("Hauptstraße 5, 10827 Berlin", "Berlin", "DE", "Hauptstraße 5"),
    ("Hauptstraße 5 10827 Berlin", "Berlin", "DE", "Hauptstraße 5"),
    ("Lindenstr. 5, 50674 Köln", "Köln", "DE", "Lindenstr. 5"),
    ("Alexanderplatz 1\n10178 Berlin", "Berlin", "DE", "Alexanderplatz 1"),
    ("Mariahilfer Straße 5, 1060 Wien", "Vienna", "AT", "Mariahilfer Straße 5"),
    ("Bahnhofstrasse 5, CH-8001 Zürich", "Zürich", "CH", "Bahnhofstrasse 5"),
    ("1600 Pennsylvania Avenue NW, Washington, DC 20500", "Washington", "US", "1600 Pennsylvania Avenue NW"),
    ("Springfield, IL 62704", "Springfield", "US", None),
    ("Paris TX 75460", "Paris", "US", None),
    ("221B Baker Street, London NW1 6XE", "London", "GB", "221B Baker Street"),
    ("10 Downing Street London", "London", "GB", "10 Downing Street"),
    ("London E14", "London", "GB", None),
    ("Flat 3, 2nd Floor, 12 High Street, Cardiff, Wales, UK", "Cardiff", "GB", "Flat 3, 2nd Floor, 12 High Street"),
    ("12 rue de Rivoli, 75001 Paris", "Paris", "FR", "12 rue de Rivoli"),
    ("5 Avenue Victor Hugo, Paris", "Paris", "FR", "5 Avenue Victor Hugo"),
    ("16th arrondissement, Paris", "Paris", "FR", "16th arrondissement"),
    ("Via Roma 12, 20121 Milano MI", "Milan", "IT", "Via Roma 12"),
    ("Calle Mayor 1, 28013 Madrid", "Madrid", "ES", "Calle Mayor 1"),
    ("Calle Mayor 1 Madrid", "Madrid", "ES", "Calle Mayor 1"),
    ("ul. Marszałkowska 1, 00-001 Warszawa", "Warsaw", "PL", "ul. Marszałkowska 1"),
    ("Rua Augusta 1500, São Paulo - SP, 01304-001", "São Paulo", "BR", "Rua Augusta 1500"),
    ("〒100-0001 東京都千代田区", "Chiyoda", "JP", None),
    ("東京都千代田区丸の内1-1-1", "Chiyoda", "JP", "丸の内1-1-1"),
    ("Karl Johans gate 1, 0154 Oslo", "Oslo", "NO", "Karl Johans gate 1"),
    ("Drottninggatan 5, 111 51 Stockholm", "Stockholm", "SE", "Drottninggatan 5"),
    ("1234 AB Amsterdam", "Amsterdam", "NL", None),
    ("Damrak 1, 1012 LG Amsterdam", "Amsterdam", "NL", "Damrak 1"),
    ("Toronto, ON M5V 2T6", "Toronto", "CA", None),
    ("P.O. Box 12, Nairobi", "Nairobi", "KE", "P.O. Box 12"),
    ("ул. Ленина, д. 5, Москва", "Moscow", "RU", "ул. Ленина, д. 5"),
    ("Jl. Sudirman 5, Jakarta 10220", "Jakarta", "ID", "Jl. Sudirman 5"),
    ("Ho Chi Minh City District 1", "Ho Chi Minh City", "VN", "District 1"),
    ("Dublin 4", "Dublin", "IE", "4"),
    ("Mumbai 400 001", "Mumbai", "IN", None),
    ("Oktyabrskaya 5, Moscow", "Moscow", "RU", "Oktyabrskaya 5"),
    ("Baker Street, London", "London", "GB", "Baker Street"),
]  # fmt: skip

# a text that looks like an address, the name of its answer
NAMES = [
    ("Seven Oaks", "Sevenoaks"),
    ("Rue, France", "Rue"),
    ("Street, Somerset", "Street"),
    ("6th of October City", "6th of October City"),
    ("100 Mile House, British Columbia", "100 Mile House"),
    ("25 de Mayo, Buenos Aires", "Veinticinco de Mayo"),
    ("Times Square, New York, NY", "Times Square"),
    ("Avenue, Maryland", "Avenue"),
    ("Pike Road, AL", "Pike Road"),
    ("1770, Queensland", "Queensland"),
]


def _best(resolver: Resolver, text: str) -> Candidate:
    candidates = resolver.candidates(text)
    assert candidates, text
    return candidates[0]


def _place(resolver: Resolver, text: str) -> Place:
    place = resolver.resolve(text)
    assert place is not None, text
    return place


@pytest.mark.parametrize(("text", "town", "country", "street"), ADDRESSES)
def test_an_address_is_its_town_without_the_street(
    resolver: Resolver, text: str, town: str, country: str, street: str | None
) -> None:
    place = _place(resolver, text)
    assert place.name.startswith(town)
    assert (place.country, place.text) == (country, street)
    assert place.precision is Precision.CITY or place.name == "Chiyoda"
    assert place.confidence >= SURE_CONFIDENCE


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_that_looks_like_an_address_stays_a_name(resolver: Resolver, text: str, name: str) -> None:
    place = _place(resolver, text)
    assert (place.name, place.text) == (name, None)


def test_the_reasons_say_what_is_not_known(resolver: Resolver) -> None:
    street = _best(resolver, "Hauptstraße 5, 10827 Berlin").reasons[0]
    quarter = _best(resolver, "16th arrondissement, Paris").reasons[0]
    assert street == "the street is not known: “Hauptstraße 5” is somewhere in this town"
    assert quarter == "the part of the town is not known: “16th arrondissement” is somewhere in this town"


@pytest.mark.parametrize(
    ("text", "country"), [("Cambridge CB2 1TN", "GB"), ("Birmingham B1 1AA", "GB"), ("London N6A 3K7", "CA")]
)
def test_the_form_of_a_postcode_decides_between_towns(resolver: Resolver, text: str, country: str) -> None:
    assert _place(resolver, text).country == country


@pytest.mark.parametrize("text", ["SW1A 1AA, Paris", "1010 Paris, France", "Berlin, Germany 00-001"])
def test_a_postcode_of_another_country_is_in_doubt(resolver: Resolver, text: str) -> None:
    best = _best(resolver, text)
    assert best.place.confidence < SURE_CONFIDENCE
    assert any("is not a postcode of" in reason for reason in best.reasons)


@pytest.mark.parametrize(
    ("text", "name", "precision"),
    [
        ("SW1A 1AA", "London", Precision.CITY),
        ("M1 1AE", "Manchester", Precision.CITY),
        ("IV27 4QQ", "Inverness", Precision.ADMIN1),
        ("M5V 2T6", "Toronto", Precision.CITY),
        ("K1A 0B1", "Ontario", Precision.ADMIN1),
    ],
)
def test_a_postcode_alone_is_the_area_of_its_first_letters(
    resolver: Resolver, text: str, name: str, precision: Precision
) -> None:
    place = _place(resolver, text)
    assert (place.name, place.precision) == (name, precision)


@pytest.mark.parametrize(
    "text",
    ["Hauptstraße 5", "5 Avenue Victor Hugo", "221B Baker Street", "16th arrondissement", "12345", "5"],
)
def test_a_street_or_number_without_a_town_has_no_answer(resolver: Resolver, text: str) -> None:
    assert resolver.resolve(text) is None


def test_a_street_in_an_area_alone_is_no_surer_than_before(resolver: Resolver) -> None:
    assert _best(resolver, "Highway 61, Mississippi").place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("postcode", "country", "fits"),
    [
        ("10115", "DE", True),
        ("10115", "FR", True),
        ("1011", "DE", False),
        ("SW1A 1AA", "GB", True),
        ("SW1A 1AA", "FR", False),
        ("111 51", "SE", True),
        ("100-0001", "JP", True),
        ("12345", "AO", True),
    ],
)
def test_a_postcode_fits_the_countries_that_write_it_so(postcode: str, country: str, fits: bool) -> None:
    code = whole_postcode(postcode)
    assert code is not None
    assert code.fits(country) is fits


def test_a_number_after_a_name_is_first_a_street_and_then_a_part_of_the_town() -> None:
    readings = read_address("Wien 10, Austria", lambda folded: folded == "wien")
    assert readings == [
        DividedAddress("Austria", "Wien 10", ()),
        DividedAddress("Wien, Austria", "10", (), is_numbered=True),
    ]


@given(st.text(alphabet=st.sampled_from("12 ,.-/AB straße rue 号市\n"), max_size=400))
def test_no_text_raises_an_error_or_takes_long(text: str) -> None:
    start = time.process_time()
    read_address(text, lambda folded: len(folded) == 5)
    assert time.process_time() - start < 0.5
