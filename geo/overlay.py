"""Places that no package has: the rows of geo/data/overlay.csv, and of files that users bring."""

import csv
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from geo.errors import GazetteerError
from geo.gazetteer import Entry, Gazetteer
from geo.geometry import point
from geo.place import Precision
from geo.text import key

_FIRST = -(3 * 10**9)


class Overlay:
    """Answers entries by the key of a name, as the gazetteer does, from files small enough for memory."""

    def __init__(self, gazetteer: Gazetteer, paths: Iterable[Path] = ()) -> None:
        """Read the overlay of this package, then the files given; raise GazetteerError for a bad row."""
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
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        for number, row in enumerate(csv.DictReader(lines), 1):
            try:
                self._add(row)
            except (KeyError, TypeError, ValueError) as error:
                raise GazetteerError(f"overlay {name}, row {number}: {error}") from error

    def _add(self, row: dict[str, str]) -> None:
        lon, lat = point(float(row["lon"]), float(row["lat"]))
        country = row["country"].strip().upper()
        holder = self._parent(row["parent"], country)
        self._count += 1
        names = [row["name"], *filter(None, row["alternate_names"].split("|"))]
        for rank, name in enumerate(names):
            entry = Entry(
                id=_FIRST - self._count,
                name=row["name"],
                lon=lon,
                lat=lat,
                kind=Precision(row["precision"]).rank,
                country=country,
                admin1=holder.admin1 if holder else None,
                admin2=holder.admin2 if holder else None,
                population=0,
                names=len(names),
                radius_km=float(row["radius_km"]),
                codes=None,
                rank=min(rank, 1),
            )
            others = self._entries.get(key(name), ())
            if all(other.id != entry.id for other in others):
                self._entries[key(name)] = (*others, entry)

    def _parent(self, name: str, country: str) -> Entry | None:
        entries = [entry for entry in self._gazetteer.named(key(name)) if entry.country == country]
        return max(entries, key=lambda entry: entry.population * (entry.kind == 2), default=None)
