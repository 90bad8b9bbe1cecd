"""Generate gold rows from the gazetteer itself, in the styles in which texts write places.

A module named `generate_….py` in this folder has a tuple `STYLES`; every run with `--styles` finds it:

    STYLES = (Style("town, state abbreviation", _towns_with_abbreviations),)

A generator yields the same rows in every run: it draws by rank or with `random.Random(seed)`, and takes only towns of
`towns`, whose ids are those of GeoNames, so that figures stay comparable when the gazetteer gains other sources.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import Precision

TOLERANCE_KM = 25.0


class GoldRow(NamedTuple):
    """A text and the place that it means.

    `lat` and `lon` are degrees; None if no place is right, so that no answer, or a doubtful one, is a hit.
    `precision` is the expected one, None if any is right. `cc` is the ISO code of the right country, None if it does
    not matter. `country` is the country of the request. Rows with the same `group` follow each other, and are the
    places of one event.
    """

    q: str
    lat: float | None
    lon: float | None
    tol_km: float
    source: str
    precision: str | None = None
    cc: str | None = None
    country: str | None = None
    group: str | None = None


class Style(NamedTuple):
    """The name of a style, and its generator of gold rows."""

    name: str
    rows: Callable[[Gazetteer], Iterator[GoldRow]]


def all_styles() -> list[Style]:
    """Return the styles of all modules `generate_….py` in this folder, sorted by module."""
    modules = (
        importlib.import_module(f"{__package__}.{module.name}")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.name.startswith("generate_")
    )
    return [style for module in modules for style in module.STYLES]


def row_of(text: str, entry: GazetteerEntry, style: str, **fields: str | None) -> GoldRow:
    """Return the gold row of a text that means an entry, with the entry's precision and country."""
    expected = {"precision": entry.precision.value, "cc": entry.country, **fields}
    tolerance = max(TOLERANCE_KM, entry.radius_km)
    return GoldRow(text, entry.lat, entry.lon, tolerance, style, **expected)


def towns(gazetteer: Gazetteer, min_people: int, country: str | None = None) -> list[GazetteerEntry]:
    """Return the towns of GeoNames with so many people, in the world or in a country (ISO code), largest first."""
    return _entries(gazetteer, Precision.CITY, min_people, country)


def areas(gazetteer: Gazetteer, precision: Precision, country: str | None = None) -> list[GazetteerEntry]:
    """Return the areas of a precision (`admin1`, `admin2`) with an id of GeoNames."""
    return _entries(gazetteer, precision, 0, country)


def _entries(
    gazetteer: Gazetteer, precision: Precision, min_people: int, country: str | None
) -> list[GazetteerEntry]:
    statement = (
        "SELECT id FROM place WHERE kind = ? AND population >= ? AND id > 0 AND country = coalesce(?, country) "
        "ORDER BY population DESC, id"
    )
    address = f"file:{quote(str(gazetteer.path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        ids = connection.execute(statement, (precision.rank, min_people, country)).fetchall()
    entries = (gazetteer.by_id(entry_id) for (entry_id,) in ids)
    return [entry for entry in entries if entry]
