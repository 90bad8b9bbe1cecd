"""The tiles of one PMTiles file: our own of the world, or an operator's."""

import mmap
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pmtiles.reader import Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, TileType

from timeline.errors import BadFile

WORLD = Path(__file__).with_name("world.pmtiles")
_MAX_TILES_CACHED = 1024  # a few megabytes
_VERSION_BYTES = 6
_MAX_BYTES_HASHED = 64 * 1024 * 1024
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

    Raises BadFile for a file that is not PMTiles 3 with vector tiles.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._reader = Reader(lambda offset, length: self._bytes[offset : offset + length])
            self.header: dict[str, Any] = self._reader.header()
            self.metadata: dict[str, Any] = self._reader.metadata()
        except _UNREADABLE as error:
            reason = str(error) or "its first bytes belong to another format or version"
            raise BadFile(
                f"{path} cannot be read: {reason}; expected a PMTiles 3 file of vector tiles, for example, city.pmtiles"
            ) from None
        if self.header["tile_type"] is not TileType.MVT:
            raise BadFile(
                f"{path} contains {self.header['tile_type'].name} tiles; expected vector tiles (MVT)"
            )
        if self.header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            compression = self.header["tile_compression"].name
            raise BadFile(
                f"the tiles of {path} are compressed by {compression}; expected gzip or no compression"
            )
        self.version = self._digest()
        self.tile = lru_cache(maxsize=_MAX_TILES_CACHED)(self._tile)

    @property
    def gzipped(self) -> bool:
        """Return whether the tiles are stored gzipped."""
        return bool(self.header["tile_compression"] is Compression.GZIP)

    @property
    def zooms(self) -> tuple[int, int]:
        """Return the first and the last zoom that have tiles."""
        return self.header["min_zoom"], self.header["max_zoom"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees."""
        west, south, east, north = (
            self.header[side] / 1e7 for side in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
        )
        return west, south, east, north

    def contains(self, zoom: int, x: int, y: int) -> bool:
        """Return whether a tile exists at its zoom and the zoom is in this file."""
        first, last = self.zooms
        return first <= zoom <= last and 0 <= x < 2**zoom and 0 <= y < 2**zoom

    def _tile(self, zoom: int, x: int, y: int) -> bytes:
        return self._reader.get(zoom, x, y) or b""

    def _digest(self) -> str:
        # Our own file is small and hashed completely. An operator's may be gigabytes, so only its start is hashed; the
        # tile directory in it differs between builds.
        hashed = len(self._bytes).to_bytes(8, "big") + self._bytes[:_MAX_BYTES_HASHED]
        return blake2b(hashed, digest_size=_VERSION_BYTES).hexdigest()


@lru_cache(maxsize=4)
def archive(path: Path = WORLD) -> Archive:
    """Return a file's archive, opened once for the process; raise BadFile."""
    return Archive(path)
