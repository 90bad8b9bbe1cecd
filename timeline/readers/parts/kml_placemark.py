"""The row of a Placemark of KML: its columns, its time and its geometry."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element  # only defusedxml parses

from msgspec import structs

from timeline.exchange.checks import names_problem, storage_problem
from timeline.exchange.row import Row
from timeline.readers.geojson import placed_row
from timeline.readers.parts.xml_events import columns_of, local_name

TIMES = ("TimeStamp", "TimeSpan")
PRESENTATION = frozenset(("styleUrl", "Style", "StyleMap", "LookAt", "Camera", "Region", "visibility", "open",
                          "balloonVisibility"))  # fmt: skip
_GEOMETRIES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiGeometry",
    "Track",
    "MultiTrack",
    "Model",
)
_MARKUP_COLUMN = "description (HTML)"
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^>]*>", re.IGNORECASE)


def placemark(number: int, element: Element, folder: str) -> Row:
    """Return the row of a Placemark; `folder` has the names of the folders around it, separated by slashes."""
    columns, repeated = columns_of(_columns(element))
    if (
        "address" in columns
        and "place" not in columns
        and not any(local_name(part) in _GEOMETRIES for part in element)
    ):
        columns["place"] = columns.pop("address")  # as maps place it
    if folder:
        columns.setdefault("folder", folder)
    title = columns.get("name", "")[:60] or None
    problem = names_problem(columns) or storage_problem(columns)
    if problem:
        shown = {} if names_problem(columns) else columns
        return Row("placemark", number, shown, kind="feature", problem=problem, cells_beside=repeated)
    try:
        row = placed_row("placemark", number, columns, _geometry(element))
    except ValueError as error:
        row = Row("placemark", number, columns, kind="feature", problem=f"geometry: {error}")
    else:
        row = structs.replace(row, parts=(*row.parts, *_parts(element, columns)))
    return structs.replace(row, name=title, cells_beside=row.cells_beside + repeated)


def _parts(element: Element, columns: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns that are no cells of their own: open sides of a span, and a description as written."""
    for span in (part for part in element if local_name(part) == "TimeSpan"):
        if _text_of(span, "begin") or _text_of(span, "end"):
            yield from (
                field for field, name in (("start", "begin"), ("end", "end")) if not _text_of(span, name)
            )
    yield from (name for name in (_MARKUP_COLUMN,) if name in columns)


def _columns(element: Element) -> Iterator[tuple[str, str]]:
    if element.get("id"):
        yield "placemark_id", element.get("id", "")  # no id of an event: programs number them in each file
    for part in element:
        name, text = local_name(part), (part.text or "").strip()
        if name in TIMES:
            yield from _time(part)
        elif name == "ExtendedData":
            yield from _extended(part)
        elif name == "description":
            yield from _description(text)
        elif name == "link":
            yield "link", part.get("href", text)
        elif name in _GEOMETRIES:
            yield from _track_times(part)
        elif name and name not in PRESENTATION:
            inner = " ".join(filter(None, (piece.strip() for piece in part.itertext())))
            if inner:
                yield name, inner


def _time(part: Element) -> Iterator[tuple[str, str]]:
    """Yield a time as the column `date`, or a span as `start` and `end`, of which either may be open."""
    texts = {local_name(child): (child.text or "").strip() for child in part}
    if when := texts.get("when"):
        yield "date", when
    begin, end = texts.get("begin", ""), texts.get("end", "")
    if begin or end:
        yield "start", begin or ".."
        yield "end", end or ".."


def _track_times(part: Element) -> Iterator[tuple[str, str]]:
    """Yield the first and the last time of a track."""
    if local_name(part) not in ("Track", "MultiTrack"):
        return
    times = [(when.text or "").strip() for when in part.iter() if local_name(when) == "when"]
    if times:
        yield "start", times[0]
        yield "end", times[-1]


def _extended(part: Element) -> Iterator[tuple[str, str]]:
    """Yield the names and values of extended data: Data, the SimpleData of a schema, and elements of any kind."""
    for element in part.iter():
        name, text = local_name(element), (element.text or "").strip()
        if name == "Data":
            value = next((child for child in element if local_name(child) == "value"), None)
            text = "" if value is None else (value.text or "").strip()
            name = element.get("name", "")
        elif name in ("SimpleData", "SimpleArrayData"):
            name = element.get("name", "")
        elif name in ("ExtendedData", "SchemaData", "value", "displayName"):
            continue
        if name and text:
            yield name, text


def _description(text: str) -> Iterator[tuple[str, str]]:
    """Yield a description as plain text; one with markup is also kept as written."""
    if not text:
        return
    plain = html.unescape(_MARKUP.sub("", _BREAK.sub("\n", text))).strip() if "<" in text else text
    if plain:
        yield "description", plain
    if plain != text:
        yield _MARKUP_COLUMN, text


def _geometry(element: Element) -> Mapping[str, Any] | None:
    """Return the geometry as GeoJSON; None without one."""
    shape = _collection([shape for part in element if (shape := _shape(part))])
    if shape is None or any(position[2] for position in _all_positions(shape)):
        return shape
    flat: Mapping[str, Any] = _without_heights(shape)
    return flat


def _all_positions(value: Any) -> Iterator[list[float]]:
    if isinstance(value, Mapping):
        value = value.get("coordinates") or value.get("geometries") or []
    if value and isinstance(value[0], float):
        yield value
    else:
        for part in value:
            yield from _all_positions(part)


def _without_heights(value: Any) -> Any:
    """Return a geometry whose heights are all 0, as programs write where there is none, without them."""
    if isinstance(value, Mapping):
        return {name: part if name == "type" else _without_heights(part) for name, part in value.items()}
    return value[:2] if value and isinstance(value[0], float) else [_without_heights(part) for part in value]


def _shape(part: Element) -> dict[str, Any] | None:
    """Return a geometry of KML as GeoJSON, None for another element; raise ValueError for wrong coordinates."""
    kind = local_name(part)
    if kind in ("Point", "LineString", "LinearRing"):
        positions = _positions(_text_of(part, "coordinates"))
        if kind != "Point":
            return {"type": "LineString", "coordinates": positions}
        return {"type": "Point", "coordinates": positions[0]}
    if kind == "Polygon":
        rings = [
            _positions(_text_of(ring, "coordinates"))
            for ring in part.iter()
            if local_name(ring) == "LinearRing"
        ]
        return {"type": "Polygon", "coordinates": rings}
    if kind in ("MultiGeometry", "MultiTrack"):
        return _collection([shape for child in part if (shape := _shape(child))])
    if kind == "Track":
        texts = [coord.text or "" for coord in part if local_name(coord) == "coord"]
        positions = [_position(text, None, text) for text in texts]
        if len(positions) == 1:
            return {"type": "Point", "coordinates": positions[0]}
        return {"type": "LineString", "coordinates": positions} if positions else None
    if kind == "Model":
        location = next((child for child in part if local_name(child) == "Location"), part)
        lon, lat = _text_of(location, "longitude"), _text_of(location, "latitude")
        return {"type": "Point", "coordinates": _positions(f"{lon},{lat}")[0]}
    return None


def _collection(shapes: list[dict[str, Any]]) -> dict[str, Any] | None:
    if len(shapes) == 1:
        return shapes[0]
    if shapes and all(shape["type"] == "Point" for shape in shapes):
        return {"type": "MultiPoint", "coordinates": [shape["coordinates"] for shape in shapes]}
    return {"type": "GeometryCollection", "geometries": shapes} if shapes else None


def _text_of(part: Element, name: str) -> str:
    return next((child.text or "" for child in part if local_name(child) == name), "").strip()


def _positions(text: str) -> list[list[float]]:
    return [_position(position, ",", text) for position in text.split()] or [_position("", ",", text)]


def _position(text: str, separator: str | None, coordinates: str) -> list[float]:
    """Return longitude, latitude and height; raise ValueError, which quotes the coordinates."""
    try:
        lon, lat, *height = text.split(separator)
        return [float(lon), float(lat), float(height[0]) if height and height[0] else 0.0]
    except ValueError:
        raise ValueError(
            f"the coordinates {coordinates[:200]!r} cannot be read; expected longitude and latitude without a space "
            "between them, such as 4.35,50.85"
        ) from None
