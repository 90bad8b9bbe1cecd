"""Readers: bytes → rows. A family of siblings with one signature, chosen by the file's suffix.

Each `read(stream, note)` checks the file as a whole first, raises BadFile when it cannot be read at all,
then yields a Row an event; `note` is told what the user should know about the file.
"""

from functools import partial
from pathlib import PurePath

from timeline.errors import BadFile
from timeline.readers import csv, geojson, ics, lines, xlsx, yaml
from timeline.readers.row import Note, Reader, Row

READERS: dict[str, Reader] = {
    ".csv": csv.read,
    ".tsv": csv.read,
    ".tab": csv.read,
    ".psv": csv.read,
    ".txt": csv.read,
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".geojsonl": lines.read,
    ".geojsons": lines.read,
    ".geojsonseq": lines.read,
    ".jsonl": lines.read,
    ".ndjson": lines.read,
    ".xlsx": xlsx.read,
    ".xlsm": xlsx.read,
    ".ics": ics.read,
    ".yaml": yaml.read,
    ".yml": yaml.read,
}


def reader_for(name: str, encoding: str | None = None) -> Reader:
    """Choose the reader by a file's suffix, in any case; raise BadFile when there is none.

    `encoding` is what a CSV file is written in; every other format says that itself.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise BadFile(f"cannot be read by its suffix {suffix!r}; expected one of {', '.join(READERS)}")
    reader = READERS[suffix]
    if encoding is None:
        return reader
    if reader is not csv.read:
        raise BadFile("says itself what it is written in; --encoding is for CSV")
    return partial(csv.read, encoding=encoding)


__all__ = ["READERS", "Note", "Reader", "Row", "reader_for"]
