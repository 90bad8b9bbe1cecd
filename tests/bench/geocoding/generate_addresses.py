"""Gold rows of addresses in the forms of fifteen countries: the town is right, at the precision `city`."""

from collections.abc import Callable, Iterator
from random import Random
from string import ascii_uppercase
from typing import NamedTuple

from geo.countries.names import country_name
from geo.gazetteer.reader import Gazetteer, GazetteerEntry

from .styles import GoldRow, Style, row_of, towns

MIN_PEOPLE = 50_000
TOWNS_PER_COUNTRY = 40


class _Country(NamedTuple):
    """Streets, the form of the postcode (9 is a digit, A a letter) and of the address of a country."""

    streets: tuple[str, ...]
    postcode: str
    form: str


_COUNTRIES = {
    "DE": _Country(
        ("Hauptstraße", "Bahnhofstr.", "Goetheplatz", "Am Alten Markt"),
        "99999",
        "{street} {no}, {code} {town}",
    ),
    "AT": _Country(
        ("Wiener Straße", "Schulgasse"),
        "9999",
        "{street} {no}, {code} {town}",
    ),
    "FR": _Country(
        ("rue Victor Hugo", "avenue de la République", "place du Marché"),
        "99999",
        "{no} {street}, {code} {town}",
    ),
    "IT": _Country(
        ("Via Garibaldi", "Piazza Dante", "Corso Umberto I"),
        "99999",
        "{street} {no}, {code} {town}",
    ),
    "ES": _Country(
        ("Calle Mayor", "Avenida de la Constitución", "C/ San Juan"),
        "99999",
        "{street} {no}, {code} {town}",
    ),
    "NL": _Country(
        ("Dorpsstraat", "Prinsengracht", "Julianalaan"),
        "9999 AA",
        "{street} {no}, {code} {town}",
    ),
    "PL": _Country(
        ("ul. Kościuszki", "ul. Długa", "plac Wolności"),
        "99-999",
        "{street} {no}, {code} {town}",
    ),
    "SE": _Country(
        ("Storgatan", "Drottninggatan", "Kyrkvägen"),
        "999 99",
        "{street} {no}, {code} {town}",
    ),
    "NO": _Country(
        ("Storgata", "Kirkeveien", "Kongens gate"),
        "9999",
        "{street} {no}, {code} {town}",
    ),
    "GB": _Country(
        ("High Street", "Station Road", "Church Lane"),
        "AA9 9AA",
        "{no} {street}, {town} {code}",
    ),
    "US": _Country(
        ("Main St", "Oak Avenue", "Washington Blvd", "5th Street NW"),
        "99999",
        "{no} {street}, {town}, {state} {code}",
    ),
    "CA": _Country(
        ("King Street W", "Maple Drive"),
        "A9A 9A9",
        "{no} {street}, {town}, {state} {code}",
    ),
    "BR": _Country(
        ("Rua Augusta", "Avenida Brasil", "Travessa do Carmo"),
        "99999-999",
        "{street}, {no}, {town}, {code}",
    ),
    "IN": _Country(
        ("MG Road", "Station Road"),
        "999999",
        "{no} {street}, {town} {code}",
    ),
    "RU": _Country(
        ("ул. Ленина", "проспект Мира"),
        "999999",
        "{street}, д. {no}, {town}, {code}",
    ),
}
_STATES = {
    "California": "CA", "Texas": "TX", "New York": "NY", "Illinois": "IL", "Florida": "FL", "Ontario": "ON",
    "Quebec": "QC", "British Columbia": "BC", "Alberta": "AB", "Ohio": "OH", "Pennsylvania": "PA", "Georgia": "GA",
    "Michigan": "MI", "Arizona": "AZ", "Colorado": "CO", "Washington": "WA", "Massachusetts": "MA",
}  # fmt: skip

Render = Callable[[_Country, GazetteerEntry, str, Random], str]


def _rows(gazetteer: Gazetteer, style: str, render: Render) -> Iterator[GoldRow]:
    draw = Random(25)
    for code, country in _COUNTRIES.items():
        number = 0
        for town in towns(gazetteer, MIN_PEOPLE, code):
            state = _state(gazetteer, town)
            if number < TOWNS_PER_COUNTRY and (state or "{state}" not in country.form):
                number += 1
                yield row_of(render(country, town, state, draw), town, style)


def _state(gazetteer: Gazetteer, town: GazetteerEntry) -> str:
    area = gazetteer.by_id(town.admin1 or 0)
    return _STATES.get(area.name, "") if area else ""


def _postcode(form: str, draw: Random) -> str:
    return "".join(
        draw.choice("123456789") if sign == "9" else draw.choice(ascii_uppercase) if sign == "A" else sign
        for sign in form
    )


def _address(country: _Country, town: GazetteerEntry, state: str, draw: Random) -> str:
    return country.form.format(
        street=draw.choice(country.streets),
        no=draw.randint(1, 200),
        code=_postcode(country.postcode, draw),
        town=town.name,
        state=state,
    )


def _with_country(country: _Country, town: GazetteerEntry, state: str, draw: Random) -> str:
    return f"{_address(country, town, state, draw)}, {country_name(town.country or '')}"


def _without_street(country: _Country, town: GazetteerEntry, state: str, draw: Random) -> str:
    return _with_country(country, town, state, draw).split(", ", 1)[1]


STYLES = (
    Style("address", lambda gazetteer: _rows(gazetteer, "address", _address)),
    Style("address, country", lambda gazetteer: _rows(gazetteer, "address, country", _with_country)),
    Style("postcode and town", lambda gazetteer: _rows(gazetteer, "postcode and town", _without_street)),
)
