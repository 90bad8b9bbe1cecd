"""Halves of double names are names of the town in the United States, where places grew together."""

import pytest

from geo.gazetteer.double_names import other_names


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("Florence-Graham", "US", ["x", "Florence", "Graham"]),
        ("Wilkes-Barre", "US", ["x", "Wilkes", "Barre"]),
        ("Stratford-upon-Avon", "US", ["x"]),
        ("Oro-Medonte", "CA", ["x"]),
        ("Noisy-Champs", "FR", ["x"]),
    ],
)
def test_both_halves_of_a_double_name(name: str, country: str, expected: list[str]) -> None:
    city = {"name": name, "alternatenames": ["x"], "countrycode": country}
    assert other_names(city) == expected
