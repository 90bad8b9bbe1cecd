"""Bounding boxes in degrees: west, south, east, north."""

import math
from dataclasses import dataclass

from geo.errors import BadBox

_DECIMALS = 9  # 0.1 mm; subtracting turns leaves a rounding error far behind them


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees (CRS84), edges included; west > east crosses the antimeridian.

    -180 and 180 are the same meridian: a box that reaches one of them includes points on the other.
    """

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """Return the box of `west,south,east,north`, or of six numbers with heights, which are ignored (RFC 7946, 5).

        Map libraries send longitudes beyond ±180 when the map was moved around the world: they are wrapped. Raises
        BadBox for anything that is not four or six finite numbers with latitudes in range.
        """
        parts = text.split(",")
        if len(parts) not in (4, 6):
            raise BadBox(f"needs 4 numbers (or 6 with heights), but has {len(parts)}")
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            wrong = next(part for part in parts if not _is_number(part))
            raise BadBox(f"{wrong.strip()!r} is not a number") from None
        if not all(map(math.isfinite, numbers)):
            raise BadBox("every number must be finite")
        west, south, east, north = (*numbers[:2], *numbers[3:5]) if len(parts) == 6 else numbers
        west, east = _wrapped(west, east)
        return cls.checked(west, south, east, north)

    @classmethod
    def checked(cls, west: float, south: float, east: float, north: float) -> "Box":
        """Return a box, or raise BadBox if a number is out of range."""
        if not (-180 <= west <= 180 and -180 <= east <= 180):
            raise BadBox("west and east must be between -180 and 180")
        if not (-90 <= south <= 90 and -90 <= north <= 90):
            raise BadBox("south and north must be between -90 and 90")
        if south > north:
            raise BadBox(f"south ({south:g}) is greater than north ({north:g})")
        return cls(west, south, east, north)

    def parts(self) -> tuple["Box", ...]:
        """Return the box itself, or its two parts if it reaches or crosses the antimeridian."""
        if self.west > self.east:
            return (
                Box(self.west, self.south, 180.0, self.north),
                Box(-180.0, self.south, self.east, self.north),
            )
        # The antimeridian has two longitudes, and the box has one of them.
        if self.west == -180 < self.east < 180 or self.west == self.east == -180:
            return (self, Box(180.0, self.south, 180.0, self.north))
        if self.west > -180 and self.east == 180:
            return (self, Box(-180.0, self.south, -180.0, self.north))
        return (self,)

    def contains(self, lon: float, lat: float) -> bool:
        """Return whether a point in degrees is inside the box or on an edge."""
        return any(b.west <= lon <= b.east and b.south <= lat <= b.north for b in self.parts())


def _wrapped(west: float, east: float) -> tuple[float, float]:
    """Return two longitudes between -180 and 180; a box of 360 degrees or more is the whole world."""
    if -180 <= west <= 180 and -180 <= east <= 180:
        return west, east
    if east - west >= 360:
        return -180.0, 180.0
    return _wrapped_longitude(west), _wrapped_longitude(east)


def _wrapped_longitude(lon: float) -> float:
    return lon if -180 <= lon <= 180 else round(math.remainder(lon, 360), _DECIMALS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
