"""The resolver reads names of regions, of parts of countries and of former countries."""

import pytest

from geo.place import Place, Precision
from geo.resolver.resolver import Resolver

# name, ISO codes that the answer must contain
REGIONS = [
    ("West Africa", "NG SN"),
    ("the Balkans", "RS BG"),
    ("Balcanes", "RS BG"),
    ("Scandinavia", "DK NO SE"),
    ("Skandinavien", "DK NO SE"),
    ("Middle East", "IQ SY"),
    ("Oriente Medio", "IQ SY"),
    ("Naher Osten", "IQ SY"),
    ("Moyen-Orient", "IQ SY"),
    ("Baltic states", "EE LT LV"),
    ("Países bálticos", "EE LT LV"),
    ("Benelux", "BE LU NL"),
    ("Latin America", "BR MX"),
    ("América Latina", "BR MX"),
    ("Central Asia", "KZ UZ"),
    ("Caucasus", "GE RU"),
    ("South Caucasus", "AM AZ GE"),
    ("Sahel", "ML NE"),
    ("Horn of Africa", "ET SO"),
    ("Cuerno de África", "ET SO"),
    ("Maghreb", "DZ MA TN"),
    ("Levant", "LB SY"),
    ("Gulf states", "AE SA"),
    ("Nordic countries", "FI IS"),
    ("Southeast Asia", "TH VN"),
    ("Sub-Saharan Africa", "KE NG"),
    ("Iberian Peninsula", "ES PT"),
    ("Arabian Peninsula", "SA YE"),
    ("Andes", "BO PE"),
    ("Kashmir", "IN PK"),
    ("Kurdistan", "IQ TR"),
    ("Mediterranean region", "ES IT"),
    ("Lake Chad Basin", "NE TD"),
    ("Tri-Border Area", "AR BR PY"),
    ("EU", "DE FR"),
    ("Eurozone", "DE FR"),
    ("NATO", "TR US"),
    ("Yugoslavia", "HR RS"),
    ("former Yugoslavia", "HR RS"),
    ("Czechoslovakia", "CZ SK"),
    ("Soviet Union", "RU UA"),
    ("USSR", "RU UA"),
    ("Sowjetunion", "RU UA"),
    ("Netherlands Antilles", "AW CW"),
    ("Serbia and Montenegro", "ME RS"),
    ("Ottoman Empire", "TR SY"),
    ("Austria-Hungary", "AT HU"),
]

# an old or foreign name of a country, code
COUNTRIES = [
    ("Zaire", "CD"),
    ("Rhodesia", "ZW"),
    ("Burma", "MM"),
    ("Ceylon", "LK"),
    ("Siam", "TH"),
    ("Persia", "IR"),
    ("East Germany", "DE"),
    ("GDR", "DE"),
    ("West Germany", "DE"),
    ("Upper Volta", "BF"),
    ("Dahomey", "BJ"),
    ("Swaziland", "SZ"),
    ("Macedonia", "MK"),
    ("Abyssinia", "ET"),
    ("British Honduras", "BZ"),
    ("South Vietnam", "VN"),
    ("Micronesia", "FM"),
    ("Afrique du Sud", "ZA"),
    ("AO", "AO"),
    ("BI", "BI"),
]

# name of a part of a country, code
PARTS = [
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("England and Wales", "GB"),
    ("Western Australia", "AU"),
    ("Catalonia", "ES"),
    ("Crimea", "UA"),
    ("Tibet", "CN"),
    ("West Bank", "PS"),
    ("Gaza Strip", "PS"),
    ("Darfur", "SD"),
    ("Donbas", "UA"),
]


def _resolve(resolver: Resolver, text: str) -> Place:
    place = resolver.resolve(text)
    assert place is not None, text
    return place


@pytest.mark.parametrize(("text", "codes"), REGIONS)
def test_a_region_has_several_countries_and_no_single_one(resolver: Resolver, text: str, codes: str) -> None:
    place = _resolve(resolver, text)
    assert (place.country, place.precision) == (None, Precision.COUNTRY)
    assert set(place.countries) >= set(codes.split())


@pytest.mark.parametrize(("text", "code"), COUNTRIES)
def test_a_country_is_found_by_its_former_names(resolver: Resolver, text: str, code: str) -> None:
    place = _resolve(resolver, text)
    assert (place.country, place.precision) == (code, Precision.COUNTRY)


@pytest.mark.parametrize(("text", "code"), PARTS)
def test_a_part_of_a_country_is_an_area_and_not_the_country(resolver: Resolver, text: str, code: str) -> None:
    place = _resolve(resolver, text)
    assert (place.country, place.precision) == (code, Precision.ADMIN1)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Leningrad, Soviet Union", "RU", "Saint Petersburg"),
        ("Sarajevo, Yugoslavia", "BA", "Sarajevo"),
        ("Bratislava, Czechoslovakia", "SK", "Bratislava"),
        ("Lubumbashi, Zaire", "CD", "Lubumbashi"),
        ("Salisbury, Rhodesia", "ZW", "Harare"),
        ("Leipzig, GDR", "DE", "Leipzig"),
        ("Willemstad, Netherlands Antilles", "CW", "Willemstad"),
        ("Ramallah, West Bank", "PS", "Ramallah"),
        ("Sevastopol, Crimea", "UA", "Sevastopol"),
        ("Srinagar, Kashmir, India", "IN", "Srinagar"),
        ("Sanandaj, Kurdistan, Iran", "IR", "Sanandaj"),
        ("Port Sudan, Red Sea, Sudan", "SD", "Port Sudan"),
        ("Dori, Sahel, Burkina Faso", "BF", "Dori"),
        ("Lampedusa, Mediterranean Sea", "IT", "Lampedusa"),
    ],
)
def test_a_town_is_found_within_a_region_or_a_former_country(
    resolver: Resolver, text: str, code: str, name: str
) -> None:
    place = _resolve(resolver, text)
    assert (place.country, place.precision, place.name) == (code, Precision.CITY, name)
