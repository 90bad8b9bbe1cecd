"""Distances on the sphere, in kilometres; the Earth's mean radius is 6,371.0088 km (IUGG)."""

import math

from geo.box import Box

EARTH_KM = 6371.0088
ROUNDING_DEGREES = 1e-6  # margin of a box around a circle


def distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the great-circle distance between two points in degrees (haversine formula)."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half_dphi, half_dlon = (other_phi - phi) / 2, math.radians(other_lon - lon) / 2
    h = math.sin(half_dphi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_dlon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def around(lon: float, lat: float, radius_km: float) -> Box:
    """Return the box around a circle; a circle over a pole has a box with every longitude.

    Source: J. P. Matuschek, "Finding points within a distance of a latitude/longitude using bounding
    coordinates". A margin of a millionth of a degree allows for rounding.
    """
    angle = radius_km / EARTH_KM
    reach = math.degrees(angle) + ROUNDING_DEGREES
    south, north = lat - reach, lat + reach
    if south <= -90 or north >= 90:
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    reach = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(lat)))) + ROUNDING_DEGREES
    if reach >= 180:
        return Box(-180.0, south, 180.0, north)
    west, east = lon - reach, lon + reach
    return Box(west + 360 if west < -180 else west, south, east - 360 if east > 180 else east, north)


def destination(lon: float, lat: float, bearing: float, km: float) -> tuple[float, float]:
    """Return the point (lon, lat in degrees) at a distance from a point, along the great circle of a bearing.

    `bearing` is in degrees from north, clockwise. Source: Ed Williams, "Aviation Formulary", lat/lon given radial
    and distance.
    """
    phi, theta, angle = math.radians(lat), math.radians(bearing), km / EARTH_KM
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(theta)
    end_phi = math.asin(max(-1.0, min(1.0, sine)))
    dlon = math.atan2(
        math.sin(theta) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(end_phi)
    )
    return (lon + math.degrees(dlon) + 540) % 360 - 180, math.degrees(end_phi)


def midpoint(lon: float, lat: float, other_lon: float, other_lat: float) -> tuple[float, float]:
    """Return the point (lon, lat in degrees) halfway between two points on the great circle through both.

    Source: Ed Williams, "Aviation Formulary". Points opposite each other have no such circle; any point is returned.
    """
    phi, other_phi, dlon = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    x, y = math.cos(other_phi) * math.cos(dlon), math.cos(other_phi) * math.sin(dlon)
    middle = math.atan2(math.sin(phi) + math.sin(other_phi), math.hypot(math.cos(phi) + x, y))
    middle_lon = lon + math.degrees(math.atan2(y, math.cos(phi) + x))
    return (middle_lon + 540) % 360 - 180, math.degrees(middle)
