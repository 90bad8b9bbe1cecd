"""Disputed land, counted as the United Nations count it; the sources of our borders go by who rules there."""

from functools import cache
from typing import NamedTuple

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.data_files import bundled_json


class Claim(NamedTuple):
    """An area that belongs to the country `code`, although the sources give it to one of `rulers`."""

    code: str
    rulers: frozenset[str]
    area: BaseGeometry


@cache
def claims() -> tuple[Claim, ...]:
    """Return the claims of claims.json; an area is exact (to a kilometre) only between `code` and its rulers."""
    features = bundled_json("claims.json")["features"]
    return tuple(
        Claim(
            feature["properties"]["code"],
            frozenset(feature["properties"]["from"]),
            shape(feature["geometry"]),
        )
        for feature in features
    )


def divide(code: str, polygon: BaseGeometry) -> list[tuple[str, BaseGeometry]]:
    """Split a country's polygon by the countries that its land belongs to: pairs of (ISO code, polygon)."""
    shares = []
    for claim in claims():
        if code in claim.rulers and claim.area.intersects(polygon):
            shares.append((claim.code, polygon.intersection(claim.area)))
            polygon = polygon.difference(claim.area)
    shares.append((code, polygon))
    return [(owner, part) for owner, share in shares for part in shapely.get_parts(share) if part.area > 0]
