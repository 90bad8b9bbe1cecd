"""Places that no package has: the rows of geo/data/overlay.csv, and of files that users add."""

import csv
import math
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple, NoReturn

from geo.countries.iso_codes import iso_codes
from geo.errors import GazetteerError
from geo.gazetteer.entry_ids import overlay_id
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import Precision
from geo.text import key

_REQUIRED_COLUMNS = ("name", "lon", "lat", "precision", "country")
_OPTIONAL_COLUMNS = ("alternate_names", "parent", "radius_km", "population", "source", "licence")
_DEFAULT_RADIUS_KM = {"point": 0.1, "neighbourhood": 1.5, "city": 10.0, "admin2": 40.0, "admin1": 150.0}


class Overlay:
    """Entries by the key of a name, like the gazetteer's, from files that are small enough for memory."""

    def __init__(self, gazetteer: Gazetteer, paths: Iterable[Path] = ()) -> None:
        """Read geo/data/overlay.csv, then the files at `paths`.

        Raises GazetteerError for a file that cannot be read; the message names the file, the line and the column.
        """
        self._entries: dict[str, tuple[GazetteerEntry, ...]] = {}
        self._gazetteer = gazetteer
        self._count = 0
        bundled = resources.files("geo.data").joinpath("overlay.csv").read_text(encoding="utf-8")
        self._read(bundled, "overlay.csv")
        for path in paths:
            try:
                self._read(path.read_text(encoding="utf-8-sig"), str(path))
            except (OSError, UnicodeDecodeError) as error:
                raise GazetteerError(f"cannot read the overlay {path}: {error}") from error

    def named(self, name_key: str) -> tuple[GazetteerEntry, ...]:
        """Return the overlay's places that have a name with this key."""
        return self._entries.get(name_key, ())

    def _read(self, text: str, file: str) -> None:
        lines = _LineCounter(text)
        rows = csv.reader(lines, strict=True)
        try:
            header = _header(next(rows, []), file, lines.number)
            for values in rows:
                if any(value.strip() for value in values):
                    self._add(_OverlayRow(file, lines.number, header, values))
        except csv.Error as error:
            raise GazetteerError(
                f"{file}, line {lines.number}: is not CSV ({error}); expected columns separated by commas"
            ) from None

    def _add(self, row: "_OverlayRow") -> None:
        lon, lat = row.degrees("lon", 180), row.degrees("lat", 90)
        precision, country = row.precision(), row.country()
        area = self._area(row.text("parent"), country)
        radius_km = row.radius_km(precision)
        names = [row.required("name"), *filter(None, map(str.strip, row.text("alternate_names").split("|")))]
        self._count += 1
        entry = GazetteerEntry(
            id=overlay_id(self._count),
            name=names[0],
            lon=lon,
            lat=lat,
            kind=precision.rank,
            country=country,
            admin1=area.admin1 if area else None,
            admin2=area.admin2 if area else None,
            population=row.population(),
            names=len(names),
            radius_km=radius_km,
            codes=None,
            rank=0,
        )
        for number, name in enumerate(names):
            others = self._entries.get(key(name), ())
            if all(other.id != entry.id for other in others):
                self._entries[key(name)] = (*others, entry._replace(rank=min(number, 1)))

    def _area(self, name: str, country: str) -> GazetteerEntry | None:
        entries = [entry for entry in self._gazetteer.named(key(name)) if entry.country == country]
        cities_first = Precision.CITY.rank
        return max(entries, key=lambda entry: entry.population * (entry.kind == cities_first), default=None)


class _OverlayRow(NamedTuple):
    """A row of an overlay, with its file and line for error messages."""

    file: str
    line: int
    header: tuple[str, ...]
    values: list[str]

    def text(self, column: str) -> str:
        at = self.header.index(column) if column in self.header else len(self.values)
        return self.values[at].strip() if at < len(self.values) else ""

    def required(self, column: str) -> str:
        return self.text(column) or self._refuse(column, "is empty; expected a value")

    def degrees(self, column: str, limit: int) -> float:
        number = self._number(column, "degrees such as 4.48")
        if not -limit <= number <= limit:
            self._refuse(
                column, f"is out of range; expected degrees between -{limit} and {limit}, such as 4.48"
            )
        return number

    def precision(self) -> Precision:
        name = self.required("precision")
        if name not in _DEFAULT_RADIUS_KM:
            self._refuse(
                "precision", f"is unknown; expected one of {', '.join(_DEFAULT_RADIUS_KM)}, such as city"
            )
        return Precision(name)

    def country(self) -> str:
        code = self.required("country").upper()
        if code in iso_codes():
            return code
        return self._refuse("country", "is not an ISO 3166-1 code; expected two letters such as BR")

    def radius_km(self, precision: Precision) -> float:
        if not self.text("radius_km"):
            return _DEFAULT_RADIUS_KM[precision]
        number = self._number("radius_km", "kilometres such as 2.5")
        if number > 0:
            return number
        return self._refuse("radius_km", "is not more than 0; expected kilometres such as 2.5")

    def population(self) -> int:
        if not self.text("population"):
            return 0
        number = self._number("population", "people such as 12000")
        if number < 0:
            self._refuse("population", "is less than 0; expected people such as 12000")
        return int(number)

    def _number(self, column: str, expected: str) -> float:
        try:
            number = float(self.required(column))
        except ValueError:
            number = math.nan
        return (
            number if math.isfinite(number) else self._refuse(column, f"is not a number; expected {expected}")
        )

    def _refuse(self, column: str, reason: str) -> NoReturn:
        raise GazetteerError(
            f"{self.file}, line {self.line}, column {column}: {self.text(column)!r} {reason}"
        )


class _LineCounter:
    """The lines of a text without comments; `number` is the number of the line that was read last, from 1."""

    def __init__(self, text: str) -> None:
        self.number = 0
        self._lines = text.splitlines(keepends=True)

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self._lines, 1):
            self.number = number
            if not line.startswith("#"):
                yield line


def _header(names: list[str], file: str, line: int) -> tuple[str, ...]:
    header = tuple(name.strip().lower() for name in names)
    for column in _REQUIRED_COLUMNS:
        if column not in header:
            raise GazetteerError(
                f"{file}, line {line}: there is no column {column!r}; expected {', '.join(_REQUIRED_COLUMNS)}, "
                f"and optionally {', '.join(_OPTIONAL_COLUMNS)}"
            )
    return header
