"""What a JSON file is, found by reading it once to the end: its type, its reference system, its lists of objects."""

import re
from dataclasses import dataclass, field
from typing import BinaryIO

import ijson

from timeline.errors import BadFile

_SLIDE = frozenset(("start_date", "text", "media"))  # what only slides of TimelineJS have
_LISTS = (
    "features",
    "data",
    "results",
    "events",
    "items",
    "records",
    "elements",
    "value",
    "rows",
    "entries",
    "incidents",
)
_DEGREES = re.compile(r"CRS:?84|\b(?:4326|4258|4269|4979)\b|WGS ?84$", re.IGNORECASE)
_CODE = re.compile(r"\d{4,}|CRS|EPSG", re.IGNORECASE)
_MOST = 50  # keys of a first object that are kept


@dataclass(slots=True)
class Outline:
    """The top level of a JSON file.

    `kind` is its `type`, `lists` the keys of its lists of objects ("" for the file itself) with the keys of their first
    object, and `crs` the texts of a member of that name (GeoJSON 2008).
    """

    kind: str | None = None
    lists: dict[str, set[str]] = field(default_factory=dict)
    crs: list[str] = field(default_factory=list)

    @property
    def slides(self) -> bool:
        """Tell whether these are the events of TimelineJS."""
        return bool(self.lists.get("events", set()) & _SLIDE)

    def check(self) -> None:
        """Refuse coordinates in another reference system than degrees of WGS84, or of a datum within metres of it."""
        named = [text for text in self.crs if _CODE.search(text)]
        if named and not any(map(_DEGREES.search, named)):
            raise BadFile(
                f"has coordinates in {named[0]!r}; expected degrees of WGS84 (RFC 7946): convert it, for example with "
                "ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson"
            )

    def rows(self) -> str:
        """Return the key of the list that holds the rows; raise BadFile when there is none, or no telling which."""
        known = [key for key in ("", *_LISTS) if key in self.lists]
        if known or len(self.lists) == 1:
            return known[0] if known else next(iter(self.lists))
        if self.lists:
            raise BadFile(
                f"has several lists: {', '.join(map(repr, self.lists))}; save the one of events as a file"
            )
        raise BadFile(
            f'is JSON of type {self.kind!r}; expected a GeoJSON "FeatureCollection" or "Feature", '
            'a list of objects, "features" of ArcGIS, or "events" of TimelineJS'
        )


def outlined(stream: BinaryIO) -> Outline:
    """Read a JSON file to the end: nothing is stored of one that breaks halfway; raise BadFile when it is none."""
    try:
        return _outlined(stream)
    except ijson.IncompleteJSONError as error:
        said = error.args[0] if error.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        if "invalid bytes in UTF8" in words:
            raise BadFile("is not UTF-8; save it as UTF-8") from None
        raise BadFile(f"is not JSON: {_said(words) if words else 'it ends too early'}") from None


def _said(words: str) -> str:
    """Put what the parser says into a line: its words, and the text around the place."""
    what, *more = words.splitlines()
    at = more[1].find("^") if len(more) > 1 else -1
    if at < 0 or not more[0][:at].strip():
        return " ".join(what.split())
    missing = (
        "; for a missing number write null"
        if re.search("NaN|nan|Infinity", more[0][max(at - 3, 0) : at + 12])
        else ""
    )
    return f"{' '.join(what.split())} near {more[0][max(at - 25, 0) : at + 15].strip()!r}{missing}"


def _outlined(stream: BinaryIO) -> Outline:
    found, depth, key = Outline(), 0, ""
    for event, value in ijson.basic_parse(stream, use_float=True):
        if event in ("start_map", "start_array"):
            if event == "start_array" and depth == 0:
                found.lists[""] = set()
            elif event == "start_map" and depth == 2 and key:
                found.lists.setdefault(key, set())
            depth += 1
        elif event in ("end_map", "end_array"):
            depth -= 1
        elif event == "map_key":
            if depth == 1:
                key = value
            elif depth == 3 and key in found.lists and len(found.lists[key]) < _MOST:
                found.lists[key].add(value)
        elif depth == 1 and key == "type":
            found.kind = value if isinstance(value, str) else None
        elif key == "crs" and event == "string":
            found.crs.append(value)
    return found
