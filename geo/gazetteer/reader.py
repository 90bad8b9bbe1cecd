"""Read the offline gazetteer: open the compiled file, look names up, find what is near a point."""

import json
import os
import sqlite3
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from geo.errors import GazetteerError
from geo.gazetteer.cells import CELLS_PER_ROW, cell
from geo.gazetteer.compiler import OnCompileProgress, checksums, compile_gazetteer, fingerprint
from geo.geometry import checked_point
from geo.place import Precision
from geo.sphere import around, distance_km

MAX_NAMES_CACHED = 2048
MAX_SKELETONS_CACHED = 256
MAX_KEYS_WITH_PREFIX = 4000
# The last covers the Earth. The steps are small beyond 1,000 km, where a circle may contain most cities of the world.
_SEARCH_RADII_KM = (8.0, 30.0, 120.0, 500.0, 1000.0, 2000.0, 2800.0, 4000.0, 5600.0, 8000.0, 20100.0)


class GazetteerEntry(NamedTuple):
    """A place of the gazetteer under one of its names.

    `kind` is a rank of Precision; `admin1` and `admin2` are ids of entries; `names` is the number of names, a
    measure of how well known the place is; `codes` are the countries of a region, separated by spaces. `rank` is the
    quality of the name that was looked up: 0 the primary name, 1 an alternative, 2 a code or abbreviation, 3 a
    similar name, 4 a shortened primary name ("New York" for New York City), 5 an abbreviation that the press writes
    in any case ("Pa.", "NRW"), 6 a country's name in a language that is spoken elsewhere. `feature` is what a
    place is that is no town and no area, such as `lake` or `airport`.
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
    feature: str | None = None

    @property
    def precision(self) -> Precision:
        """Return the kind as a Precision."""
        return _PRECISIONS[self.kind]

    @property
    def countries(self) -> tuple[str, ...]:
        """Return the ISO codes of a region, or the code of a place's country."""
        if self.codes:
            return tuple(self.codes.split(" "))
        return (self.country,) if self.country else ()


_PRECISIONS = tuple(Precision)
_PLACE = (
    "p.id, p.name, p.lon / 1e5, p.lat / 1e5, p.kind, p.country, p.admin1, p.admin2, p.population, p.names"
)
_COLUMNS = f"{_PLACE}, p.radius / 10.0, p.codes"
_JOINED = "n JOIN place p ON p.id = n.place WHERE n.key = ?"
_BY_NAME = f"SELECT {_COLUMNS}, n.rank, p.feature FROM name {_JOINED}"  # noqa: S608 columns are ours
_BY_SKELETON = f"SELECT {_COLUMNS}, 3, p.feature FROM skeleton {_JOINED} LIMIT 500"  # noqa: S608 columns are ours
_BY_ID = f"SELECT {_COLUMNS}, 0, p.feature FROM place p WHERE p.id = ?"  # noqa: S608 columns are ours
_BY_CELL = f"SELECT {_COLUMNS}, 0, p.feature FROM place p WHERE p.cell BETWEEN ? AND ?"  # noqa: S608 columns are ours
_KEYS_WITH_PREFIX = (
    "SELECT DISTINCT key FROM name WHERE key >= ? AND key < ? AND length(key) BETWEEN ? AND ? LIMIT ?"
)


class Gazetteer:
    """Looks names up in a compiled file, from any number of threads; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        """Open a compiled file; raise GazetteerError if it cannot be read."""
        self.path = path
        self._local = threading.local()
        meta = dict(self._rows("SELECT name, value FROM meta"))
        self.fingerprint: str = meta.get("fingerprint", "")
        self.places = int(meta.get("places", 0))
        # By ISO code, in lower case, in the languages of the page and of the country.
        self.local_names: dict[str, list[str]] = json.loads(meta.get("local_names", "{}"))
        self.named = lru_cache(maxsize=MAX_NAMES_CACHED)(self._named)
        self.with_skeleton = lru_cache(maxsize=MAX_SKELETONS_CACHED)(self._with_skeleton)
        self.by_id = lru_cache(maxsize=MAX_NAMES_CACHED)(self._by_id)

    @property
    def size(self) -> int:
        """Return the size of the file in bytes."""
        return self.path.stat().st_size

    def describe(self) -> dict[str, str | int]:
        """Return the file's path, its fingerprint, its size in bytes and the number of places in it."""
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
                # Immutable: a file is never changed, only replaced, and an open one keeps its contents.
                address = f"file:{quote(str(self.path))}?mode=ro&immutable=1"
                connection = self._local.connection = sqlite3.connect(address, uri=True)
                connection.execute("PRAGMA cache_size=-4000")
            return connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise GazetteerError(f"the gazetteer {self.path} cannot be read ({error}): remove it") from error

    def _named(self, key: str) -> tuple[GazetteerEntry, ...]:
        """Return every place that has a name with this key (see geo.text.key)."""
        return tuple(map(GazetteerEntry._make, self._rows(_BY_NAME, key)))

    def _with_skeleton(self, skeleton: str) -> tuple[GazetteerEntry, ...]:
        """Return at most 500 places that have a name with this skeleton (see geo.text.skeleton)."""
        return tuple(map(GazetteerEntry._make, self._rows(_BY_SKELETON, skeleton)))

    def _by_id(self, entry_id: int) -> GazetteerEntry | None:
        """Return the place with this id, or None."""
        rows = self._rows(_BY_ID, entry_id)
        return GazetteerEntry._make(rows[0]) if rows else None

    def keys_with_prefix(self, prefix: str, shortest: int, longest: int) -> list[str]:
        """Return at most MAX_KEYS_WITH_PREFIX keys of names that begin with a prefix, sorted.

        `shortest` and `longest` are numbers of characters.
        """
        limits = (prefix, prefix + "\U0010ffff", shortest, longest, MAX_KEYS_WITH_PREFIX)
        return [row[0] for row in self._rows(_KEYS_WITH_PREFIX, *limits)]

    def near(self, lon: float, lat: float, limit: int = 1) -> list[tuple[float, GazetteerEntry]]:
        """Return the cities nearest to a point in degrees: pairs of (kilometres, entry), nearest first.

        Raises BadPoint for numbers that are not finite or out of range.
        """
        lon, lat = checked_point(lon, lat)
        nearest: list[tuple[float, GazetteerEntry]] = []
        for radius_km in _SEARCH_RADII_KM:
            entries = self._in_box_around(lon, lat, radius_km)
            pairs = ((distance_km(lon, lat, entry.lon, entry.lat), entry) for entry in entries)
            nearest = sorted((pair for pair in pairs if pair[0] <= radius_km), key=lambda pair: pair[0])
            if len(nearest) >= limit:
                break
        return nearest[:limit]

    def _in_box_around(self, lon: float, lat: float, radius_km: float) -> list[GazetteerEntry]:
        rows: list[tuple[Any, ...]] = []
        for part in around(lon, lat, radius_km).parts():
            west, east = cell(part.west, -90.0), cell(part.east, -90.0)
            for start in range(cell(-180.0, part.south), cell(-180.0, part.north) + 1, CELLS_PER_ROW):
                rows += self._rows(_BY_CELL, start + west, start + east)
        return [GazetteerEntry._make(row) for row in rows]


def default_path() -> Path:
    """Return the path of the gazetteer in the user's cache folder ($XDG_CACHE_HOME, or ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return folder / "dateline" / "gazetteer.sqlite"


def is_fresh(path: Path) -> bool:
    """Return whether a file is an undamaged gazetteer, compiled from the data packages that are installed."""
    try:
        written, computed = checksums(path)
        return written == computed and Gazetteer(path).fingerprint == fingerprint()
    except (OSError, GazetteerError):
        return False


def open_gazetteer(path: Path | None = None, on_progress: OnCompileProgress | None = None) -> Gazetteer:
    """Open the gazetteer; compile it first if it is missing, outdated or damaged.

    `on_progress(done, total)` is called while it is compiled. Raises GazetteerError if it cannot be compiled.
    """
    path = path or default_path()
    if not is_fresh(path):
        compile_gazetteer(path, on_progress)
    return Gazetteer(path)
