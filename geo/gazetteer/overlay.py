"""Places that no package has: the rows of geo/data/overlay.csv, and of files that users bring."""

import csv
import math
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple, NoReturn

from geo.countries.iso_codes import iso_codes
from geo.errors import GazetteerError
from geo.gazetteer.reader import Entry, Gazetteer
from geo.place import Precision
from geo.text import key

_FIRST, _LAST = -3 * 10**9, -4 * 10**9
_NEEDED = ("name", "lon", "lat", "precision", "country")
_MORE = ("alternate_names", "parent", "radius_km", "population", "source", "licence")
# With the radius (km) of a row that gives none.
_PRECISIONS = {"point": 0.1, "neighbourhood": 1.5, "city": 10.0, "admin2": 40.0, "admin1": 150.0}


def is_overlay(ident: int) -> bool:
    """Tell whether an entry's id says that it comes from an overlay."""
    return _LAST < ident < _FIRST


class Overlay:
    """Answers entries by the key of a name, as the gazetteer does, from files small enough for memory."""

    def __init__(self, gazetteer: Gazetteer, paths: Iterable[Path] = ()) -> None:
        """Read the overlay of this package, then the files given.

        Raises GazetteerError for what cannot be read; it names the file, the line and the column.
        """
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._gazetteer = gazetteer
        self._count = 0
        own = resources.files("geo.data").joinpath("overlay.csv").read_text(encoding="utf-8")
        self._read(own, "overlay.csv")
        for path in paths:
            try:
                self._read(path.read_text(encoding="utf-8-sig"), str(path))
            except (OSError, UnicodeDecodeError) as error:
                raise GazetteerError(f"cannot read the overlay {path}: {error}") from error

    def named(self, key_: str) -> tuple[Entry, ...]:
        """List the overlay's places that have a name with this key."""
        return self._entries.get(key_, ())

    def _read(self, text: str, name: str) -> None:
        at = [0]
        rows = csv.reader(_counted(text, at), strict=True)
        try:
            header = _header(next(rows, []), name, at[0])
            for values in rows:
                if any(value.strip() for value in values):
                    self._add(_Row(name, at[0], header, values))
        except csv.Error as error:
            raise GazetteerError(f"{name}, line {at[0]}: is not CSV ({error})") from None

    def _add(self, row: "_Row") -> None:
        lon, lat = row.degrees("lon", 180), row.degrees("lat", 90)
        precision, country = row.precision(), row.country()
        holder = self._parent(row.text("parent"), country)
        radius = row.radius(precision)
        self._count += 1
        names = [row.needed("name"), *filter(None, map(str.strip, row.text("alternate_names").split("|")))]
        for rank, name in enumerate(names):
            entry = Entry(
                id=_FIRST - self._count,
                name=names[0],
                lon=lon,
                lat=lat,
                kind=precision.rank,
                country=country,
                admin1=holder.admin1 if holder else None,
                admin2=holder.admin2 if holder else None,
                population=row.people(),
                names=len(names),
                radius_km=radius,
                codes=None,
                rank=min(rank, 1),
            )
            others = self._entries.get(key(name), ())
            if all(other.id != entry.id for other in others):
                self._entries[key(name)] = (*others, entry)

    def _parent(self, name: str, country: str) -> Entry | None:
        entries = [entry for entry in self._gazetteer.named(key(name)) if entry.country == country]
        return max(entries, key=lambda entry: entry.population * (entry.kind == 2), default=None)


class _Row(NamedTuple):
    """A row of an overlay, and where it stands, for messages."""

    file: str
    line: int
    header: tuple[str, ...]
    values: list[str]

    def text(self, column: str) -> str:
        at = self.header.index(column) if column in self.header else len(self.values)
        return self.values[at].strip() if at < len(self.values) else ""

    def needed(self, column: str) -> str:
        return self.text(column) or self._refuse(column, "is empty")

    def degrees(self, column: str, limit: int) -> float:
        number = self._number(column)
        if not -limit <= number <= limit:
            self._refuse(column, f"is out of range; expected degrees between -{limit} and {limit}")
        return number

    def precision(self) -> Precision:
        said = self.needed("precision")
        if said not in _PRECISIONS:
            self._refuse("precision", f"is unknown; expected one of {', '.join(_PRECISIONS)}")
        return Precision(said)

    def country(self) -> str:
        code = self.needed("country").upper()
        return code if code in iso_codes() else self._refuse("country", "is no ISO 3166-1 code such as BR")

    def radius(self, precision: Precision) -> float:
        if not self.text("radius_km"):
            return _PRECISIONS[precision]
        number = self._number("radius_km")
        return number if number > 0 else self._refuse("radius_km", "must be more than 0")

    def people(self) -> int:
        if not self.text("population"):
            return 0
        number = self._number("population")
        return int(number) if number >= 0 else int(self._refuse("population", "must not be less than 0"))

    def _number(self, column: str) -> float:
        try:
            number = float(self.needed(column))
        except ValueError:
            number = math.nan
        return number if math.isfinite(number) else self._refuse(column, "is not a number")

    def _refuse(self, column: str, why: str) -> NoReturn:
        raise GazetteerError(f"{self.file}, line {self.line}, column {column}: {self.text(column)!r} {why}")


def _counted(text: str, at: list[int]) -> Iterator[str]:
    """Give the lines that are no comments; `at` holds the number of the last one given, from 1."""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        at[0] = number
        if not line.startswith("#"):
            yield line


def _header(names: list[str], file: str, line: int) -> tuple[str, ...]:
    header = tuple(name.strip().lower() for name in names)
    for column in _NEEDED:
        if column not in header:
            raise GazetteerError(
                f"{file}, line {line}: there is no column {column!r}; expected {', '.join(_NEEDED)},"
                f" and if need be {', '.join(_MORE)}"
            )
    return header
