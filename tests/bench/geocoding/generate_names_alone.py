"""Names of towns alone, and with their country: what people write most."""

from collections.abc import Iterator

from geo.countries.names import country_name
from geo.gazetteer.reader import Gazetteer, GazetteerEntry

from .styles import GoldRow, Style, row_of, towns

CITY_PEOPLE = 100_000
TOWN_PEOPLE = 20_000


def _cities(gazetteer: Gazetteer) -> list[GazetteerEntry]:
    """Return the largest city of each name."""
    largest: dict[str, GazetteerEntry] = {}
    for entry in towns(gazetteer, CITY_PEOPLE):
        largest.setdefault(entry.name, entry)
    return list(largest.values())


def _cities_alone(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for entry in _cities(gazetteer):
        yield row_of(entry.name, entry, "city of 100,000 alone")


def _towns_alone(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield every town, also those with a larger namesake: the column "abroad" is what this style is about."""
    for entry in towns(gazetteer, TOWN_PEOPLE):
        yield row_of(entry.name, entry, "town of 20,000 alone")


def _cities_with_country(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for entry in _cities(gazetteer):
        if entry.country:
            text = f"{entry.name}, {country_name(entry.country)}"
            yield row_of(text, entry, "city of 100,000, country")


STYLES = (
    Style("city of 100,000 alone", _cities_alone),
    Style("town of 20,000 alone", _towns_alone),
    Style("city of 100,000, country", _cities_with_country),
)
