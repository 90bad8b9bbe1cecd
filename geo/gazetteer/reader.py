"""The offline gazetteer: open the compiled file, look names up, find what is near a point."""

import os
import sqlite3
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from geo.errors import GazetteerError
from geo.gazetteer.compiler import Progress, checksum, compile_gazetteer, fingerprint
from geo.gazetteer.packages import cell
from geo.geometry import checked_point
from geo.place import Precision
from geo.sphere import around, distance_km

_KEPT = 2048


class Entry(NamedTuple):
    """A place of the gazetteer under one of its names.

    `kind` is a rank of Precision; `admin1` and `admin2` are ids of entries; `names` counts the names, which
    tells how well known the place is; `codes` are the countries of a region; `rank` says how good the name is
    that was looked up: 0 the primary name, 1 an alternate, 2 a code or abbreviation, 3 a similar name,
    4 the primary name cut short ("New York" for New York City).
    """

    id: int
    name: str
    lon: float
    lat: float
    kind: int
    country: str | None
    admin1: int | None
    admin2: int | None
    population: int
    names: int
    radius_km: float
    codes: str | None
    rank: int

    @property
    def precision(self) -> Precision:
        """Give the kind as a Precision."""
        return _PRECISIONS[self.kind]

    @property
    def countries(self) -> tuple[str, ...]:
        """Give the ISO codes of a region, or the one of a place."""
        if self.codes:
            return tuple(self.codes.split(" "))
        return (self.country,) if self.country else ()


_PRECISIONS = tuple(Precision)
_PLACE = (
    "p.id, p.name, p.lon / 1e5, p.lat / 1e5, p.kind, p.country, p.admin1, p.admin2, p.population, p.names"
)
_COLUMNS = f"{_PLACE}, p.radius / 10.0, p.codes"
_JOINED = "n JOIN place p ON p.id = n.place WHERE n.key = ?"
_BY_NAME = f"SELECT {_COLUMNS}, n.rank FROM name {_JOINED}"  # noqa: S608 columns are ours
_BY_SKELETON = f"SELECT {_COLUMNS}, 3 FROM skeleton {_JOINED} LIMIT 500"  # noqa: S608 columns are ours
_BY_ID = f"SELECT {_COLUMNS}, 0 FROM place p WHERE p.id = ?"  # noqa: S608 columns are ours
_BY_CELL = f"SELECT {_COLUMNS}, 0 FROM place p WHERE p.cell BETWEEN ? AND ?"  # noqa: S608 columns are ours
_STARTING = "SELECT DISTINCT key FROM name WHERE key >= ? AND key < ? LIMIT ?"


class Gazetteer:
    """Looks names up in a compiled file, from any number of threads; each has a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Open a compiled file, or raise GazetteerError when it is not whole."""
        self.path = path
        self._local = threading.local()
        meta = dict(self._rows("SELECT name, value FROM meta"))
        self.fingerprint: str = meta.get("fingerprint", "")
        self.places = int(meta.get("places", 0))
        self.named = lru_cache(maxsize=_KEPT)(self._named)
        self.sounding = lru_cache(maxsize=_KEPT // 8)(self._sounding)
        self.entry = lru_cache(maxsize=_KEPT)(self._entry)

    @property
    def size(self) -> int:
        """Give the size of the file in bytes."""
        return self.path.stat().st_size

    def describe(self) -> dict[str, str | int]:
        """Say where the file lies, what it was made from, how big it is and how many places it holds."""
        return {
            "path": str(self.path),
            "fingerprint": self.fingerprint,
            "size": self.size,
            "places": self.places,
        }

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        connection = getattr(self._local, "connection", None)
        try:
            if connection is None:
                # Immutable: a file is never changed, only replaced, and one that is open stays as it is.
                address = f"file:{quote(str(self.path))}?mode=ro&immutable=1"
                connection = self._local.connection = sqlite3.connect(address, uri=True)
                connection.execute("PRAGMA cache_size=-4000")
            return connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise GazetteerError(f"the gazetteer {self.path} cannot be read ({error}): remove it") from error

    def _named(self, key: str) -> tuple[Entry, ...]:
        """List every place that has a name with this key (see geo.text.key)."""
        return tuple(map(Entry._make, self._rows(_BY_NAME, key)))

    def _sounding(self, skeleton: str) -> tuple[Entry, ...]:
        """List places, 500 at most, one of whose names has this skeleton (see geo.text.skeleton)."""
        return tuple(map(Entry._make, self._rows(_BY_SKELETON, skeleton)))

    def _entry(self, ident: int) -> Entry | None:
        """Look a place up by its id."""
        rows = self._rows(_BY_ID, ident)
        return Entry._make(rows[0]) if rows else None

    def keys_starting(self, prefix: str, limit: int = 4000) -> list[str]:
        """List keys of names that begin with a prefix, in order."""
        return [row[0] for row in self._rows(_STARTING, prefix, prefix + "\U0010ffff", limit)]

    def near(self, lon: float, lat: float, limit: int = 1) -> list[tuple[float, Entry]]:
        """Find the nearest cities of a point in degrees: pairs of (kilometres, entry), nearest first.

        Raises BadPoint for numbers that are not finite or out of range.
        """
        lon, lat = checked_point(lon, lat)
        found: list[tuple[float, Entry]] = []
        for reach in (30.0, 120.0, 500.0, 2000.0, 8000.0, 20100.0):
            rows = self._within(lon, lat, reach)
            measured = ((distance_km(lon, lat, entry.lon, entry.lat), entry) for entry in rows)
            found = sorted((pair for pair in measured if pair[0] <= reach), key=lambda pair: pair[0])
            if len(found) >= limit:
                break
        return found[:limit]

    def _within(self, lon: float, lat: float, reach: float) -> list[Entry]:
        box = around(lon, lat, reach)
        rows: list[tuple[Any, ...]] = []
        for part in box.parts():
            west, east = cell(part.west, -90.0), cell(part.east, -90.0)
            for start in range(cell(-180.0, part.south), cell(-180.0, part.north) + 1, 360):
                rows += self._rows(_BY_CELL, start + west, start + east)
        return [Entry._make(row) for row in rows]


def default_path() -> Path:
    """Find the place of the gazetteer in the user's cache folder ($XDG_CACHE_HOME, or ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return folder / "dateline" / "gazetteer.sqlite"


def is_fresh(path: Path) -> bool:
    """Tell whether a whole gazetteer lies at a path, made from the data packages that are installed."""
    try:
        carried, counted = checksum(path)
        return carried == counted and Gazetteer(path).fingerprint == fingerprint()
    except (OSError, GazetteerError):
        return False


def open_gazetteer(path: Path | None = None, progress: Progress | None = None) -> Gazetteer:
    """Open the gazetteer; make it first where it is missing, old or broken.

    `progress(done, total)` is called while it is made. Raises GazetteerError when it cannot be made.
    """
    path = path or default_path()
    if not is_fresh(path):
        compile_gazetteer(path, progress)
    return Gazetteer(path)
