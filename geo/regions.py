"""Regions of several countries: their names, members, label point and extent."""

import math
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from geo import countries, shapes
from geo.geometry import DECIMALS
from geo.sources import own_rows
from geo.sphere import distance_km
from geo.text import key


class Region(NamedTuple):
    """A region: names (the first is shown), ISO codes, a point on its land, a radius in km."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    lon: float
    lat: float
    radius_km: float

    @property
    def name(self) -> str:
        """Give the name that is shown."""
        return self.names[0]


@cache
def regions() -> tuple[Region, ...]:
    """List the regions of regions.csv, and those of UN M49 by their names in every language."""
    made: list[Region] = []
    taken: set[str] = set()
    groups: dict[str, list[str]] = defaultdict(list)
    for name, code in countries.translations():
        if code.isdigit() and code != "001":
            groups[code].append(name)
    rows = [(row["name"].split("|"), row["codes"].split()) for row in own_rows("regions.csv")]
    rows += [([_english(code), *names], [code]) for code, names in sorted(groups.items())]
    for names, members in rows:
        fresh = tuple(dict.fromkeys(name for name in names if key(name) and key(name) not in taken))
        codes = _expand(members)
        if fresh and codes:
            made.append(Region(fresh, codes, *_extent(codes)))
            taken.update(map(key, fresh))
    return tuple(made)


def _english(code: str) -> str:
    return countries.country_name(code, "en")


def _expand(members: list[str]) -> tuple[str, ...]:
    codes: set[str] = set()
    for member in members:
        codes.update(countries.members(member) if member.isdigit() or member == "EU" else (member,))
    return tuple(sorted(codes))


def _extent(codes: tuple[str, ...]) -> tuple[float, float, float]:
    # The point lies on the land of the member whose label is nearest to the middle of all.
    labels = [(label, _weight(code)) for code in codes if (label := shapes.label(code))]
    x = y = z = 0.0
    for label, weight in labels:
        phi, theta = math.radians(label.lat), math.radians(label.lon)
        x += weight * math.cos(phi) * math.cos(theta)
        y += weight * math.cos(phi) * math.sin(theta)
        z += weight * math.sin(phi)
    lon, lat = math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))
    big = max(weight for _, weight in labels)
    eligible = [label for label, weight in labels if weight > 0.1 * big]
    centre = min(eligible, key=lambda label: distance_km(lon, lat, label.lon, label.lat))
    reach = max(distance_km(centre.lon, centre.lat, label.lon, label.lat) for label in eligible)
    return round(centre.lon, DECIMALS), round(centre.lat, DECIMALS), round(reach + centre.radius_km / 2, 1)


def _weight(code: str) -> float:
    # The root of the area: by area alone, the middle of Europe would lie in Siberia.
    whole = shapes.shape(code)
    return 0.0 if whole is None else math.sqrt(whole.area * math.cos(math.radians(whole.centroid.y)))
