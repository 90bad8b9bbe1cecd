"""The value of a cell of an OpenDocument spreadsheet, from its attributes and paragraphs (OpenDocument 1.3, part 3)."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element  # only defusedxml parses

_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, _TEXT = (f"{_NAMESPACE}{name}:1.0}}" for name in ("table", "office", "text"))
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_LEFT_OUT = (f"{OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text")
_MAX_SPACES = 1_000  # of one element, which may ask for any number
_NUMBERS = ("float", "percentage", "currency")
_DATE = re.compile(r"(-?\d{4,}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:[.,]\d+)?)?")
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_ERROR = re.compile(r"#(?:REF|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC|N/A|NV)[!?]?|Err:\d+")


def count(element: Element, name: str) -> int:
    """Return an attribute that counts repetitions or spanned cells, 1 without it."""
    text = element.get(f"{TABLE}{name}")
    return max(1, int(text)) if text else 1


def cell_value(cell: Element) -> str:
    """Return the value of a cell: numbers as written, dates and times in ISO 8601, "" for an empty cell."""
    kind = cell.get(f"{OFFICE}value-type")
    if kind in _NUMBERS:
        return _number(cell.get(f"{OFFICE}value", ""))
    if kind == "date":
        return _date(cell.get(f"{OFFICE}date-value", ""))
    if kind == "time":
        return _time(cell.get(f"{OFFICE}time-value", ""))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "").capitalize()
    text = cell.get(f"{OFFICE}string-value")
    return _paragraphs(cell) if text is None else text


def saved_error(cell: Element) -> str:
    """Return the error that a formula resulted in, such as "#REF!" or "Err:502"; "" for none.

    LibreOffice marks errors by a type of its own. Older programs save the number 0 and the error as the text shown.
    """
    if cell.get(_CALC_TYPE) == "error":
        return _paragraphs(cell) or "#VALUE!"
    if cell.get(f"{TABLE}formula") is None:
        return ""
    shown = _paragraphs(cell)
    return shown if _ERROR.fullmatch(shown) else ""


def is_unsaved(cell: Element) -> bool:
    """Return whether a cell has a formula without a result."""
    if cell.get(f"{TABLE}formula") is None or cell.get(f"{OFFICE}value-type") is not None:
        return False
    return not _paragraphs(cell)


def has_comment(cell: Element) -> bool:
    """Return whether a comment is attached to a cell."""
    return len(cell) > 0 and cell.find(f"{OFFICE}annotation") is not None


def _number(text: str) -> str:
    """Return a number as short as possible: 1.5000000000000000 is 1.5; whole numbers keep all their digits."""
    if text.removeprefix("-").isdecimal():
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() else str(number)


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if not match:
        return text
    day, time = match.groups()
    return day if time in (None, "00:00:00") else f"{day}T{time}"


def _time(text: str) -> str:
    """Return a duration such as PT14H30M00S as the time of day or the number of hours that a cell shows."""
    match = _TIME.fullmatch(text)
    return ":".join(part.zfill(2) for part in match.groups()) if match else text


def _paragraphs(cell: Element) -> str:
    return "\n".join("".join(_inline(part)) for part in cell if part.tag in _PARAGRAPHS)


def _inline(element: Element) -> Iterator[str]:
    """Yield the texts of a paragraph, with its spaces, tabs and line breaks, without notes and comments."""
    yield (element.text or "").replace("\n", " ")
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), _MAX_SPACES)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _LEFT_OUT:
            yield from _inline(child)
        yield (child.tail or "").replace("\n", " ")
