"""Read the tables of the content of an OpenDocument spreadsheet as a stream.

Spreadsheet programs write equal cells and rows once, with a number of repetitions, and fill each sheet up to its last
row that way. Only rows and cells with a value are repeated here, within the limits of a sheet.
"""

from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element  # only defusedxml parses

from openpyxl.utils.cell import get_column_letter

from timeline.errors import BadFile
from timeline.readers.parts.ods_cells import (
    OFFICE,
    TABLE,
    cell_value,
    count,
    has_comment,
    is_unsaved,
    saved_error,
)
from timeline.readers.parts.sheet_lines import SheetFindings
from timeline.readers.parts.xlsx_rows import MAX_COLUMNS, MAX_ROWS
from timeline.readers.parts.xml_events import xml_events

KIND = "an OpenDocument spreadsheet"
MAX_REPETITIONS_PER_CELL = 100  # a file of 1 MB may otherwise become 17,000 million cells
_MIN_SUSPICIOUS_CELLS = 1_000_000
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_NOT_AVAILABLE = ("#N/A", "#NV")
_HIDDEN = ("collapse", "filter")

NumberedRow = tuple[int, list[str]]


class OdsTable:
    """A sheet of a file that is read as a stream; `findings` receives its merged cells, hidden rows and errors."""

    def __init__(self, element: Element, is_hidden: bool, events: Iterator[tuple[bool, Element]]) -> None:
        self.name = element.get(f"{TABLE}name", "")
        self.is_hidden = is_hidden
        self.findings = SheetFindings()
        self.rows = self._read(element, events)
        self._is_skipped = False
        self._cells = self._values = 0  # cells with a value, without and with their repetitions

    def skip(self) -> None:
        """Read to the end of the sheet without its values."""
        self._is_skipped = True
        for _ in self.rows:
            pass

    def _read(self, table: Element, events: Iterator[tuple[bool, Element]]) -> Iterator[NumberedRow]:
        """Yield the number (from 1) and the texts of each row that has a value or a problem."""
        number, parents = 1, [table]
        for is_start, element in events:
            if is_start:
                parents.append(element)
                continue
            parents.pop()
            if not parents:  # the end of the sheet itself
                return
            if element.tag == f"{TABLE}table-row":
                if not self._is_skipped:
                    yield from self._repeated(number, element)
                number += count(element, "number-rows-repeated")
                parents[-1].remove(element)

    def _repeated(self, number: int, row: Element) -> Iterator[NumberedRow]:
        values = self._values_of(number, row)
        if not values and number not in self.findings.formulas:
            return
        repetitions = count(row, "number-rows-repeated")
        if number + repetitions - 1 > MAX_ROWS:
            raise BadFile(
                f"has a row with the number {number + repetitions - 1:,}; expected 1 to {MAX_ROWS:,}"
            )
        self._values += len(values) * repetitions
        if self._values > max(_MIN_SUSPICIOUS_CELLS, MAX_REPETITIONS_PER_CELL * self._cells):
            raise BadFile(
                f"repeats {self._cells:,} cells {self._values:,} times; expected at most {MAX_REPETITIONS_PER_CELL}"
                " times each: save it as CSV"
            )
        if row.get(f"{TABLE}visibility") in _HIDDEN:
            self.findings.hidden += repetitions
        for at in range(number, number + repetitions):
            yield at, list(values)

    def _values_of(self, number: int, row: Element) -> list[str]:
        """Return the texts of a row up to its last value, and add to the findings."""
        values, empty = list[str](), 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            repetitions = count(cell, "number-columns-repeated")
            text = self._text(number, len(values) + empty, cell)
            if not text:
                empty += repetitions
                continue
            if len(values) + empty + repetitions > MAX_COLUMNS:
                raise BadFile(
                    f"has a cell beyond column {MAX_COLUMNS:,}, row {number:,}; expected fewer columns"
                )
            values += [""] * empty + [text] * repetitions
            self._cells, empty = self._cells + 1, 0
        return values

    def _text(self, number: int, column: int, cell: Element) -> str:
        """Return the text of a cell, "" for an empty one; merged cells, errors and comments become findings."""
        last_row = number + count(cell, "number-rows-spanned") - 1
        if last_row > number and count(cell, "number-columns-spanned") == 1:
            self.findings.merged.setdefault(number, []).append((column, last_row))
        self.findings.comments += has_comment(cell)
        address = f"{get_column_letter(min(column + 1, MAX_COLUMNS))}{number}"
        if is_unsaved(cell):
            self.findings.formulas.setdefault(number, address)
        error = saved_error(cell)
        if error and error not in _NOT_AVAILABLE:
            self.findings.errors.setdefault(number, f"{error} (cell {address})")
        return _NOT_AVAILABLE[0] if error in _NOT_AVAILABLE else error or cell_value(cell)


def ods_tables(content: IO[bytes]) -> Iterator[OdsTable]:
    """Yield the sheets of the part content.xml; what a caller leaves of one is skipped before the next."""
    hidden_styles = set[str]()
    events = xml_events(content, KIND)
    for is_start, element in events:
        if is_start and element.tag == f"{TABLE}table":
            table = OdsTable(element, element.get(f"{TABLE}style-name") in hidden_styles, events)
            yield table
            table.skip()
        elif not is_start and element.tag == f"{_STYLE}style":
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{TABLE}display") == "false":
                hidden_styles.add(element.get(f"{_STYLE}name", ""))
        elif is_start and element.tag == f"{OFFICE}text":
            raise BadFile(
                "is a text document of LibreOffice; expected a spreadsheet: copy its table into one"
            )
