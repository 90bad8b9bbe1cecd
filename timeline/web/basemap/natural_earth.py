"""Land, lakes, rivers and states of Natural Earth, each feature with the zooms that it is drawn at."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo.countries import topojson

Feature = dict[str, Any]
_OVER = 0.3  # degrees beyond the antimeridian, so that no gap shows between two copies of the world
_SAME = 0.05  # degrees: two scales draw the same river this far apart


class Scale(NamedTuple):
    """A file of one scale, and the zooms that it serves."""

    name: str
    first: int
    last: int


SCALES = (Scale("110m", 0, 1), Scale("50m", 2, 4), Scale("10m", 5, 6))


class Source:
    """A TopoJSON document with its arcs decoded."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.arcs = topojson.decode(document)
        self.objects: dict[str, Any] = document["objects"]

    def parts(self, name: str) -> list[Any]:
        """List the geometries of an object, which may be a single one."""
        found = self.objects[name]
        return list(found.get("geometries", [found]))

    def polygons(self, name: str) -> list[BaseGeometry]:
        """Build the polygons of an object: cut at the antimeridian, repaired, none inverted."""
        return [
            polygon
            for geometry in self.parts(name)
            for polygon in topojson.polygons(self._sound(geometry), self.arcs)
            if _credible(polygon)
        ]

    def _sound(self, geometry: Any) -> dict[str, Any]:
        """Leave out rings that simplification has left without an inside."""
        outlines = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
        kept = [[ring for ring in rings if self._points(ring) >= 4] for rings in outlines]
        whole = [rings for rings, before in zip(kept, outlines, strict=True) if rings[:1] == before[:1]]
        return {"type": "MultiPolygon", "arcs": whole}

    def _points(self, ring: list[int]) -> int:
        return sum(len(self.arcs[i if i >= 0 else ~i]) - 1 for i in ring) + 1

    def lines(self, name: str) -> list[BaseGeometry]:
        """Build the lines of an object."""
        return [
            shapely.LineString(self.arcs[i] if i >= 0 else self.arcs[~i][::-1])
            for geometry in self.parts(name)
            for i in flat(geometry.get("arcs", []))
        ]


def flat(arcs: Any) -> Iterator[int]:
    """Give the numbers of the arcs of a geometry, whatever its kind."""
    for arc in arcs:
        if isinstance(arc, int):
            yield arc
        else:
            yield from flat(arc)


def _credible(polygon: BaseGeometry) -> bool:
    # A ring that was read inside out covers the rest of the world: no land reaches from pole to pole.
    _, south, _, north = polygon.bounds
    return bool(north - south < 150)


def feature(geometry: BaseGeometry, first: int, last: int, **facts: Any) -> Feature:
    """Make a GeoJSON Feature that is drawn from zoom `first` to `last`."""
    return {
        "type": "Feature",
        "tippecanoe": {"minzoom": first, "maxzoom": last},
        "properties": facts,
        "geometry": shapely.geometry.mapping(geometry),
    }


def land(source: Source, scale: Scale) -> Iterator[Feature]:
    """Draw the land; what touches the antimeridian goes on a little behind it."""
    for polygon in source.polygons("land"):
        yield feature(polygon, scale.first, scale.last)
        yield from (feature(part, scale.first, scale.last) for part in _over(polygon))


def _over(polygon: BaseGeometry) -> Iterator[BaseGeometry]:
    west, _, east, _ = polygon.bounds
    if west <= -180:
        yield affinity.translate(polygon.intersection(shapely.box(-180, -90, -180 + _OVER, 90)), xoff=360)
    if east >= 180:
        yield affinity.translate(polygon.intersection(shapely.box(180 - _OVER, -90, 180, 90)), xoff=-360)


def lakes(world: Source, regions: list[Source], coarse: Source) -> Iterator[Feature]:
    """Draw the lakes: the regions' files are finer than the world's, which has what they leave out."""
    for polygon in coarse.polygons("lakes"):
        yield feature(polygon, 0, 2)
    taken: list[BaseGeometry] = []
    for source in (*regions, world):
        tree = shapely.STRtree(taken)
        fresh = [lake for lake in source.polygons("lakes") if not len(tree.query(lake, "intersects"))]
        taken += fresh
    for polygon in taken:
        yield feature(polygon, 3, 6)


def rivers(world: Source, regions: list[Source], coarse: Source) -> Iterator[Feature]:
    """Draw the rivers, each once: the regions overlap."""
    for line in coarse.lines("rivers"):
        yield feature(line, 3, 3)
    taken: BaseGeometry = shapely.MultiLineString()
    for source in (*regions, world):
        lines = shapely.union_all(source.lines("rivers"))
        fresh = lines.difference(taken.buffer(_SAME)) if not taken.is_empty else lines
        taken = taken.union(fresh)
    for line in shapely.get_parts(shapely.line_merge(taken)):
        if line.length > _SAME:
            yield feature(line, 4, 6)


def states(sources: list[tuple[Source, frozenset[str]]]) -> Iterator[Feature]:
    """Draw the lines between the states of the countries that are named beside each source (ISO alpha-3)."""
    for source, countries in sources:
        owners: dict[int, list[tuple[str, str]]] = {}
        for geometry in source.parts("subunits"):
            key = (geometry["properties"]["gu"], str(geometry["id"]))
            for i in set(flat(geometry["arcs"])):
                owners.setdefault(i if i >= 0 else ~i, []).append(key)
        for arc, found in owners.items():
            if (
                len(set(found)) > 1
                and {gu for gu, _ in found} <= countries
                and len({g for g, _ in found}) == 1
            ):
                yield feature(shapely.LineString(source.arcs[arc]), 3, 6)
