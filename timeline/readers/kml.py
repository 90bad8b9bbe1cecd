"""Read KML 2.2 and KMZ: a row for each Placemark, with its time, its folders and its extended data.

Only the file itself is read: NetworkLinks, overlays and tours are reported, and never followed.
"""

from collections import Counter
from collections.abc import Iterator
from typing import IO, BinaryIO
from xml.etree.ElementTree import Element  # only defusedxml parses
from zipfile import ZipFile, is_zipfile

from timeline.errors import BadFile
from timeline.exchange.name_lists import listed
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.parts.archives import checked_parts
from timeline.readers.parts.broken_files import explained
from timeline.readers.parts.kml_placemark import PRESENTATION, placemark
from timeline.readers.parts.xml_events import MAX_XML_BYTES, checked_size, local_name, xml_events

_KIND = "KML"
_MAIN_FILE = "doc.kml"
_CONTAINERS = ("kml", "Document", "Folder")
_NOT_EVENTS = ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour")


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each Placemark; raise BadFile for another file, or one without any."""
    document = _Document(note)
    if is_zipfile(stream):
        yield from _archive_rows(stream, document)
    else:
        checked_size(stream, MAX_XML_BYTES, _KIND)
        yield from document.rows(stream)
    document.report()


def _archive_rows(stream: BinaryIO, document: "_Document") -> Iterator[Row]:
    """Yield the rows of all KML files of a KMZ: doc.kml, which may only link to the others, is the first."""
    parts = checked_parts(stream, "is not a KMZ archive; expected a complete one")
    names = [part.filename for part in parts if part.filename.lower().endswith(".kml")]
    if not names:
        raise BadFile("is a KMZ archive without a .kml file; expected doc.kml inside")
    names.sort(key=lambda name: (name != _MAIN_FILE, name))
    if len(names) > 1:
        document.note(f"is a KMZ archive with several KML files, which are all read: {listed(names)}")
    with explained("KMZ"), ZipFile(stream) as archive:
        for name in names:
            with archive.open(name) as content:
                yield from document.rows(content)


class _Document:
    """Reads Placemarks out of folders, and counts what is not imported."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.number = 0
        self.left_out = Counter[str]()
        self.presentation = Counter[str]()
        self.folders: list[str] = []  # the names of the open ones, "" for one without

    def rows(self, content: IO[bytes]) -> Iterator[Row]:
        """Yield the rows of a file, and count what is left out."""
        parents = list[Element]()
        for is_start, element in xml_events(content, _KIND):
            name = local_name(element)
            if is_start:
                if not parents and name not in (*_CONTAINERS, "Placemark"):
                    raise BadFile(f"is XML with the root element {name[:40]!r}; expected kml")
                parents.append(element)
                if name == "Folder":
                    self.folders.append("")
                continue
            parents.pop()
            outer = local_name(parents[-1]) if parents else "kml"
            if outer in _CONTAINERS:
                if name == "Placemark":
                    self.number += 1
                    yield placemark(self.number, element, " / ".join(filter(None, self.folders)))
                    names = (local_name(part) for part in element)
                    self.presentation.update(part for part in names if part in PRESENTATION)
                self._close(name, outer, element)
                if parents:
                    parents[-1].remove(element)

    def _close(self, name: str, outer: str, element: Element) -> None:
        """Leave a folder, keep the name of an open one, and count what is no event."""
        text = " ".join("".join(element.itertext()).split()) if name not in _CONTAINERS else ""
        if name == "Folder":
            self.folders.pop()
        elif name == "name" and outer == "Folder":
            self.folders[-1] = text
        elif name in ("name", "description") and outer == "Document" and text:
            self.note(
                LeftOutNote(f"has the {name} {text[:80]!r} for the whole file, which is not imported", 1)
            )
        elif name in _NOT_EVENTS:
            self.left_out[name] += 1
        elif text and name not in PRESENTATION and name not in ("Placemark", "Schema"):
            self.left_out[f"{name} of a {'folder' if outer == 'Folder' else 'file'}"] += 1

    def report(self) -> None:
        """Note what was left out; raise BadFile if there was no Placemark."""
        texts = [f"{count:,} {name}" for name, count in sorted(self.left_out.items())]
        if not self.number:
            inside = f", but {listed(texts, quoted=False)}" if texts else ""
            raise BadFile(f"has no Placemark{inside}; expected one for each event, in this file itself")
        if texts:
            sentence = f"has {listed(texts, quoted=False)}: not imported, since only Placemarks are events"
            self.note(LeftOutNote(sentence, self.left_out.total()))
        if self.presentation:
            names = listed(sorted(self.presentation), quoted=False)
            sentence = f"has elements that say only how a map shows the Placemarks, not imported: {names}"
            self.note(LeftOutNote(sentence, self.presentation.total()))
