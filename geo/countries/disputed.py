"""Disputed land, counted as the United Nations count it, where the sources of borders go by who rules there."""

from functools import cache
from typing import NamedTuple

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.data_files import bundled_json


class Claim(NamedTuple):
    """An area: what the sources give there to one of `takers` belongs to `code`."""

    code: str
    takers: frozenset[str]
    area: BaseGeometry


@cache
def claims() -> tuple[Claim, ...]:
    """Read claims.json; its outlines are exact (to a kilometre) only where they part `code` from `takers`."""
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
    """Share a country's polygon out among those whom its land belongs to: pairs of (ISO code, polygon)."""
    shares = []
    for claim in claims():
        if code in claim.takers and claim.area.intersects(polygon):
            shares.append((claim.code, polygon.intersection(claim.area)))
            polygon = polygon.difference(claim.area)
    shares.append((code, polygon))
    return [(owner, part) for owner, whole in shares for part in shapely.get_parts(whole) if part.area > 0]
