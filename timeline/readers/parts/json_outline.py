"""Read a JSON file once to the end to find its type, its coordinate reference system and its lists of objects."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import ijson
from ijson.backends import python as exact_backend

from timeline.errors import BadFile
from timeline.exchange.name_lists import listed

_SLIDE_KEYS = frozenset(("start_date", "text", "media"))  # only slides of TimelineJS have them
_USUAL_LISTS = (  # most likely first
    "features",
    "@graph",
    "itemListElement",
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
MAX_KEYS = 50  # remembered of the first object of a list
MAX_DEPTH = 100  # levels of lists and objects; more is an attack on the memory
MAX_ERROR_CHARACTERS = 200
MAX_LISTS = 1_000  # lists of objects in one file
# Members of a collection that describe it, and say nothing about an event: RFC 7946, JSON-FG, OGC API, ArcGIS, JSON-LD.
_DESCRIPTIVE = frozenset((
    "type", "bbox", "crs", "conformsTo", "featureType", "featureSchema", "coordRefSys", "geometryDimension", "links",
    "numberMatched", "numberReturned", "timeStamp", "xy_coordinate_resolution", "z_coordinate_resolution", "@context",
    "@type", "@id", "objectIdFieldName", "globalIdFieldName", "geometryType", "spatialReference",
    "exceededTransferLimit", "fieldAliases",
))  # fmt: skip
# Members that are true, or have the address of the next page, if the server divided its answer: ArcGIS, OData, APIs.
_MORE = frozenset((
    "exceededTransferLimit", "next", "next_page", "nextPage", "nextPageToken", "next_page_url", "next_url",
    "@odata.nextLink", "nextLink", "has_more", "hasMore", "has_more_items",
))  # fmt: skip
_WATCHED = ("crs", "@type")  # members whose texts are read at any depth
_SCALARS = frozenset(("string", "number", "null", "boolean", "integer", "double"))  # events of the parsers
_STARTS = ("start_map", "start_array")
_OF_ANSWER = ("properties", "pagination", "paging", "meta")  # objects with such members
# Numbers, texts and brackets of one event, which is read into memory as a whole.
MAX_VALUES_OF_OBJECT = 5_000_000
_TOO_MANY_VALUES = (
    f"has an object with more than {MAX_VALUES_OF_OBJECT:,} values; expected a smaller one for each event: "
    "simplify its geometry"
)


@dataclass(slots=True)
class Outline:
    """The top level of a JSON file.

    `kind` is its member `type`. `lists` maps the key of each list of objects ("" if the file itself is a list) to the
    keys of the first object. `crs` has the texts in the member `crs` (GeoJSON 2008). `members` are the names of the
    first members; `coord_ref_sys` is the system of JSON-FG, if it is written as a text; `types` are those of JSON-LD.
    `more` is the member that says that the server has more events than the file; `is_sparql` is true for the results
    of a query in SPARQL. `has_repeated_names` is true if an object has a name twice, `has_large_numbers` if the fast
    parser refuses a number.
    """

    kind: str | None = None
    lists: dict[str, set[str]] = field(default_factory=dict)
    crs: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    coord_ref_sys: str = ""
    types: list[str] = field(default_factory=list)
    more: str = ""
    is_sparql: bool = False
    has_repeated_names: bool = False
    has_large_numbers: bool = False

    @property
    def slides(self) -> bool:
        """Whether the file is a timeline of TimelineJS."""
        return bool(self.lists.get("events", set()) & _SLIDE_KEYS)

    def add_name(self, name: str, depth: int, key: str) -> None:
        """Keep the name of a member of the file itself, or of the first objects of a list; `key` is around it."""
        if depth == 1 and len(self.members) < MAX_KEYS:
            self.members.append(name)
        elif depth == 2 and (key, name) == ("results", "bindings"):
            self.is_sparql = True
        if depth == (2 if "" in self.lists else 3) and len(self.lists.get(key, range(MAX_KEYS))) < MAX_KEYS:
            self.lists[key].add(name)

    def others(self, *read: str) -> list[str]:
        """Return the members of the file that are neither `read` nor a description of the file."""
        return [name for name in self.members if name not in _DESCRIPTIVE and name not in read]

    def check(self) -> None:
        """Raise BadFile for coordinates that are not degrees of WGS84 or of a datum within metres of it."""
        systems = [text for text in self.crs if _CODE.search(text)]
        if systems and not any(map(is_in_degrees, systems)):
            raise BadFile(
                f"has coordinates in {systems[0]!r}; expected degrees of WGS84 (RFC 7946). Convert it, for example "
                "with ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson"
            )

    def rows(self) -> str:
        """Return the key of the list of events; raise BadFile if there is no list, or several with unusual names."""
        usual_keys = [key for key in ("", *_USUAL_LISTS) if key in self.lists]
        if usual_keys or len(self.lists) == 1:
            return usual_keys[0] if usual_keys else next(iter(self.lists))
        if self.lists:
            raise BadFile(
                f"has several lists: {listed(self.lists)}; expected one: save that of events as a file"
            )
        raise BadFile(
            f'is JSON of type {self.kind!r}; expected a GeoJSON "FeatureCollection" or "Feature", '
            'a list of objects, "features" of ArcGIS, or "events" of TimelineJS'
        )


def is_in_degrees(system: str) -> bool:
    """Return whether a coordinate reference system has degrees of WGS84, or of a datum within metres of it."""
    return bool(_DEGREES.search(system))


def outlined(stream: BinaryIO) -> Outline:
    """Return the outline of a JSON file; raise BadFile if it is not JSON.

    The file is read to the end before the first row is imported, so that no part of a broken file is stored.
    """
    start = stream.tell()
    try:
        return _outlined(ijson.basic_parse(stream, use_float=True))
    except ijson.IncompleteJSONError as error:
        detail = error.args[0] if error.args else ""
        message = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
        if "overflow" in message.partition("\n")[0]:
            stream.seek(start)
            return _outlined_exactly(stream)
        if "invalid bytes in UTF8" in message:
            raise BadFile("is not UTF-8; save it as UTF-8") from None
        raise BadFile(f"is not JSON: {_one_line(message) if message else 'it ends too early'}") from None


def _outlined_exactly(stream: BinaryIO) -> Outline:
    """Return the outline of a file with numbers that the fast parser refuses; raise BadFile if it is not JSON."""
    try:
        outline = _outlined(exact_backend.basic_parse(stream))
    except ijson.JSONError as error:
        raise BadFile(f"is not JSON: {str(error)[:MAX_ERROR_CHARACTERS] or 'it ends too early'}") from None
    outline.has_large_numbers = True
    return outline


def _one_line(message: str) -> str:
    """Return the parser's message in one line, with the text around the error.

    The parser writes three lines: the reason, an extract of the file, and a ^ below the error.
    """
    reason, *extract = message.splitlines()
    position = extract[1].find("^") if len(extract) > 1 else -1
    if position < 0 or not extract[0][:position].strip():
        return " ".join(reason.split())
    is_nan = re.search("NaN|nan|Infinity", extract[0][max(position - 3, 0) : position + 12])
    hint = "; for a missing number write null" if is_nan else ""
    return (
        f"{' '.join(reason.split())} near {extract[0][max(position - 25, 0) : position + 15].strip()!r}{hint}"
    )


def _excess(depth: int, outline: Outline) -> str:
    """Return why a file is refused that is nested too deeply or has too many lists."""
    if depth > MAX_DEPTH:
        return f'is nested more than {MAX_DEPTH} levels deep; expected a list of events, such as [{{"title": …}}]'
    return f"has {len(outline.lists):,} lists; expected one: save that of events as a file"


def _outlined(events: Iterable[tuple[str, Any]]) -> Outline:
    outline, depth, key, name, values, names = Outline(), 0, "", "", 0, list[set[str]]()
    is_watched = False  # whether the next value may say something about the file
    for event, value in events:
        values += 1
        if event == "map_key":  # half of all events
            if value in names[-1]:
                outline.has_repeated_names = True
            names[-1].add(value)
            if depth <= 3:
                key = value if depth == 1 else key
                name = value if depth == 1 or (depth == 2 and key in _OF_ANSWER) else ""
                is_watched = bool(name) or key in _WATCHED
                outline.add_name(value, depth, key)
            elif name:
                name, is_watched = "", key in _WATCHED
        elif event in _SCALARS:
            if is_watched:
                _add_value(outline, event, value, depth, key, name)
        elif event in _STARTS:
            if depth == (1 if "" in outline.lists else 2):  # an event begins
                values = 0
            if event == "start_array" and depth == 0:
                outline.lists[""] = set()
            elif event == "start_map" and depth == 2 and key:
                outline.lists.setdefault(key, set())
            depth += 1
            names.append(set())
            if depth > MAX_DEPTH or len(outline.lists) > MAX_LISTS:
                raise BadFile(_excess(depth, outline))
        else:
            depth -= 1
            names.pop()
            if values > MAX_VALUES_OF_OBJECT:
                raise BadFile(_TOO_MANY_VALUES)
    return outline


def _add_value(outline: Outline, event: str, value: Any, depth: int, key: str, name: str) -> None:
    """Add a value that says something about the file; `key` is the member of the file that it is in."""
    if name in _MORE and value and event != "null" and depth <= 2:
        outline.more = name
    elif depth == 1 and key == "type":
        outline.kind = value if isinstance(value, str) else None
    elif depth == 1 and key == "coordRefSys":
        outline.coord_ref_sys = str(value or "")
    elif key == "crs" and event == "string":
        outline.crs.append(value)
    elif key == "@type" and event == "string" and depth <= 2 and len(outline.types) < MAX_KEYS:
        outline.types.append(value)
