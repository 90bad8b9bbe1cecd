"""Read GPX 1.0 and 1.1: a row for each waypoint. Tracks and routes are not events, and are reported."""

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element  # only defusedxml parses

from timeline.errors import BadFile
from timeline.exchange.checks import names_problem, storage_problem
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.parts.xml_events import MAX_XML_BYTES, checked_size, columns_of, local_name, xml_events

_KIND = "GPX"
_FIELDS = {"time": "date", "desc": "summary", "cmt": "comment"}  # other elements keep their names
_PARTS_OF_FILE = ("trk", "rte")


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each waypoint; raise BadFile for a file without any, or one that is not GPX."""
    checked_size(stream, MAX_XML_BYTES, _KIND)
    number, left_out, parents = 0, Counter[str](), list[Element]()
    for is_start, element in xml_events(stream, _KIND):
        if is_start:
            if not parents and local_name(element) != "gpx":
                raise BadFile(f"is XML with the root element {local_name(element)[:40]!r}; expected gpx")
            parents.append(element)
            continue
        parents.pop()
        if len(parents) != 1:
            continue
        name = local_name(element)
        if name == "wpt":
            number += 1
            yield _row(number, element)
        left_out[name] += name in _PARTS_OF_FILE
        parents[-1].remove(element)
    _report(left_out, number, note)


def _report(left_out: Counter[str], waypoints: int, note: Note) -> None:
    texts = [
        f"{left_out[name]:,} {word if left_out[name] == 1 else f'{word}s'}"
        for name, word in (("trk", "track"), ("rte", "route"))
        if left_out[name]
    ]
    if not waypoints:
        inside = f"has {' and '.join(texts)}, but no waypoints" if texts else "has no waypoints"
        raise BadFile(
            f"{inside}; expected <wpt> elements with a name and a time: a point of a track is not an event"
        )
    if texts:
        are = "is" if left_out.total() == 1 else "are"
        sentence = f"has {' and '.join(texts)} besides its waypoints, which {are} not imported"
        note(LeftOutNote(sentence, left_out.total()))


def _row(number: int, waypoint: Element) -> Row:
    columns, repeated = columns_of(_texts(waypoint))
    point = (waypoint.get("lon"), waypoint.get("lat"))
    problem = names_problem(columns) or storage_problem(columns)
    if None in point:
        problem = problem or "has no position; expected the attributes lat and lon"
    title = columns.get("name", "")[:60] or None
    cells_beside = 1 + repeated  # the position, and values that are there twice
    return Row("waypoint", number, columns, (point,), "feature", problem, title, cells_beside=cells_beside)


def _texts(waypoint: Element) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each element of a waypoint, also of those inside extensions and links."""
    for element in waypoint:
        outer = local_name(element)
        if outer == "link" and element.get("href"):  # GPX 1.1; the text of the link is an element
            yield "link", element.get("href", "")
        for part in element.iter():
            text, inner = (part.text or "").strip(), local_name(part)
            if text and inner:
                yield f"link_{inner}" if outer == "link" else _FIELDS.get(inner, inner), text
