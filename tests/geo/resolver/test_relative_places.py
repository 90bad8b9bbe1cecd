"""Where a text that is relative to a place puts it, and how precisely."""

import pytest

from geo.countries.lookup import country_at
from geo.place import Place, Precision
from geo.resolver.resolver import Resolver
from geo.sphere import distance_km


def _place(resolver: Resolver, text: str) -> Place:
    place = resolver.resolve(text)
    assert place is not None, text
    return place


def test_a_distance_and_a_direction_give_a_point_with_a_radius(resolver: Resolver) -> None:
    town, place = _place(resolver, "Kherson"), _place(resolver, "12 km south of Kherson")
    assert distance_km(town.lon, town.lat, place.lon, place.lat) == pytest.approx(12, abs=0.01)
    assert place.lat < town.lat
    assert place.lon == pytest.approx(town.lon, abs=1e-4)
    assert town.radius_km < place.radius_km < 12
    assert (place.name, place.country, place.precision) == ("12 km south of Kherson", "UA", Precision.CITY)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("500 m north of Kherson", Precision.CITY),
        ("5 km north of Kherson", Precision.CITY),
        ("90 km west of Kherson", Precision.ADMIN2),
        ("800 km south of Cairo", Precision.ADMIN1),
        ("20 km from Kherson", Precision.CITY),
        ("60 km from Kherson", Precision.ADMIN2),
    ],
)
def test_the_precision_follows_the_radius_and_is_never_finer_than_the_town(
    resolver: Resolver, text: str, precision: Precision
) -> None:
    assert _place(resolver, text).precision is precision


def test_a_distance_without_a_direction_widens_the_town(resolver: Resolver) -> None:
    town, place = _place(resolver, "Sarajevo"), _place(resolver, "about 5 km outside Sarajevo")
    assert (place.name, place.lon, place.lat) == (town.name, town.lon, town.lat)
    assert place.radius_km == pytest.approx(town.radius_km + 5, abs=0.1)


def test_a_distance_from_an_area_is_from_its_border(resolver: Resolver) -> None:
    area, place = _place(resolver, "Ukraine"), _place(resolver, "100 km north of Ukraine")
    assert (place.lon, place.lat, place.precision) == (area.lon, area.lat, Precision.COUNTRY)
    assert place.radius_km == pytest.approx(area.radius_km + 100, abs=0.1)


@pytest.mark.parametrize(
    "text", ["off the coast of Lampedusa, Italy", "vor der Küste von Lampedusa, Italien"]
)
def test_off_the_coast_of_a_town_keeps_its_country(resolver: Resolver, text: str) -> None:
    town, place = _place(resolver, "Lampedusa, Italy"), _place(resolver, text)
    assert (place.name, place.country) == ("Lampedusa", "IT")
    assert place.radius_km > town.radius_km + 20


def test_a_point_at_sea_is_in_the_country_of_its_town(resolver: Resolver) -> None:
    place = _place(resolver, "50 km east of Miami")
    assert country_at(place.lon, place.lat) == "BS"
    assert place.country == "US"


def test_a_point_on_the_high_seas_has_no_country(resolver: Resolver) -> None:
    place = _place(resolver, "1,200 km east of Tokyo")
    assert (place.country, place.countries) == (None, ())


def test_a_point_in_another_country_than_the_town_is_less_sure(resolver: Resolver) -> None:
    place = _place(resolver, "12 km west of Aachen")
    assert place.country == "NL"
    assert place.confidence < _place(resolver, "Aachen").confidence


def test_outskirts_are_the_town_with_a_larger_radius(resolver: Resolver) -> None:
    town, place = _place(resolver, "Damascus"), _place(resolver, "outskirts of Damascus")
    assert (place.name, place.gazetteer_id, place.precision) == (
        "Damascus",
        town.gazetteer_id,
        Precision.CITY,
    )
    assert place.radius_km > town.radius_km


@pytest.mark.parametrize("text", ["between Madrid and Toledo", "entre Madrid y Toledo", "Madrid–Toledo road"])
def test_between_two_towns_is_a_circle_that_holds_both(resolver: Resolver, text: str) -> None:
    place = _place(resolver, text)
    for town in (_place(resolver, "Madrid, Spain"), _place(resolver, "Toledo, Spain")):
        assert distance_km(place.lon, place.lat, town.lon, town.lat) <= place.radius_km
    assert (place.country, place.precision) == ("ES", Precision.ADMIN2)


def test_two_towns_are_the_ones_that_are_near_each_other(resolver: Resolver) -> None:
    assert resolver.candidates("between Hamilton and London")[0].place.country == "CA"
    assert resolver.candidates("between Pereira and Armenia")[0].place.country == "CO"
    assert resolver.candidates("between London and New York")[0].place.countries == ("GB", "US")


def test_halfway_is_a_smaller_circle_than_between(resolver: Resolver) -> None:
    between, halfway = (
        _place(resolver, f"{word} Madrid and Toledo") for word in ("between", "halfway between")
    )
    assert (halfway.lon, halfway.lat) == (between.lon, between.lat)
    assert halfway.radius_km < between.radius_km


def test_between_towns_of_two_countries_is_in_both(resolver: Resolver) -> None:
    place = _place(resolver, "between Aachen and Liège")
    assert (place.country, place.countries, place.precision) == (None, ("BE", "DE"), Precision.COUNTRY)


def test_between_two_countries_is_the_circle_around_both(resolver: Resolver) -> None:
    assert _place(resolver, "on the border between Syria and Turkey").countries == ("SY", "TR")


def test_a_name_before_a_distance_is_taken_if_it_is_there(resolver: Resolver) -> None:
    near, unknown = (
        _place(resolver, f"{name}, 12 km north of Kherson") for name in ("Chornobaivka", "Qqxzzy")
    )
    assert (near.name, near.text) == ("Chornobaivka", None)
    assert (unknown.text, unknown.country) == ("Qqxzzy", "UA")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0 km south of Kherson", "Kherson"),
        ("Norte de Santander", "Norte de Santander"),
        ("South Bend", "South Bend"),
        ("Newcastle upon Tyne", "Newcastle upon Tyne"),
    ],
)
def test_zero_kilometres_and_names_that_look_relative_are_the_place_itself(
    resolver: Resolver, text: str, name: str
) -> None:
    assert _place(resolver, text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "99999 km south of Kherson",
        "20016 km south of Kherson",
        "-5 km south of Kherson",
        "12 km south of",
        "12 km south of Qqxzzy",
        "between Qqxzzy and Xyzzyq",
    ],
)
def test_impossible_distances_and_unknown_places_have_no_answer(resolver: Resolver, text: str) -> None:
    assert resolver.resolve(text) is None


def test_an_ambiguous_town_stays_ambiguous(resolver: Resolver) -> None:
    alone, relative = resolver.candidates("Springfield"), resolver.candidates("12 km south of Springfield")
    assert len(relative) == len(alone) > 1
    assert relative[0].place.confidence <= alone[0].place.confidence
