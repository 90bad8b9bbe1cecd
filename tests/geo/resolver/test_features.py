"""Seas, lakes, rivers and mountains: in no country, in one or between several, and never a town of the same name."""

import pytest

from geo.countries.regions import regions
from geo.data_files import bundled_rows
from geo.gazetteer.features import natural_features, precision_of_radius, split_feature
from geo.place import Precision
from geo.resolver.resolver import Resolver
from geo.text import key


@pytest.mark.parametrize(
    "text", ["Mediterranean Sea", "Mittelmeer", "Red Sea", "Sea of Azov", "English Channel", "Pacific Ocean"]
)
def test_a_sea_is_in_no_country(resolver: Resolver, text: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.country, place.countries, place.admin1) == (None, (), None)
    assert place.precision is Precision.ADMIN1
    assert place.radius_km > 100


@pytest.mark.parametrize(
    ("text", "name", "countries"),
    [
        ("Lake Garda", "Lake Garda", "IT"),
        ("Lago di Garda", "Lake Garda", "IT"),
        ("jezioro Garda", "Lake Garda", "IT"),
        ("Lake Constance", "Lake Constance", "AT CH DE"),
        ("Bodensee", "Lake Constance", "AT CH DE"),
        ("Lac Léman", "Lake Geneva", "CH FR"),
        ("озеро Байкал", "Lake Baikal", "RU"),
        ("Lake Chad", "Lake Chad", "CM NE NG TD"),
        ("River Nile", "Nile", "EG SD SS UG"),
        ("Mont Blanc", "Mont Blanc", "FR IT"),
        ("Mount Sinjar, Iraq", "Sinjar Mountains", "IQ"),
        ("Lake Ontario, Canada", "Lake Ontario", "CA US"),
        ("Lake Michigan, Illinois", "Lake Michigan", "US"),
    ],
)
def test_a_lake_a_river_or_a_mountain_has_the_countries_around_it(
    resolver: Resolver, text: str, name: str, countries: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, " ".join(place.codes)) == (name, countries)


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Lake Como, NJ", "Lake Como", "US"),
        ("Laguna Woods", "Laguna Woods", "US"),
        ("Red Sea State", "Red Sea", "SD"),
        ("Port Sudan, Red Sea, Sudan", "Port Sudan", "SD"),
        ("Sirmione, Lake Garda", "Sirmione", "IT"),
        ("Amazonas", "Amazonas", "BR"),
    ],
)
def test_a_town_or_an_area_named_like_a_feature_is_still_found(
    resolver: Resolver, text: str, name: str, country: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, place.country) == (name, country)


@pytest.mark.parametrize(
    ("radius_km", "precision"), [(1.5, "neighbourhood"), (25.0, "city"), (100.0, "admin2"), (101.0, "admin1")]
)
def test_the_precision_of_a_feature_follows_from_its_radius(radius_km: float, precision: str) -> None:
    assert precision_of_radius(radius_km) == precision


@pytest.mark.parametrize(
    ("folded", "feature"),
    [("lago di garda", "lake:garda"), ("bled", None), ("starnberger see", "lake:starnberger")],
)
def test_a_word_for_a_feature_is_split_off(folded: str, feature: str | None) -> None:
    name = split_feature(folded)
    assert (name.key if name else None) == feature


def test_no_two_features_or_regions_share_a_name() -> None:
    names = [key(name) for feature in natural_features() for name in dict.fromkeys(map(key, feature.names))]
    of_regions = {key(name) for region in regions() for name in region.names}
    assert len(names) == len(set(names))
    assert not set(names) & of_regions


def test_every_word_is_for_a_kind_of_feature_that_exists() -> None:
    kinds = {feature.kind for feature in natural_features()}
    assert {row["feature"] for row in bundled_rows("feature_words.csv")} <= kinds | {"airport"}
