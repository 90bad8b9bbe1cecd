"""Recognise the format of a file by its first bytes, and refuse formats that no reader reads, with a remedy."""

import re
import zlib
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

import msgspec

from timeline.errors import BadFile

CSV = "CSV"
JSON = "JSON (GeoJSON, a list of objects, or TimelineJS)"
JSON_LINES = "JSON with one object on each line"
XLSX = "XLSX (an Excel workbook)"
_SNIFFED_TEXT = (CSV, JSON, JSON_LINES, None)

_HEAD_BYTES = 65_536
_MAX_MIMETYPE_BYTES = 80
_SAVE = "open it in a spreadsheet program and save it as XLSX or CSV"
_CONVERT = "convert it to GeoJSON, for example with QGIS or ogr2ogr"
_UNPACK = "unpack it and import the file inside"
_COPY_TABLE = "copy its table into a spreadsheet program and save it as XLSX or CSV"
REMEDIES = {
    ".xls": _SAVE, ".ods": _SAVE, ".numbers": _SAVE, ".xlsb": _SAVE, ".kml": _CONVERT, ".kmz": _CONVERT,
    ".gpx": _CONVERT, ".shp": _CONVERT, ".gpkg": _CONVERT, ".gml": _CONVERT, ".zip": _UNPACK, ".gz": _UNPACK,
}  # fmt: skip
_REFUSED_PREFIXES = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        f"is an Excel workbook in the format before 2007 (.xls), or one with a password; {_SAVE}",
    ),
    (b"\x1f\x8b", "is compressed with gzip; unpack it, for example with gunzip, and import the file inside"),
    (b"SQLite format 3\x00", f"is a database (SQLite or GeoPackage); {_CONVERT}, or export its table as CSV"),
    (b"PAR1", "is a Parquet file; convert it to CSV"),
    (b"%PDF", f"is a PDF; {_COPY_TABLE}"),
    (b"\x89PNG", "is a picture (PNG); expected a table or a list of events, such as events.csv"),
    (b"\xff\xd8\xff", "is a picture (JPEG); expected a table or a list of events, such as events.csv"),
    (b"{\\rtf", f"is a text document (RTF); {_COPY_TABLE}"),
)
_REFUSED_MARKUP = (
    (re.compile(rb"\s*<(?:!doctype html|html|table|head|meta|div)\b", re.IGNORECASE),
     f"is a web page (HTML), whatever its suffix; {_SAVE}"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<kml\b", re.IGNORECASE), f"is KML; {_CONVERT}"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<gpx\b", re.IGNORECASE), f"is GPX; {_CONVERT}"),
    (re.compile(rb"\s*<\?xml\b.{0,400}<(?:ss:)?workbook\b", re.IGNORECASE | re.DOTALL),
     f"is an Excel 2003 workbook (XML); {_SAVE}"),
    (re.compile(rb"\s*<\?xml\b", re.IGNORECASE), "is XML, which no reader reads; convert it to CSV or GeoJSON"),
)  # fmt: skip


def sniff(stream: BinaryIO, expected: str | None, suffix: str) -> str | None:
    """Return the name of the format of a file's content; None if neither content nor suffix show one.

    `expected` is the format of the file's suffix, None for an unknown suffix. Raises BadFile, with a remedy, for
    content that no reader reads.
    """
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    for prefix, reason in _REFUSED_PREFIXES:
        if head.startswith(prefix):
            raise BadFile(reason)
    if head.startswith(b"PK\x03\x04"):
        return _zip_format(stream, expected)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if expected in (*_SNIFFED_TEXT, XLSX):
        for pattern, reason in _REFUSED_MARKUP:
            if pattern.match(text):
                raise BadFile(reason)
    if expected in _SNIFFED_TEXT and suffix not in REMEDIES:
        return _json_format(text, expected) or (expected if expected or suffix else CSV)
    is_table = b"\x00" not in head and re.search(rb"[,;\t|]", text.partition(b"\n")[0])
    return CSV if is_table and (expected == XLSX or suffix == ".xls") else expected


def _zip_format(stream: BinaryIO, expected: str | None) -> str:
    """Return XLSX for a workbook; raise BadFile for every other ZIP archive."""
    try:
        with ZipFile(stream) as archive:
            names = set(archive.namelist())
            mimetype = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error):
        # Apart from damage: a password, a compression or a version of ZIP that Python cannot read.
        if expected == XLSX:
            return XLSX  # its reader raises a better error
        raise BadFile(
            "begins like a ZIP archive but is damaged or has a password; expected a complete file without a password: "
            "download or copy it again"
        ) from None
    if "xl/workbook.xml" in names:
        return XLSX
    if b"opendocument" in mimetype or "Index/Document.iwa" in names:
        raise BadFile(f"is a document of LibreOffice or Numbers; {_SAVE}")
    if "doc.kml" in names:
        raise BadFile(f"is KMZ; {_CONVERT}")
    examples = ", ".join(map(repr, sorted(names)[:3]))
    raise BadFile(f"is a ZIP archive with {examples}; {_UNPACK}")


def _beginning(archive: ZipFile, name: str) -> bytes:
    """Return the first bytes of a part, which may unpack to any size."""
    with archive.open(name) as part:
        return part.read(_MAX_MIMETYPE_BYTES)


def _json_format(text: bytes, expected: str | None) -> str | None:
    """Return JSON for one document and JSON_LINES for an object on each line; None for anything else."""
    if not re.match(rb'\[\s*[\[{\]]|\{\s*["}]', text):
        return None
    first_line, _, below = text.partition(b"\n")
    try:
        msgspec.json.decode(first_line)
        complete = True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        complete = False
    if complete and below.lstrip().startswith(b"{"):
        return JSON_LINES
    if complete and not below.strip() and expected == JSON_LINES:
        return JSON_LINES
    # A broken first line in a file of JSON lines is reported by the reader of JSON lines.
    return JSON_LINES if expected == JSON_LINES and not _continues_below(first_line) else JSON


def _continues_below(line: bytes) -> bool:
    """Return whether a line is only the beginning of a list or an object over several lines."""
    return line.strip() in (b"[", b"{") or line.strip().endswith((b",", b"[", b"{"))
