"""The binary geometry of a GeoPackage (OGC 12-128, 2.1.3): a header with a box, followed by WKB."""

from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import mapping

_MAGIC = b"GP"
_FIXED_BYTES = 8  # magic, version, flags, number of the reference system
_BOX_BYTES = (0, 32, 48, 48, 64)  # by the kind of box in the flags
_EMPTY, _BOX, _EXTENDED = 0b0001_0000, 0b0000_1110, 0b0010_0000  # bits of the flags


def geometry_of(binary: bytes | None) -> dict[str, Any] | None:
    """Return a geometry as GeoJSON, None for an empty one; raise ValueError if it cannot be read."""
    if binary is None:
        return None
    if not isinstance(binary, bytes) or binary[:2] != _MAGIC or len(binary) < _FIXED_BYTES:
        raise ValueError("is not a geometry of a GeoPackage; expected one that begins with GP")
    flags = binary[3]
    box = (flags & _BOX) >> 1
    if flags & _EXTENDED or box >= len(_BOX_BYTES):
        raise ValueError("is an extended geometry, which only its own program can read; expected WKB")
    if flags & _EMPTY:
        return None
    try:
        geometry = shapely.from_wkb(binary[_FIXED_BYTES + _BOX_BYTES[box] :])
    except (GEOSException, TypeError) as error:
        raise ValueError(f"cannot be read: {str(error)[:120]}; expected WKB") from None
    if geometry is None or geometry.is_empty:
        return None
    document: dict[str, Any] = _listed(mapping(geometry))
    return document


def _listed(value: Any) -> Any:
    """Return GeoJSON with lists instead of tuples, as a file has it."""
    if isinstance(value, dict):
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value
