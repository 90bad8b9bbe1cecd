"""Find what openpyxl's streaming reader does not report: merged cells, hidden rows and formulas without results."""

import re
from typing import BinaryIO
from zipfile import ZipFile

from openpyxl.utils.cell import range_boundaries

from timeline.readers.parts.sheet_lines import SheetFindings

_CHUNK_BYTES = 1_048_576
# A cell with a formula and no value. The value of a text cell (t="str") may be empty; a shared formula is <f/>.
_FORMULA = re.compile(rb'<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)'
                      rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")  # fmt: skip
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_HIDDEN = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')


def scan_sheet(stream: BinaryIO, part: str) -> SheetFindings:
    """Read the XML of a sheet in chunks of 1 MB and return what was found; `part` is its path in the workbook."""
    sheet, remainder = SheetFindings(), b""
    with ZipFile(stream) as archive, archive.open(part) as xml:
        while chunk := xml.read(_CHUNK_BYTES):
            remainder = _scan(sheet, remainder + chunk)
    _scan(sheet, remainder + b"<c ")
    return sheet


def _scan(sheet: SheetFindings, xml: bytes) -> bytes:
    """Add the complete elements to `sheet`, and return the remainder from the last cell, row or merged cell on."""
    last = max(xml.rfind(b"<c "), xml.rfind(b"<row"), xml.rfind(b"<mergeCell "), 0)
    complete, remainder = xml[:last], xml[last:]
    for column, row in _FORMULA.findall(complete) if b"<f" in complete else ():
        sheet.formulas.setdefault(int(row), f"{column.decode()}{int(row)}")
    for reference in _MERGED.findall(complete):
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(reference.decode()))
        if left == right and bottom > top:
            sheet.merged.setdefault(top, []).append((left - 1, bottom))
    sheet.hidden += len(_HIDDEN.findall(complete))
    return remainder[-_CHUNK_BYTES:]
