"""The input formats, one row a format. The command line, the API and the error messages read this table.

CONTRIBUTING.md lists the steps for a new format.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import Any, BinaryIO

from timeline.errors import BadFile
from timeline.exchange.row import Note, Reader, Row
from timeline.readers.sniff import (
    CSV,
    GEOPACKAGE,
    GPX,
    ICALENDAR,
    JSON,
    JSON_LINES,
    KML,
    ODS,
    REMEDIES,
    XLS,
    XLSX,
    ZIP,
    sniff,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InputFormat:
    """One format: its name in messages and in --help, its suffixes, and its module in timeline.readers.

    `options` are the options of an import that its reader takes, `media_types` those of an upload.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    options: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()

    def read(self, stream: BinaryIO, note: Note, **options: Any) -> Iterator[Row]:
        """Return the rows of a file.

        The module is imported here: the libraries of all formats take 15 MB that most imports do not need.
        """
        reader = import_module(f"timeline.readers.{self.module}").read
        rows: Iterator[Row] = reader(stream, note, **options)
        return rows


STANDARD_INPUT = "standard input"  # the name of what is piped in, which has no suffix

_SHEET = ("sheet",)
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = (
    InputFormat(CSV, (".csv", ".tsv", ".tab", ".psv", ".txt"), "csv", ("encoding",),
                ("text/csv", "text/tab-separated-values", "text/plain")),
    InputFormat(JSON, (".geojson", ".json", ".jsonfg"), "geojson", ("each",),
                ("application/geo+json", "application/json")),
    InputFormat(JSON_LINES, (".geojsonl", ".geojsons", ".geojsonseq", ".jsonl", ".ndjson"), "ndjson", ("each",),
                ("application/geo+json-seq", "application/x-ndjson", "application/jsonl")),
    InputFormat(XLSX, (".xlsx", ".xlsm"), "xlsx", _SHEET,
                (_OFFICE, "application/vnd.ms-excel.sheet.macroenabled.12")),
    InputFormat(XLS, (".xls",), "xls", _SHEET, ("application/vnd.ms-excel",)),
    InputFormat(ODS, (".ods", ".ots"), "ods", _SHEET, ("application/vnd.oasis.opendocument.spreadsheet",)),
    InputFormat(ICALENDAR, (".ics",), "ical", (), ("text/calendar",)),
    InputFormat(KML, (".kml", ".kmz"), "kml", (),
                ("application/vnd.google-earth.kml+xml", "application/vnd.google-earth.kmz")),
    InputFormat(GPX, (".gpx",), "gpx", (), ("application/gpx+xml",)),
    InputFormat(GEOPACKAGE, (".gpkg",), "geopackage", _SHEET,
                ("application/geopackage+sqlite3", "application/vnd.sqlite3")),
    InputFormat(ZIP, (".zip",), "archive", ("encoding", "sheet", "each"), ("application/zip",)),
    InputFormat("YAML (the format of the seed events)", (".yaml", ".yml"), "yaml", (), ("application/yaml",)),
)  # fmt: skip
_BY_NAME = {row.name: row for row in FORMATS}
_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
SUFFIXES = tuple(_BY_SUFFIX)
_SUFFIX_BY_TYPE = {media_type: row.suffixes[0] for row in FORMATS for media_type in row.media_types}
MEDIA_TYPES = tuple(_SUFFIX_BY_TYPE)
_WITHOUT_OPTION = {
    "encoding": "which defines its own encoding; expected --encoding only for CSV files",
    "sheet": "which has no sheets; expected --sheet only for workbooks, GeoPackages and archives",
    "each": "which has no lists inside its rows; expected --each only for JSON",
}


def with_suffix(name: str, content_type: str) -> str:
    """Return the name of an upload; one without a known suffix gets that of its Content-Type, if it is known."""
    if PurePath(name).suffix.lower() in _BY_SUFFIX:
        return name
    suffix = _SUFFIX_BY_TYPE.get(content_type.partition(";")[0].strip().lower())
    return f"{name or 'upload'}{suffix}" if suffix else name


def reader_for(
    name: str,
    encoding: str | None = None,
    stream: BinaryIO | None = None,
    *,
    sheet: str | None = None,
    each: str | None = None,
) -> Reader:
    """Return the reader for a file, chosen by its suffix (in any case) and by its first bytes.

    If the content belongs to another format than the suffix, the reader of the content is returned, and it notes that.
    `encoding` is the text encoding of a CSV file, `sheet` the name or number of a sheet, `each` a list in the
    objects of a JSON file. Raises BadFile if no format fits, or if the format has no such option.
    """
    suffix = PurePath(name).suffix.lower()
    expected = _BY_SUFFIX.get(suffix)
    actual = expected
    if stream:
        sniffed = sniff(stream, expected.name if expected else None, suffix)
        actual = _BY_NAME[sniffed] if sniffed else None
    if actual is None:
        remedy = f"; {REMEDIES[suffix]}" if suffix in REMEDIES else ""
        raise BadFile(f"has the unknown suffix {suffix!r}{remedy}; expected one of {', '.join(SUFFIXES)}")
    given = (("encoding", encoding), ("sheet", sheet), ("each", each))
    options: dict[str, Any] = {name: value for name, value in given if value is not None}
    for option in options:
        if option not in actual.options:
            raise BadFile(f"is {actual.name}, {_WITHOUT_OPTION[option]}")
    reader = partial(actual.read, **options) if options else actual.read
    if actual is expected or name == STANDARD_INPUT:
        return reader
    contrast = f"although its suffix is {suffix!r}" if suffix else "although its name has no suffix"
    return _with_note(reader, f"is {actual.name}, {contrast}; it is read as {actual.name}")


def _with_note(reader: Reader, message: str) -> Reader:
    """Return a reader that also notes `message`."""

    def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
        note(message)
        return reader(stream, note)

    return read
