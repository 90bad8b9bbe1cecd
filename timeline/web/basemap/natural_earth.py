"""Land, lakes, rivers and states of Natural Earth, each feature with the zooms at which it is drawn."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo.countries import topojson

Feature = dict[str, Any]
_OVERLAP = 0.3  # degrees beyond the antimeridian, so that no gap shows between two copies of the world
_RIVER_TOLERANCE = 0.05  # degrees between the same river in two files


class Scale(NamedTuple):
    """The name of one of Natural Earth's scales, and the first and last zoom that use it."""

    name: str
    first: int
    last: int


SCALES = (Scale("110m", 0, 1), Scale("50m", 2, 4), Scale("10m", 5, 6))


class TopoSource:
    """A TopoJSON document with its arcs decoded."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.arcs = topojson.decode(document)
        self.objects: dict[str, Any] = document["objects"]

    def parts(self, name: str) -> list[Any]:
        """Return the geometries of an object, which may itself be the only one."""
        part = self.objects[name]
        return list(part.get("geometries", [part]))

    def polygons(self, name: str) -> list[BaseGeometry]:
        """Return the polygons of an object, cut at the antimeridian, repaired, and without inverted ones."""
        return [
            polygon
            for geometry in self.parts(name)
            for polygon in topojson.polygons(self._without_collapsed_rings(geometry), self.arcs)
            if _is_plausible(polygon)
        ]

    def _without_collapsed_rings(self, geometry: Any) -> dict[str, Any]:
        """Return a geometry without the rings that simplification has reduced to a line."""
        outlines = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
        rings_with_area = [[ring for ring in rings if self._points(ring) >= 4] for rings in outlines]
        polygons = [
            rings for rings, before in zip(rings_with_area, outlines, strict=True) if rings[:1] == before[:1]
        ]
        return {"type": "MultiPolygon", "arcs": polygons}

    def _points(self, ring: list[int]) -> int:
        return sum(len(self.arcs[i if i >= 0 else ~i]) - 1 for i in ring) + 1

    def lines(self, name: str) -> list[BaseGeometry]:
        """Return the lines of an object."""
        return [
            shapely.LineString(self.arcs[i] if i >= 0 else self.arcs[~i][::-1])
            for geometry in self.parts(name)
            for i in flat(geometry.get("arcs", []))
        ]


def flat(arcs: Any) -> Iterator[int]:
    """Yield the numbers of a geometry's arcs, whatever its type."""
    for arc in arcs:
        if isinstance(arc, int):
            yield arc
        else:
            yield from flat(arc)


def _is_plausible(polygon: BaseGeometry) -> bool:
    # A ring that was read inside out covers the world around it. No land extends from pole to pole.
    _, south, _, north = polygon.bounds
    return bool(north - south < 150)


def feature(geometry: BaseGeometry, first: int, last: int, **properties: Any) -> Feature:
    """Return a GeoJSON Feature that is drawn from zoom `first` to `last`."""
    return {
        "type": "Feature",
        "tippecanoe": {"minzoom": first, "maxzoom": last},
        "properties": properties,
        "geometry": shapely.geometry.mapping(geometry),
    }


def land(source: TopoSource, scale: Scale) -> Iterator[Feature]:
    """Yield the land; a polygon that touches the antimeridian is repeated a little beyond it."""
    for polygon in source.polygons("land"):
        yield feature(polygon, scale.first, scale.last)
        yield from (feature(part, scale.first, scale.last) for part in _beyond_antimeridian(polygon))


def _beyond_antimeridian(polygon: BaseGeometry) -> Iterator[BaseGeometry]:
    west, _, east, _ = polygon.bounds
    if west <= -180:
        yield affinity.translate(polygon.intersection(shapely.box(-180, -90, -180 + _OVERLAP, 90)), xoff=360)
    if east >= 180:
        yield affinity.translate(polygon.intersection(shapely.box(180 - _OVERLAP, -90, 180, 90)), xoff=-360)


def lakes(world: TopoSource, regions: list[TopoSource], coarse: TopoSource) -> Iterator[Feature]:
    """Yield the lakes: from the files of regions, which are finer, and the others from the file of the world."""
    for polygon in coarse.polygons("lakes"):
        yield feature(polygon, 0, 2)
    drawn: list[BaseGeometry] = []
    for source in (*regions, world):
        tree = shapely.STRtree(drawn)
        fresh = [lake for lake in source.polygons("lakes") if not len(tree.query(lake, "intersects"))]
        drawn += fresh
    for polygon in drawn:
        yield feature(polygon, 3, 6)


def rivers(world: TopoSource, regions: list[TopoSource], coarse: TopoSource) -> Iterator[Feature]:
    """Yield the rivers, each once although the regions overlap."""
    for line in coarse.lines("rivers"):
        yield feature(line, 3, 3)
    drawn: BaseGeometry = shapely.MultiLineString()
    for source in (*regions, world):
        lines = shapely.union_all(source.lines("rivers"))
        fresh = lines.difference(drawn.buffer(_RIVER_TOLERANCE)) if not drawn.is_empty else lines
        drawn = drawn.union(fresh)
    for line in shapely.get_parts(shapely.line_merge(drawn)):
        if line.length > _RIVER_TOLERANCE:
            yield feature(line, 4, 6)


def states(sources: list[tuple[TopoSource, frozenset[str]]]) -> Iterator[Feature]:
    """Yield the lines between the states of countries (ISO alpha-3), of which each source has its own."""
    for source, countries in sources:
        owners: dict[int, list[tuple[str, str]]] = {}
        for geometry in source.parts("subunits"):
            key = (geometry["properties"]["gu"], str(geometry["id"]))
            for i in set(flat(geometry["arcs"])):
                owners.setdefault(i if i >= 0 else ~i, []).append(key)
        for arc, subunits in owners.items():
            if (
                len(set(subunits)) > 1
                and {gu for gu, _ in subunits} <= countries
                and len({g for g, _ in subunits}) == 1
            ):
                yield feature(shapely.LineString(source.arcs[arc]), 3, 6)
