"""Choose the reader of a file: by its suffix, unless what stands in it is plainly something else; never silently."""

import re
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

import msgspec

from timeline.errors import BadFile
from timeline.exchange.row import Note, Reader, Row
from timeline.readers import csv, geojson, ndjson


def _later(module: str) -> Reader:
    """Import a reader when it reads: the libraries of all of them take 15 MB that a large table has no use for."""

    def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
        found: Reader = import_module(f"timeline.readers.{module}").read
        return found(stream, note)

    return read


_ics, _xlsx, _yaml = map(_later, ("ical", "xlsx", "yaml"))
READERS: dict[str, Reader] = {
    ".csv": csv.read,
    ".tsv": csv.read,
    ".tab": csv.read,
    ".psv": csv.read,
    ".txt": csv.read,
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".geojsonl": ndjson.read,
    ".geojsons": ndjson.read,
    ".geojsonseq": ndjson.read,
    ".jsonl": ndjson.read,
    ".ndjson": ndjson.read,
    ".xlsx": _xlsx,
    ".xlsm": _xlsx,
    ".ics": _ics,
    ".yaml": _yaml,
    ".yml": _yaml,
}
_HEAD = 65_536
_NAMES: dict[Reader, str] = {
    csv.read: "a table as text",
    geojson.read: "JSON",
    ndjson.read: "JSON, an object a line",
    _xlsx: "a workbook",
}
_SAVE = "open it in a spreadsheet program and save it as XLSX or CSV"
_CONVERT = "convert it to GeoJSON, for example with QGIS or ogr2ogr"
# What is refused by its first bytes, with a way out.
_FIRST = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        f"is a workbook of Excel before 2007 (.xls), or one with a password; {_SAVE}",
    ),
    (b"\x1f\x8b", "is packed with gzip; unpack it, for example with gunzip, and import what is in it"),
    (b"SQLite format 3\x00", f"is a database (SQLite or GeoPackage); {_CONVERT}, or export the table as CSV"),
    (b"PAR1", "is a Parquet file; convert it to CSV"),
    (b"%PDF", "is a PDF; copy its table into a spreadsheet program and save it as XLSX or CSV"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (
        b"{\\rtf",
        "is a text document (RTF); copy its table into a spreadsheet program and save it as XLSX or CSV",
    ),
)
_MARKUP = (
    (re.compile(rb"\s*<(?:!doctype html|html|table|head|meta|div)\b", re.IGNORECASE),
     f"is a web page (HTML), whatever its suffix says; {_SAVE}"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<kml\b", re.IGNORECASE), f"is KML; {_CONVERT}"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<gpx\b", re.IGNORECASE), f"is GPX; {_CONVERT}"),
    (re.compile(rb"\s*<\?xml\b.{0,400}<(?:ss:)?workbook\b", re.IGNORECASE | re.DOTALL),
     f"is a workbook of Excel 2003 (XML); {_SAVE}"),
    (re.compile(rb"\s*<\?xml\b", re.IGNORECASE), "is XML, which is not read; convert it to CSV or GeoJSON"),
)  # fmt: skip
_SUFFIXES = {
    ".xls": _SAVE, ".ods": _SAVE, ".numbers": _SAVE, ".xlsb": _SAVE, ".kml": _CONVERT, ".kmz": _CONVERT,
    ".gpx": _CONVERT, ".shp": _CONVERT, ".gpkg": _CONVERT, ".gml": _CONVERT,
    ".zip": "unpack it, and import what is in it", ".gz": "unpack it, and import what is in it",
}  # fmt: skip


def reader_for(name: str, encoding: str | None = None, stream: BinaryIO | None = None) -> Reader:
    """Choose the reader by a file's suffix, in any case, and by what it holds; raise BadFile when there is none.

    `encoding` is what a CSV file is written in; every other format says that itself.
    """
    suffix = PurePath(name).suffix.lower()
    usual = READERS.get(suffix)
    reader = _by_content(usual, suffix, stream) if stream else usual
    if reader is None:
        way = f"; {_SUFFIXES[suffix]}" if suffix in _SUFFIXES else ""
        raise BadFile(f"cannot be read by its suffix {suffix!r}{way}; expected one of {', '.join(READERS)}")
    if encoding is not None and reader is not csv.read:
        raise BadFile("says itself what it is written in; --encoding is for CSV")
    chosen = partial(csv.read, encoding=encoding) if encoding is not None else reader
    return (
        chosen
        if reader is usual
        else _telling(chosen, f"is {_NAMES[reader]}, whatever its suffix says; read so")
    )


def _telling(reader: Reader, told: str) -> Reader:
    def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
        note(told)
        return reader(stream, note)

    return read


def _by_content(usual: Reader | None, suffix: str, stream: BinaryIO) -> Reader | None:
    """Return the reader for what a file holds; raise BadFile for what none reads."""
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    for first, why in _FIRST:
        if head.startswith(first):
            raise BadFile(why)
    if head.startswith(b"PK\x03\x04"):
        return _packed(stream, usual)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if usual not in (_ics, _yaml):
        for pattern, why in _MARKUP:
            if pattern.match(text):
                raise BadFile(why)
    if usual in (csv.read, geojson.read, ndjson.read, None) and suffix not in _SUFFIXES:
        return _json(usual, text) or (usual if usual or suffix else csv.read)
    plain = b"\x00" not in head and re.search(rb"[,;\t|]", text.partition(b"\n")[0])
    return csv.read if plain and (usual is _xlsx or suffix == ".xls") else usual


def _packed(stream: BinaryIO, usual: Reader | None) -> Reader:
    try:
        with ZipFile(stream) as packed:
            names = set(packed.namelist())
            kind = packed.read("mimetype")[:80] if "mimetype" in names else b""
    except BadZipFile:
        if usual is _xlsx:
            return usual  # which says so
        raise BadFile("begins like a ZIP archive and is none; is it whole?") from None
    if "xl/workbook.xml" in names:
        return _xlsx
    if b"opendocument" in kind or "Index/Document.iwa" in names:
        raise BadFile(f"is a document of LibreOffice or Numbers; {_SAVE}")
    if "doc.kml" in names:
        raise BadFile(f"is KMZ; {_CONVERT}")
    inside = ", ".join(map(repr, sorted(names)[:3]))
    raise BadFile(f"is a ZIP archive with {inside}; unpack it, and import what is in it")


def _json(usual: Reader | None, text: bytes) -> Reader | None:
    """Tell JSON as a whole from an object a line; None for what is no JSON."""
    if not re.match(rb'\[\s*[\[{\]]|\{\s*["}]', text):
        return None
    first, _, rest = text.partition(b"\n")
    try:
        msgspec.json.decode(first)
        whole = True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        whole = False
    if whole and rest.lstrip().startswith(b"{"):
        return ndjson.read
    if whole and not rest.strip() and usual is ndjson.read:
        return usual
    # A line that does not fit is for the reader to name.
    return usual if usual is ndjson.read and not _opens(first) else geojson.read


def _opens(first: bytes) -> bool:
    """Tell whether a line only begins what goes on below: a list or an object over several lines."""
    return first.strip() in (b"[", b"{") or first.strip().endswith((b",", b"[", b"{"))
