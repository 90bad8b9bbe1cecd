"""Read the rows of a sheet that it really has, and refuse numbers of rows and columns that no sheet can have.

The iterator of openpyxl fills gaps: a row with the number 9,999,999,999 would be preceded by as many empty ones.
"""

from collections.abc import Iterator
from typing import Any

from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from timeline.errors import BadFile

MAX_ROWS = 1_048_576  # of a sheet in Excel
MAX_COLUMNS = 16_384
MAX_GAPS_PER_CELL = 100  # a file of 1 MB may otherwise become 100,000 rows of 16,384 values
_MIN_SUSPICIOUS_GAPS = 1_000_000
_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"


class _LimitedParser(WorkSheetParser):
    """A parser that refuses a row as soon as its number or width is beyond the limits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.columns: dict[str, int] = {}  # by their letters
        self.digits = ""  # of the row

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """Return the number and the cells of a row; raise BadFile for one that is out of bounds."""
        if len(row) > MAX_COLUMNS:
            raise BadFile(f"has a row with {len(row):,} cells; expected at most {MAX_COLUMNS:,} columns")
        self.digits = row.get("r", "")
        number, cells = super().parse_row(row)
        if not 1 <= number <= MAX_ROWS:
            raise BadFile(f"has a row with the number {number:,}; expected 1 to {MAX_ROWS:,}")
        self.row_dimensions.clear()  # heights and styles, which an import does not need
        last = max((cell["column"] for cell in cells), default=0)
        if last > MAX_COLUMNS:
            raise BadFile(
                f"has a cell in column {last:,}, row {number:,}; expected at most {MAX_COLUMNS:,} columns"
            )
        return number, cells

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return a cell with its column, from 1, and its value.

        Plain texts and numbers are read here, because openpyxl makes several objects for each; it reads the others.
        """
        letters, row, _ = element.get("r", "").partition(self.digits) if self.digits else ("", "", "")
        column = self.columns.get(letters) if row else None
        if column is None or element.get("r") != letters + row:
            cell = super().parse_cell(element)
            if row and letters.isalpha():
                self.columns[letters] = cell["column"]
            return cell
        self.col_counter = column
        kind = element.get("t", "n")
        if kind == "inlineStr":
            text = element.find(INLINE_STRING)
            if text is not None and len(text) == 1 and text[0].tag == _TEXT_TAG and not text.attrib:
                return {"column": column, "value": text[0].text or ""}
        elif kind in ("n", "s"):
            value = element.findtext(VALUE_TAG)
            if not value:
                return {"column": column, "value": None}
            if kind == "s":
                return {"column": column, "value": self.shared_strings[int(value)]}
            if int(element.get("s") or 0) not in self.date_formats:
                return {"column": column, "value": _number(value)}
        return super().parse_cell(element)


def _number(text: str) -> int | float:
    return float(text) if "." in text or "E" in text or "e" in text else int(text)


def sheet_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number (from 1) and the values of each row that a sheet of a read-only workbook has, in its order."""
    book = sheet.parent
    with sheet._get_source() as source:
        parser = _LimitedParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        gaps = written = 0
        for number, cells in parser.parse():
            values: list[Any] = [None] * max((cell["column"] for cell in cells), default=0)
            written += len(cells)
            gaps += len(values) - len(cells)
            if gaps > max(_MIN_SUSPICIOUS_GAPS, MAX_GAPS_PER_CELL * written):
                raise BadFile(
                    f"has {gaps:,} empty cells to the left of {written:,} others; expected at most {MAX_GAPS_PER_CELL}"
                    " for each: delete the columns on the right, or save it as CSV"
                )
            for cell in cells:
                value = cell["value"]
                if isinstance(value, str) and "_x" in value:
                    value = _unescaped(value)
                values[cell["column"] - 1] = value
            yield number, values


def _unescaped(text: str) -> str:
    """Return a text without the escapes of control characters: Excel stores CR as _x000D_."""
    return unescape(text).replace("\r\n", "\n").replace("\r", "\n").strip()
