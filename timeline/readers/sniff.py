"""Recognise the format of a file by its first bytes, and refuse formats that no reader reads, with a remedy."""

import re
import zlib
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

import msgspec

from timeline.errors import BadFile

CSV = "CSV"
ICALENDAR = "iCalendar"
JSON = "JSON (GeoJSON, a list of objects, or TimelineJS)"
JSON_LINES = "JSON with one object on each line"
XLSX = "XLSX (an Excel workbook)"
XLS = "XLS (an Excel workbook of the format before 2007)"
ODS = "ODS (an OpenDocument spreadsheet)"
KML = "KML or KMZ"
GPX = "GPX"
GEOPACKAGE = "GeoPackage"
ZIP = "ZIP (an archive with one file of events)"
_SNIFFED_TEXT = (CSV, JSON, JSON_LINES, None)
_WITH_SIGNATURE = (XLSX, XLS, ODS, KML, GPX, GEOPACKAGE, ZIP)

_HEAD_BYTES = 65_536
_SAVE = "open it in a spreadsheet program and save it as XLSX or CSV"
_CONVERT = "convert it to GeoJSON, for example with QGIS or ogr2ogr"
_UNPACK = "unpack it and import the file inside"
_COPY_TABLE = "copy its table into a spreadsheet program and save it as XLSX or CSV"
REMEDIES = {
    ".numbers": _SAVE, ".xlsb": _SAVE, ".fods": _SAVE, ".shp": _CONVERT, ".gml": _CONVERT, ".gz": _UNPACK,
}  # fmt: skip
_PREFIXES = ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS), (b"SQLite format 3\x00", GEOPACKAGE))
_REFUSED_PREFIXES = (
    (b"\x1f\x8b", "is compressed with gzip; unpack it, for example with gunzip, and import the file inside"),
    (b"PAR1", "is a Parquet file; convert it to CSV"),
    (b"%PDF", f"is a PDF; {_COPY_TABLE}"),
    (b"\x89PNG", "is a picture (PNG); expected a table or a list of events, such as events.csv"),
    (b"\xff\xd8\xff", "is a picture (JPEG); expected a table or a list of events, such as events.csv"),
    (b"{\\rtf", f"is a text document (RTF); {_COPY_TABLE}"),
)
_CALENDAR = re.compile(rb"BEGIN[ \t]*:[ \t]*VCALENDAR", re.IGNORECASE)
# A first line of at least two names; brackets and a colon begin JSON and YAML.
_HEADINGS = re.compile(rb"[^<{\[#\n:][^\n:]*[,;\t|]")
_HTML = re.compile(rb"\s*<(?:!doctype html|html|table|head|meta|div)\b", re.IGNORECASE)
# The first element below declarations and comments, with or without a prefix: <kml>, <kml:kml>.
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype[^>\[]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.S | re.I
)
_BY_ROOT = {b"kml": KML, b"gpx": GPX}
_REFUSED_ROOTS = {
    b"html": f"is a web page (HTML), whatever its suffix; {_SAVE}",
    b"workbook": f"is an Excel 2003 workbook (XML); {_SAVE}",
    b"document-content": f"is a part of an OpenDocument file; {_SAVE}",
    b"document": f"is an XML document of LibreOffice or another program; {_SAVE}",
}

_MAX_MIMETYPE_BYTES = 80
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_REFUSED_PARTS = {
    "META-INF/container.xml": f"is an e-book; {_COPY_TABLE}",
    "META-INF/manifest.xml": f"is a document of LibreOffice that is no spreadsheet; {_COPY_TABLE}",
    "Index/Document.iwa": f"is a document of Numbers; {_SAVE}",
    "xl/workbook.bin": f"is a binary Excel workbook (.xlsb); {_SAVE}",
    "word/document.xml": f"is a Word document; {_COPY_TABLE}",
    "ppt/presentation.xml": f"is a presentation; {_COPY_TABLE}",
}


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
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    if head.startswith(b"PK\x03\x04"):
        return _zip_format(stream, expected)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") and (markup := _markup_format(text)):
        return markup
    if _CALENDAR.match(text):
        return ICALENDAR
    if expected in _SNIFFED_TEXT and suffix not in REMEDIES and (json := _json_format(text, expected)):
        return json
    if expected in _SNIFFED_TEXT and not suffix:
        return expected or CSV
    if expected in _WITH_SIGNATURE and (json := _json_format(text, None)):
        return json
    is_table = b"\x00" not in head and _HEADINGS.match(text)
    return CSV if is_table and expected not in (CSV, None) else expected


def _markup_format(text: bytes) -> str | None:
    """Return the format of XML by its root element; raise BadFile for HTML and other XML, None for other texts."""
    if _HTML.match(text):
        raise BadFile(_REFUSED_ROOTS[b"html"])
    root = _ROOT.match(text)
    name = root[1].lower() if root else b""
    if name in _BY_ROOT:
        return _BY_ROOT[name]
    if name in _REFUSED_ROOTS and text.startswith(b"<?xml"):
        raise BadFile(_REFUSED_ROOTS[name])
    if text[:5].lower() == b"<?xml":
        raise BadFile("is XML, which no reader reads; convert it to CSV or GeoJSON")
    return None


def _zip_format(stream: BinaryIO, expected: str | None) -> str:
    """Return the format of a ZIP archive by its parts; raise BadFile for documents that no reader reads."""
    try:
        with ZipFile(stream) as archive:
            names = set(archive.namelist())
            mimetype = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error):
        # Apart from damage: a password, a compression or a version of ZIP that Python cannot read.
        if expected in (XLSX, ODS):
            return expected  # its reader raises a better error
        raise BadFile(
            "begins like a ZIP archive but is damaged or has a password; expected a complete file without a password: "
            "download or copy it again"
        ) from None
    if "xl/workbook.xml" in names:
        return XLSX
    if mimetype.startswith(_SPREADSHEET) or (expected == ODS and "content.xml" in names):
        return ODS
    if "doc.kml" in names or (expected == KML and any(name.lower().endswith(".kml") for name in names)):
        return KML
    for part, reason in _REFUSED_PARTS.items():
        if part in names:
            raise BadFile(reason)
    return ZIP


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
