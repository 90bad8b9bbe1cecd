"""Read tiles from one PMTiles file: our world, or an operator's own."""

import mmap
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pmtiles.reader import Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, TileType

from timeline.errors import BadFile

WORLD = Path(__file__).with_name("world.pmtiles")
_KEPT = 1024  # tiles in memory: a few megabytes
_VERSION_BYTES = 6
_HASHED = 64 * 1024 * 1024
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    EOFError,
    MagicNumberNotFound,
    SpecVersionUnsupported,
)


class Archive:
    """The tiles of one file, which is mapped into memory; safe to use from several threads.

    Raises BadFile for what is no PMTiles 3 file of vector tiles.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._reader = Reader(lambda offset, length: self._bytes[offset : offset + length])
            self.header: dict[str, Any] = self._reader.header()
            self.metadata: dict[str, Any] = self._reader.metadata()
        except _UNREADABLE as error:
            said = str(error) or "its first bytes are another format's, or another version's"
            raise BadFile(f"{path} cannot be read as a PMTiles 3 file of vector tiles: {said}") from None
        if self.header["tile_type"] is not TileType.MVT:
            raise BadFile(f"{path} holds {self.header['tile_type'].name} tiles; expected vector tiles (MVT)")
        if self.header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            raise BadFile(f"the tiles of {path} must be compressed by gzip, or not at all")
        self.version = self._digest()
        self.tile = lru_cache(maxsize=_KEPT)(self._tile)

    @property
    def gzipped(self) -> bool:
        """Tell whether the tiles are stored gzipped."""
        return bool(self.header["tile_compression"] is Compression.GZIP)

    @property
    def zooms(self) -> tuple[int, int]:
        """Give the first and the last zoom that there are tiles of."""
        return self.header["min_zoom"], self.header["max_zoom"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees."""
        west, south, east, north = (
            self.header[side] / 1e7 for side in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
        )
        return west, south, east, north

    def holds(self, zoom: int, x: int, y: int) -> bool:
        """Tell whether a tile lies in the world and in the zooms of this file."""
        first, last = self.zooms
        return first <= zoom <= last and 0 <= x < 2**zoom and 0 <= y < 2**zoom

    def _tile(self, zoom: int, x: int, y: int) -> bytes:
        return self._reader.get(zoom, x, y) or b""

    def _digest(self) -> str:
        # Ours is read whole; of a country's gigabytes the head must do, where the directory tells builds apart.
        known = len(self._bytes).to_bytes(8, "big") + self._bytes[:_HASHED]
        return blake2b(known, digest_size=_VERSION_BYTES).hexdigest()


@lru_cache(maxsize=4)
def archive(path: Path = WORLD) -> Archive:
    """Open a file once for the whole process; raise BadFile."""
    return Archive(path)
