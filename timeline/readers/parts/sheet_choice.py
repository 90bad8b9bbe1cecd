"""Choose the sheet of a workbook, or the layer of a GeoPackage, that is imported; the others are named."""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from timeline.errors import BadFile, OpenQuestion
from timeline.exchange.field_names import recognised
from timeline.exchange.name_lists import listed
from timeline.exchange.row import Note

MAX_SHEETS = 200
_WHERE_AND_WHEN = frozenset(
    ("date", "start", "end", "year", "iyear", "place", "city", "admin1", "country", "lat", "lon")
)
_OF_SOURCES = frozenset(("id", "source_title", "source_url", "note", "tags", "verification"))
_MIN_SHARE_OF_FIELDS = 2 / 3  # a list of sources or codes names some fields as well, but fewer


class Sheet(NamedTuple):
    """A sheet with its column names; `rows` are those among its first lines, and `has_points` those of a layer."""

    name: str
    columns: Sequence[str]
    rows: int
    is_hidden: bool = False
    has_points: bool = False

    @property
    def fields(self) -> set[str]:
        """The fields that its columns name, and the coordinates of a layer."""
        return recognised(self.columns) | ({"lat", "lon"} if self.has_points else set())

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """How likely the sheet has the events: one with rows that is visible, then the number of fields."""
        return self.rows > 0, not self.is_hidden, len(self.fields)


def check_number(sheets: int, unit: str = "sheet") -> None:
    """Raise BadFile for more sheets than are read."""
    if sheets > MAX_SHEETS:
        raise BadFile(f"has {sheets:,} {unit}s; expected at most {MAX_SHEETS}: save that of events as CSV")


def chosen_sheet(sheets: Sequence[Sheet], wanted: str | None, note: Note, unit: str = "sheet") -> int:
    """Return the position of the sheet that `wanted` names, or of the only one that has events.

    `wanted` is a name or a number from 1. Raises BadFile if there is no such sheet, or if several may be meant.
    """
    if wanted is not None:
        position = _named(sheets, wanted, unit)
    else:
        position = _only_table(sheets, unit)
        if sheets[position].is_hidden or any(sheet.columns for sheet in sheets[:position]):
            hidden = f"hidden {unit}" if sheets[position].is_hidden else unit
            note(f"has its table on the {hidden} {sheets[position].name!r}; that {unit} is read")
    others = [sheet for at, sheet in enumerate(sheets) if at != position and sheet.columns]
    if others:
        names = listed(sheet.name for sheet in others)
        them = (
            f"another {unit}, {names}, which is" if len(others) == 1 else f"other {unit}s, {names}, which are"
        )
        note(f"has {them} not imported; to import such a {unit}, choose it: {option(others[0].name)}")
    return position


def option(name: str) -> str:
    """Return the option that chooses a sheet, as a shell reads it."""
    return f"--sheet {shlex.quote(name)}"


def _named(sheets: Sequence[Sheet], wanted: str, unit: str) -> int:
    names = [sheet.name for sheet in sheets]
    if wanted in names:
        return names.index(wanted)
    folded = [name.strip().casefold() for name in names]
    if folded.count(wanted.strip().casefold()) == 1:
        return folded.index(wanted.strip().casefold())
    if wanted.strip().isdecimal() and 1 <= int(wanted) <= len(sheets):
        return int(wanted) - 1
    raise BadFile(
        f"has no {unit} {wanted[:80]!r}; expected one of its {unit}s {listed(names)}, or a number from 1 to "
        f"{len(sheets)}"
    )


def _only_table(sheets: Sequence[Sheet], unit: str) -> int:
    """Return the position of the sheet with the events; raise BadFile if there is none, OpenQuestion for several."""
    best = max(sheets, key=lambda sheet: sheet.rank, default=None)
    if best is None or not best.rows:
        raise BadFile(
            f"is empty; expected a {unit} with column names, such as title, category, date, place, and rows of events"
        )
    rivals = [sheet for sheet in sheets if _may_be_meant(sheet, best)]
    if len(rivals) > 1:
        names = " and ".join(repr(sheet.name) for sheet in rivals)
        options = tuple(option(sheet.name) for sheet in rivals)
        raise OpenQuestion(
            f"has tables of events on the {unit}s {names}; expected one: choose it with {' or '.join(options)}",
            options=options,
        )
    return sheets.index(best)


def _may_be_meant(sheet: Sheet, best: Sheet) -> bool:
    """Return whether a sheet has events like the best one: about as many fields, a date or place among them."""
    if sheet is best:
        return True
    if sheet.rank[:2] != best.rank[:2] or len(best.fields) < 2:
        return False
    if sheet.rank == best.rank:
        return True
    fields, most_fields = sheet.fields - _OF_SOURCES, best.fields - _OF_SOURCES
    return not _WHERE_AND_WHEN.isdisjoint(fields) and len(fields) >= _MIN_SHARE_OF_FIELDS * len(most_fields)
