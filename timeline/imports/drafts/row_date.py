"""The date of a row, from its date, its start and end, or the earliest and latest date that are possible."""

import re
from collections.abc import Mapping

from db.dates.edtf import When
from db.errors import BadDate, BadEvent
from timeline.imports.drafts.row_cells import UNKNOWN, RowCells
from timeline.imports.drafts.values import date
from timeline.written_dates import Form
from timeline.written_dates.lexicon import is_ongoing
from timeline.written_dates.plain_numbers import signed_year

_PLAIN = Form()
_OPEN = ".."
_OTHER_FIELDS = ("start", "end", "earliest", "latest")
_MARK = re.compile("[?~%]$")
_SET = re.compile(r"[\[{](.*)[\]}]")

_DateTexts = Mapping[str, str]  # text by field
_Forms = Mapping[str, Form]  # by field


def row_date(texts: _DateTexts, forms: _Forms, cells: RowCells) -> tuple[When | None, list[str]]:
    """Return the date, and the fields whose text says more than EDTF can express.

    `cells` records those that say that a date is unknown. Raises BadEvent with the field for a text that is not a date,
    and for fields that exclude each other.
    """
    reading = _Reading(forms, cells)
    if texts.get("date") and not any(map(texts.get, _OTHER_FIELDS)):  # as in most rows of most files
        return reading.single(texts), reading.inexact
    groups = {
        name: {field: texts[field] for field in fields if texts.get(field)}
        for name, fields in (
            ("date", ("date",)),
            ("span", ("start", "end")),
            ("bounds", ("earliest", "latest")),
        )
    }
    filled = [name for name, group in groups.items() if group]
    if not filled:
        return None, []
    if len(filled) > 1:
        _choose(filled, groups, cells)
    when = {"date": reading.single, "span": reading.span, "bounds": reading.bounds}[filled[0]](texts)
    return when, reading.inexact


def _choose(filled: list[str], groups: Mapping[str, _DateTexts], cells: RowCells) -> None:
    """Put the fields after those of the first group into `data`, with a warning; raise BadEvent for our own names.

    A table may have the date of some rows, and start and end of others. Who writes `date` and `start` expects both.
    """
    text, others = (
        " and ".join(f"{field} {value!r}" for field, value in groups[name].items()) for name in filled[:2]
    )
    if any(cells.columns.get(field) == (field,) for name in filled[1:] for field in groups[name]):
        raise BadEvent("date", f"{text} comes with {others}; expected one or the other")
    for name in filled[1:]:
        for field, value in groups[name].items():
            cells.put_in_data(field)
            cells.warn(field, value, f"{value!r} comes with {text}, which is taken; it goes to data")


class _Reading:
    """Reads the fields of one row; `inexact` are those whose text says more than EDTF can express."""

    def __init__(self, forms: _Forms, cells: RowCells) -> None:
        self.forms = forms
        self.cells = cells
        self.inexact: list[str] = []

    def single(self, texts: _DateTexts) -> When | None:
        """Return the date of one field."""
        edtf = self._edtf("date", texts["date"])
        return date("date", edtf) if edtf else None

    def span(self, texts: _DateTexts) -> When | None:
        """Return the interval from start to end, or the start alone."""
        start, end = texts.get("start", ""), texts.get("end", "")
        if end and not start:
            raise BadEvent(
                "start", f"is missing, with end {end!r}; expected a date, or '..' for an open start"
            )
        for field, side in (("start", start), ("end", end)):
            if "/" in side and side.count("/") != 2 and not signed_year(side):
                raise BadEvent(
                    field,
                    f"{side!r} is an interval; expected one date such as '2021-06', or the field 'date'",
                )
        last = _OPEN if is_ongoing(end) else self._edtf("end", end)
        first = self._edtf("start", start)
        if last and not first:
            raise BadEvent(
                "start", f"{start!r} is no date, with end {end!r}; expected one, or '..' for an open start"
            )
        if not first:
            return None
        if not last:
            return date("start", first)
        first, last = self._limit("start", first), self._limit("end", last)
        return date("start", first) if first == last else date("end", f"{first}/{last}")

    def bounds(self, texts: _DateTexts) -> When | None:
        """Return one date between the earliest and the latest."""
        first, last = (self._edtf(field, texts.get(field, "")) for field in ("earliest", "latest"))
        first, last = (self._inner(field, edtf) for field, edtf in (("earliest", first), ("latest", last)))
        if not first and not last:
            return None
        if first == last:
            return date("earliest", first)
        if first and last and date("earliest", first).start_min > date("latest", last).end_max:
            raise BadEvent(
                "latest", f"{texts['latest']!r} is before the earliest date, {texts['earliest']!r}"
            )
        return date("latest", f"[{first}..{last}]")

    def _edtf(self, field: str, text: str) -> str:
        """Return a written date as EDTF, '' for none."""
        if not text or text == _OPEN:
            return text
        try:
            edtf, says_more = self.forms.get(field, _PLAIN).read(text)
        except BadDate as error:
            raise BadEvent(field, str(error)) from None
        if says_more:
            self.inexact.append(field)
        if not edtf:
            self.cells.leave_out(field, UNKNOWN)
        return edtf or ""

    def _limit(self, field: str, edtf: str) -> str:
        """Return one side of an interval: "before 1900" as an end is 1899 at the latest, with a mark of doubt."""
        limit = self._inner(field, edtf) or _OPEN
        if limit != edtf:
            self._remember(field)
            is_doubtful = limit != _OPEN and edtf[0] in "[{"
            return _doubtful(limit) if is_doubtful else limit
        return limit

    def _inner(self, field: str, edtf: str) -> str:
        """Return the first or last date of a set or an interval, "" for an open one; other dates unchanged."""
        number = 0 if field in ("start", "earliest") else -1
        if members := _SET.fullmatch(edtf):
            return re.split(r"\.\.|,", members[1])[number]
        if "/" in edtf:
            return edtf.split("/")[number].replace(_OPEN, "")
        return "" if edtf == _OPEN else edtf

    def _remember(self, field: str) -> None:
        if field not in self.inexact:
            self.inexact.append(field)


def _doubtful(edtf: str) -> str:
    """Return a date with the mark of doubt; a time of day, which cannot have one, becomes its day."""
    day = edtf.partition("T")[0]
    mark = _MARK.search(day)
    if mark is None:
        return f"{day}?"
    return f"{day[:-1]}%" if mark[0] == "~" else day
