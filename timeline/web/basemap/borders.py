"""Borders, each with what is disputed about it: an editorial matter, so it is data (disputed.json, claims.json).

A line is in one of three views: `both`, `un` (only where the United Nations see a border) or `facto` (only where
somebody else rules than the United Nations say). What is in one view alone is always disputed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.countries import topojson
from geo.countries.disputed import Claim, claims
from geo.countries.iso_codes import alpha2
from timeline.web.basemap.natural_earth import Feature, Scale, Source, feature, flat

# What Natural Earth draws apart and without a number, and whose the United Nations (or ISO 3166-1) say it is.
_UNNUMBERED = {
    "Somaliland": "SO",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Kosovo": "XK",
    "Baikonur": "KZ",
    "USNB Guantanamo Bay": "CU",
    "Dhekelia": "GB",
    "Akrotiri": "GB",
    "Siachen Glacier": "Siachen Glacier",
}
_SHORT = 0.06  # degrees: where two outlines of one line run beside each other


class Dispute(NamedTuple):
    """Two countries (ISO alpha-2) and the box in which the line between them is disputed."""

    between: frozenset[str]
    box: BaseGeometry


def disputes() -> list[Dispute]:
    """Read disputed.json; without a box the whole line is disputed."""
    rows = json.loads(Path(__file__).with_name("disputed.json").read_text(encoding="utf-8"))
    everywhere = [-180, -90, 180, 90]
    return [Dispute(frozenset(row["between"]), shapely.box(*row.get("box", everywhere))) for row in rows]


def borders(source: Source, scale: Scale) -> Iterator[Feature]:
    """Draw the lines that two countries share, and those that only one view knows."""
    owners: dict[int, set[str]] = {}
    for geometry in source.parts("countries"):
        for i in set(flat(geometry.get("arcs", []))):
            owners.setdefault(i if i >= 0 else ~i, set()).add(_owner(geometry))
    for arc, found in sorted(owners.items()):
        if len(found) > 1:
            whole: BaseGeometry = shapely.LineString(source.arcs[arc])
            for part, view, disputed in _parted(whole, sorted(found)):
                yield feature(part, scale.first, scale.last, view=view, disputed=disputed)
    for line in _claimed(source):
        yield feature(line, scale.first, scale.last, view="un", disputed=True)


def _owner(geometry: dict[str, Any]) -> str:
    name = geometry["properties"]["name"]
    # Two parts of one owner must differ, or the line between them is never drawn.
    return alpha2(geometry.get("id")) or f"{_UNNUMBERED.get(name, name)}/{name}"


def _parted(line: BaseGeometry, found: list[str]) -> Iterator[tuple[BaseGeometry, str, bool]]:
    """Part a line where a claim changes whose land lies beside it."""
    pieces = [(line, found)]
    for claim in claims():
        after: list[tuple[BaseGeometry, list[str]]] = []
        for piece, sides in pieces:
            inside = piece.intersection(claim.area)
            if inside.length:
                after.append((inside, _given(sides, claim)))
                piece = piece.difference(claim.area)
            if piece.length:
                after.append((piece, sides))
        pieces = after
    for piece, sides in pieces:
        yield from _judged(piece, {side.partition("/")[0] for side in sides}, found)


def _given(sides: list[str], claim: Claim) -> list[str]:
    return [claim.code if side in claim.rulers else side for side in sides]


def _judged(
    piece: BaseGeometry, sides: set[str], found: list[str]
) -> Iterator[tuple[BaseGeometry, str, bool]]:
    if len(sides) == 1:
        yield piece, "facto", True
        return
    left = piece
    for dispute in disputes():
        inside = left.intersection(dispute.box)
        if inside.length and (dispute.between == sides or any("Siachen" in one for one in found)):
            yield inside, "both", True
            left = left.difference(dispute.box)
    if left.length:
        yield left, "both", False


def _claimed(source: Source) -> Iterator[BaseGeometry]:
    """Give the lines that run inside what one country rules, between it and whose land it is."""
    for geometry in source.parts("countries"):
        code = alpha2(geometry.get("id"))
        for claim in claims():
            if code in claim.rulers:
                for polygon in topojson.polygons(geometry, source.arcs):
                    line = claim.area.boundary.intersection(polygon.buffer(-_SHORT / 4))
                    yield from (part for part in shapely.get_parts(line) if part.length > _SHORT)
