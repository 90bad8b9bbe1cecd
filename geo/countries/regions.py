"""Regions of several countries: their names, members, label point and extent."""

import math
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from geo.countries.iso_codes import group_members
from geo.countries.names import (
    CODE,
    FOREIGN,
    PAGE_LANGUAGES,
    PRIMARY,
    country_name,
    ranked_names,
    translations,
)
from geo.countries.outlines import country_label, country_shape
from geo.data_files import bundled_rows
from geo.geometry import DECIMALS
from geo.sphere import distance_km
from geo.text import key

MAX_CHARACTERS_OF_ACRONYM = 5


class Region(NamedTuple):
    """A region: names (the first is displayed), ISO codes, a point in degrees, a radius in kilometres.

    The point is on the land of a member, or where regions.csv puts it: in the sea that a region is named after,
    or in the part of its countries that belongs to the region. `feature` is `sea` for a sea, else None.
    """

    names: tuple[str, ...]
    codes: tuple[str, ...]
    lon: float
    lat: float
    radius_km: float
    feature: str | None

    @property
    def name(self) -> str:
        """Return the name that is displayed."""
        return self.names[0]


class NamedRegion(NamedTuple):
    """The names, the ISO codes and the row of regions.csv of a region; one of UN M49 alone has no row."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    row: dict[str, str]


@cache
def regions() -> tuple[Region, ...]:
    """Return the regions of regions.csv and those of UN M49, with their names in every language.

    Each name belongs to one region: the first that lists it.
    """
    return tuple(
        Region(
            names,
            codes,
            *(_circle_of_row(row) if row.get("lon") else _circle_around(codes)),
            row.get("feature") or None,
        )
        for names, codes, row in named_regions()
    )


@cache
def named_regions() -> tuple[NamedRegion, ...]:
    """Return the same regions without points and radii, which take a second to compute."""
    builder = _RegionBuilder()
    group_names = _group_names()
    for row in bundled_rows("regions.csv"):
        names, members = row["name"].split("|"), row["codes"].split()
        if len([member for member in members if not member.startswith("-")]) == 1:
            names += group_names.pop(members[0], [])
        builder.add(names, members, row)
    for code, names in sorted(group_names.items()):
        builder.add([country_name(code, "en"), *names], [code], {})
    return tuple(builder.regions)


def rank_of_region_name(name: str) -> int:
    """Return the rank of a region's name, as those of countries: "APAC" is a code, "Bắc Âu" is Vietnamese."""
    if name.isascii() and name.isalpha() and name.isupper() and len(name) <= MAX_CHARACTERS_OF_ACRONYM:
        return CODE
    return PRIMARY if name in _names_on_the_page() else FOREIGN


@cache
def _names_on_the_page() -> frozenset[str]:
    """Return the names of regions.csv, and those of UN M49 in the languages of the page."""
    listed = {name for row in bundled_rows("regions.csv") for name in row["name"].split("|")}
    return frozenset(listed | {name for name, _, language in translations() if language in PAGE_LANGUAGES})


def _group_names() -> dict[str, list[str]]:
    # A country keeps its name unless regions.csv gives it to a region: "Micronesia", "Afrique du Sud".
    of_countries = {name for name, _, rank in ranked_names() if rank != CODE}
    names: dict[str, list[str]] = defaultdict(list)
    for name, code, _ in translations():
        if (code.isdigit() or code == "EU") and code != "001" and key(name) not in of_countries:
            names[code].append(name)
    return names


class _RegionBuilder:
    def __init__(self) -> None:
        self.regions: list[NamedRegion] = []
        self._used_keys: set[str] = set()

    def add(self, names: list[str], members: list[str], row: dict[str, str]) -> None:
        """Add a region under those of its names that no earlier region has."""
        names_by_key: dict[str, str] = {}
        for name in names:
            if (name_key := key(name)) and name_key not in self._used_keys:
                names_by_key.setdefault(name_key, name)
        codes = _country_codes(members)
        if names_by_key and codes:
            self.regions.append(NamedRegion(tuple(names_by_key.values()), codes, row))
            self._used_keys.update(names_by_key)


def _circle_of_row(row: dict[str, str]) -> tuple[float, float, float]:
    return float(row["lon"]), float(row["lat"]), float(row["radius_km"])


def _country_codes(members: list[str]) -> tuple[str, ...]:
    """Return the countries of members: ISO codes, groups, and codes to exclude (`-FR`)."""
    codes: set[str] = set()
    for member in members:
        codes.update(group_members(member) if member.isdigit() or member == "EU" else (member,))
    return tuple(sorted(code for code in codes if code[0] != "-" and f"-{code}" not in codes))


def _circle_around(codes: tuple[str, ...]) -> tuple[float, float, float]:
    # The centre is the label of the member that is nearest to the weighted mean of all labels.
    labels = [(label, _weight(code)) for code in codes if (label := country_label(code))]
    x = y = z = 0.0
    for label, weight in labels:
        phi, theta = math.radians(label.lat), math.radians(label.lon)
        x += weight * math.cos(phi) * math.cos(theta)
        y += weight * math.cos(phi) * math.sin(theta)
        z += weight * math.sin(phi)
    lon, lat = math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))
    heaviest = max(weight for _, weight in labels)
    large = [label for label, weight in labels if weight > 0.1 * heaviest]
    centre = min(large, key=lambda label: distance_km(lon, lat, label.lon, label.lat))
    reach = max(distance_km(centre.lon, centre.lat, label.lon, label.lat) for label in large)
    return round(centre.lon, DECIMALS), round(centre.lat, DECIMALS), round(reach + centre.radius_km / 2, 1)


def _weight(code: str) -> float:
    # The root of the area: weighted by area, the middle of Europe would be in Siberia.
    land = country_shape(code)
    return 0.0 if land is None else math.sqrt(land.area * math.cos(math.radians(land.centroid.y)))
