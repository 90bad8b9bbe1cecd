"""Bounding boxes in degrees: west, south, east, north."""

import math
from dataclasses import dataclass

from geo.errors import BadBox


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees (CRS84), edges included; west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """Return the box of `west,south,east,north`, or of six numbers with heights, which are ignored (RFC 7946, 5).

        Raises BadBox for anything that is not four or six finite numbers in range.
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
        """Return the box itself, or its two halves if it crosses the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (Box(self.west, self.south, 180.0, self.north), Box(-180.0, self.south, self.east, self.north))

    def contains(self, lon: float, lat: float) -> bool:
        """Return whether a point in degrees is inside the box or on an edge."""
        return any(b.west <= lon <= b.east and b.south <= lat <= b.north for b in self.parts())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
