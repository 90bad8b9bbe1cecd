"""Abbreviated states and provinces after a town, and codes that are words when they are not in capitals."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.place import Place
from geo.resolver.resolver import Resolver


def _place(resolver: Resolver, text: str, country: str | None = None) -> Place:
    place = resolver.resolve(text, country=country)
    assert place is not None, text
    return place


@pytest.mark.parametrize(
    ("text", "name", "country", "admin1"),
    [
        ("Philadelphia, Pa.", "Philadelphia", "US", "Pennsylvania"),
        ("Philadelphia, Pa", "Philadelphia", "US", "Pennsylvania"),
        ("Miami, Fla.", "Miami", "US", "Florida"),
        ("Dallas, Tex.", "Dallas", "US", "Texas"),
        ("Dallas Tex.", "Dallas", "US", "Texas"),
        ("PARIS, TEX.", "Paris", "US", "Texas"),
        ("Charleston, W. Va.", "Charleston", "US", "West Virginia"),
        ("Charleston, W.Va., USA", "Charleston", "US", "West Virginia"),
        ("Las Vegas, N. Mex.", "Las Vegas", "US", "New Mexico"),
        ("Albany, N.Y.", "Albany", "US", "New York"),
        ("Baton Rouge, La.", "Baton Rouge", "US", "Louisiana"),
        ("Minneapolis, Minn.", "Minneapolis", "US", "Minnesota"),
        ("Denver, Colo.", "Denver", "US", "Colorado"),
        ("Florence, CA", "Florence-Graham", "US", "California"),
        ("Fort Worth, TX", "Fort Worth", "US", "Texas"),
        ("PHILADELPHIA, Pa. (AP) —", "Philadelphia", "US", "Pennsylvania"),
        ("MIAMI, Fla., May 3 (AP) — Police say", "Miami", "US", "Florida"),
        ("LAGOS, Nigeria (Reuters) - ", "Lagos", "NG", "Lagos"),
        ("Offida (AP)", "Offida", "IT", "Marche"),
        ("Montreal, Que.", "Montréal", "CA", "Quebec"),
        ("Montréal, P.Q.", "Montréal", "CA", "Quebec"),
        ("Regina, Sask.", "Regina", "CA", "Saskatchewan"),
        ("St. John's, Nfld.", "St. John's", "CA", "Newfoundland and Labrador"),
        ("Ballarat, Vic.", "Ballarat", "AU", "Victoria"),
        ("Cairns, Qld", "Cairns", "AU", "Queensland"),
        ("Perth, W.A.", "Perth", "AU", "Western Australia"),
        ("Bellevue, WA", "Bellevue", "US", "Washington"),
        ("Lucknow, U.P.", "Lucknow", "IN", "Uttar Pradesh"),
        ("Raipur, C'garh", "Raipur", "IN", "Chhattīsgarh"),
        ("Münster, NRW", "Münster", "DE", "Nordrhein-Westfalen"),
        ("Schwerin (Meck-Pomm)", "Schwerin", "DE", "Mecklenburg-Vorpommern"),
        ("Baden, NÖ", "Baden", "AT", "Niederösterreich"),
        ("Carouge, GE", "Carouge", "CH", "Genève"),
        ("Niterói, RJ", "Niterói", "BR", "Rio de Janeiro"),
        ("Monza (MB)", "Monza", "IT", "Lombardia"),
        ("Monza, MB", "Monza", "IT", "Lombardia"),
        ("Brandon, MB", "Brandon", "CA", "Manitoba"),
        ("Zapopan, Jal.", "Zapopan", "MX", "Jalisco"),
        ("Ecatepec, Edomex", "Ecatepec de Morelos", "MX", "México"),
        ("Monterrey, N.L.", "Monterrey", "MX", "Nuevo León"),
        ("Zaandam, NH", "Zaandam", "NL", "Noord-Holland"),
        ("Morón, Bs. As.", "Morón", "AR", "Buenos Aires"),
        ("Winchester, Hants", "Winchester", "GB", "England"),
        ("Durban, KZN", "Durban", "ZA", "Kwazulu-Natal"),
        ("Bandung, Jabar", "Bandung", "ID", "Jawa Barat"),
    ],
)
def test_an_abbreviation_after_a_town_is_its_area(
    resolver: Resolver, text: str, name: str, country: str, admin1: str
) -> None:
    place = _place(resolver, text)
    assert (place.name, place.country, place.admin1) == (name, country, admin1)
    assert place.confidence >= SURE_CONFIDENCE


@pytest.mark.parametrize(("text", "country"), [("Bra", "IT"), ("BRA", "BR"), ("Ita", "PY"), ("ITA", "IT")])
def test_a_code_of_three_letters_is_a_country_only_in_capitals(
    resolver: Resolver, text: str, country: str
) -> None:
    assert resolver.candidates(text)[0].place.country == country


@pytest.mark.parametrize("text", ["usa", "USA", "Usa", "uk", "UK", "U.K.", "EU"])
def test_everyday_abbreviations_of_countries_may_be_in_any_case(resolver: Resolver, text: str) -> None:
    assert _place(resolver, text).precision == "country"


@pytest.mark.parametrize(
    ("text", "admin1"), [("Calif.", "California"), ("Ill.", "Illinois"), ("NRW", "Nordrhein-Westfalen")]
)
def test_an_abbreviation_alone_is_an_area_with_a_full_stop_or_in_capitals(
    resolver: Resolver, text: str, admin1: str
) -> None:
    assert _place(resolver, text).admin1 == admin1


@pytest.mark.parametrize("text", ["Ill", "Miss", "Man", "Wash"])
def test_an_abbreviation_alone_without_a_full_stop_is_a_word(resolver: Resolver, text: str) -> None:
    assert all(candidate.place.precision != "admin1" for candidate in resolver.candidates(text))


def test_a_code_that_is_another_countrys_too_is_in_doubt(resolver: Resolver) -> None:
    # GY-DE has a capital of this name, and Delaware a small town.
    countries = [candidate.place.country for candidate in resolver.candidates("Georgetown, DE")[:2]]
    assert set(countries) == {"GY", "US"}
    assert resolver.resolve("Georgetown, DE") is None


@pytest.mark.parametrize(("country", "expected"), [("US", "California"), ("Canada", "Ontario")])
def test_a_country_settles_what_an_ambiguous_code_leaves_open(
    resolver: Resolver, country: str, expected: str
) -> None:
    assert resolver.resolve("Ontario, CA") is None
    place = _place(resolver, "Ontario, CA", country)
    assert place.admin1 == expected


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Miami, Flaa", "Miami", "US"),
        ("Berlin, Zo.", "Berlin", "DE"),
        ("Surat, Ebs.", "Surat", "IN"),
        ("Puebla, Hu.", "Puebla", "MX"),
        ("Port Harcourt, Coe.", "Port Harcourt", "NG"),
    ],
)
def test_a_famous_town_is_in_doubt_rather_than_dropped_for_an_obscure_one(
    resolver: Resolver, text: str, name: str, country: str
) -> None:
    place = _place(resolver, text)
    assert (place.name, place.country) == (name, country)


@pytest.mark.parametrize("text", ["Miami, Flaa", "Berlin, Zo.", "Surat, Ebs.", "Puebla, Hu."])
def test_a_town_before_a_part_that_is_only_an_obscure_town_is_doubtful(resolver: Resolver, text: str) -> None:
    assert _place(resolver, text).confidence < SURE_CONFIDENCE


def test_a_town_that_is_not_more_famous_is_dropped_for_the_later_one(resolver: Resolver) -> None:
    assert _place(resolver, "Altstadt, Ebs").country == "AT"
