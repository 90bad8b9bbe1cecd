"""Borders, each with whether it is disputed. That is an editorial decision, so it is data (disputed.json, claims.json).

A line is in one of three views: `both`, `un` (a border only for the United Nations) or `facto` (a border only because
another country controls the land than the United Nations say). A line of one view alone is always disputed.
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
from timeline.web.basemap.natural_earth import Feature, Scale, TopoSource, feature, flat

# Territories that Natural Earth draws without a country number, and the country that the United Nations (or ISO 3166-1)
# say they belong to.
_OWNERS_OF_UNNUMBERED = {
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
_MIN_LENGTH = 0.06  # degrees: shorter pieces are two outlines of the same line


class Dispute(NamedTuple):
    """Two countries (ISO alpha-2) and the box in which the line between them is disputed."""

    between: frozenset[str]
    box: BaseGeometry


def disputes() -> list[Dispute]:
    """Return the rows of disputed.json; without a box the whole line is disputed."""
    rows = json.loads(Path(__file__).with_name("disputed.json").read_text(encoding="utf-8"))
    everywhere = [-180, -90, 180, 90]
    return [Dispute(frozenset(row["between"]), shapely.box(*row.get("box", everywhere))) for row in rows]


def borders(source: TopoSource, scale: Scale) -> Iterator[Feature]:
    """Yield the lines that two countries share, and the lines of one view alone, as Features."""
    owners: dict[int, set[str]] = {}
    for geometry in source.parts("countries"):
        for i in set(flat(geometry.get("arcs", []))):
            owners.setdefault(i if i >= 0 else ~i, set()).add(_owner(geometry))
    for arc, names in sorted(owners.items()):
        if len(names) > 1:
            line: BaseGeometry = shapely.LineString(source.arcs[arc])
            for part, view, disputed in _pieces(line, sorted(names)):
                yield feature(part, scale.first, scale.last, view=view, disputed=disputed)
    for claim_line in _claim_lines(source):
        yield feature(claim_line, scale.first, scale.last, view="un", disputed=True)


def _owner(geometry: dict[str, Any]) -> str:
    name = geometry["properties"]["name"]
    # Two parts of one owner need different names, or the line between them would not be drawn.
    return alpha2(geometry.get("id")) or f"{_OWNERS_OF_UNNUMBERED.get(name, name)}/{name}"


def _pieces(line: BaseGeometry, owners: list[str]) -> Iterator[tuple[BaseGeometry, str, bool]]:
    """Yield a line in pieces, cut where a claim changes the owner of the land along it."""
    pieces = [(line, owners)]
    for claim in claims():
        after: list[tuple[BaseGeometry, list[str]]] = []
        for piece, sides in pieces:
            inside = piece.intersection(claim.area)
            if inside.length:
                after.append((inside, _claimed_sides(sides, claim)))
                piece = piece.difference(claim.area)
            if piece.length:
                after.append((piece, sides))
        pieces = after
    for piece, sides in pieces:
        yield from _with_views(piece, {side.partition("/")[0] for side in sides}, owners)


def _claimed_sides(sides: list[str], claim: Claim) -> list[str]:
    return [claim.code if side in claim.rulers else side for side in sides]


def _with_views(
    piece: BaseGeometry, sides: set[str], owners: list[str]
) -> Iterator[tuple[BaseGeometry, str, bool]]:
    if len(sides) == 1:
        yield piece, "facto", True
        return
    undisputed = piece
    for dispute in disputes():
        inside = undisputed.intersection(dispute.box)
        if inside.length and (dispute.between == sides or any("Siachen" in owner for owner in owners)):
            yield inside, "both", True
            undisputed = undisputed.difference(dispute.box)
    if undisputed.length:
        yield undisputed, "both", False


def _claim_lines(source: TopoSource) -> Iterator[BaseGeometry]:
    """Yield the edges of claimed land inside the country that controls it."""
    for geometry in source.parts("countries"):
        code = alpha2(geometry.get("id"))
        for claim in claims():
            if code in claim.rulers:
                for polygon in topojson.polygons(geometry, source.arcs):
                    line = claim.area.boundary.intersection(polygon.buffer(-_MIN_LENGTH / 4))
                    yield from (part for part in shapely.get_parts(line) if part.length > _MIN_LENGTH)
