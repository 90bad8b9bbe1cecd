"""Regions of several countries: their names, members, label point and extent."""

import math
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from geo.countries import outlines
from geo.countries.iso_codes import group_members
from geo.countries.names import country_name, ranked_names, translations
from geo.data_files import bundled_rows
from geo.geometry import DECIMALS
from geo.sphere import distance_km
from geo.text import key


class Region(NamedTuple):
    """A region: names (the first is shown), ISO codes, a point (degrees), a radius in km.

    The point lies on the land of a member, or where regions.csv puts it: in the sea that a region is named
    after, or in that part of its countries that it is.
    """

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
    groups, taken = _groups(), set[str]()
    for row in bundled_rows("regions.csv"):
        names, members = row["name"].split("|"), row["codes"].split()
        if len([member for member in members if not member.startswith("-")]) == 1:
            names += groups.pop(members[0], [])
        _make(made, taken, names, members, row)
    for code, names in sorted(groups.items()):
        _make(made, taken, [country_name(code, "en"), *names], [code], {})
    return tuple(made)


def _groups() -> dict[str, list[str]]:
    # A country's name stays its own where no row of ours says otherwise: "Micronesia", "Afrique du Sud".
    own = {name for name, _, rank in ranked_names() if rank < 2}
    groups: dict[str, list[str]] = defaultdict(list)
    for name, code in translations():
        if (code.isdigit() or code == "EU") and code != "001" and key(name) not in own:
            groups[code].append(name)
    return groups


def _make(
    made: list[Region], taken: set[str], names: list[str], members: list[str], row: dict[str, str]
) -> None:
    fresh: dict[str, str] = {}
    for name in names:
        if (text := key(name)) and text not in taken:
            fresh.setdefault(text, name)
    codes = _expand(members)
    if fresh and codes:
        where = _stated(row) if row.get("lon") else _extent(codes)
        made.append(Region(tuple(fresh.values()), codes, *where))
        taken.update(fresh)


def _stated(row: dict[str, str]) -> tuple[float, float, float]:
    return float(row["lon"]), float(row["lat"]), float(row["radius_km"])


def _expand(members: list[str]) -> tuple[str, ...]:
    codes: set[str] = set()
    for member in members:
        codes.update(group_members(member) if member.isdigit() or member == "EU" else (member,))
    return tuple(sorted(code for code in codes if code[0] != "-" and f"-{code}" not in codes))


def _extent(codes: tuple[str, ...]) -> tuple[float, float, float]:
    # The point lies on the land of the member whose label is nearest to the middle of all.
    labels = [(label, _weight(code)) for code in codes if (label := outlines.label(code))]
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
    whole = outlines.shape(code)
    return 0.0 if whole is None else math.sqrt(whole.area * math.cos(math.radians(whole.centroid.y)))
