"""What reading a sheet of a workbook cell by cell leaves out: merged cells, hidden rows, formulas without results."""

import re
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import ZipFile

from openpyxl.utils.cell import range_boundaries

_CHUNK = 1_048_576
# A cell with a formula and no value; one of text (t="str") may be empty. A formula may be shared, and stand empty.
_FORMULA = re.compile(rb'<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)'
                      rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")  # fmt: skip
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_HIDDEN = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')


@dataclass(slots=True)
class Sheet:
    """What is odd in a sheet; rows count from 1, columns from 0.

    `formulas` names the first cell of a row whose formula has no result; `merged` holds, by its first row, column and
    last row of what is merged downwards; `hidden` counts rows.
    """

    formulas: dict[int, str] = field(default_factory=dict)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    hidden: int = 0


def looked_through(stream: BinaryIO, part: str) -> Sheet:
    """Look through the XML of a sheet, a part at a time."""
    found, rest = Sheet(), b""
    with ZipFile(stream) as packed, packed.open(part) as xml:
        while chunk := xml.read(_CHUNK):
            rest = _take(found, rest + chunk)
    _take(found, rest + b"<c ")
    return found


def _take(found: Sheet, text: bytes) -> bytes:
    """Take what is whole, and return what begins at the last cell, row or merged cell."""
    last = max(text.rfind(b"<c "), text.rfind(b"<row"), text.rfind(b"<mergeCell "), 0)
    whole, rest = text[:last], text[last:]
    for column, row in _FORMULA.findall(whole) if b"<f" in whole else ():
        found.formulas.setdefault(int(row), f"{column.decode()}{int(row)}")
    for reference in _MERGED.findall(whole):
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(reference.decode()))
        if left == right and bottom > top:
            found.merged.setdefault(top, []).append((left - 1, bottom))
    found.hidden += len(_HIDDEN.findall(whole))
    return rest[-_CHUNK:]
