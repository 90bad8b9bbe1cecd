"""Leave out the column that the import adds to a file of rejected rows, when the corrected file is imported.

The column is recognised by its cells, since a corrected file may have any name, and other files have their own columns
called `reason`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

from msgspec import structs

from timeline.exchange.native_table import REASON, reason_name
from timeline.exchange.row import LeftOutNote, Note, Row

_POSITION = re.compile(r"[a-z]+ (\d+)(?: \([^\n]*?\))?: ")  # "line 12: date: …", as RejectedRows writes it
_ROWS_COMPARED = 100


def without_reasons(rows: Iterable[Row], note: Note) -> Iterator[Row]:
    """Yield the rows without the reasons for which an earlier import rejected them; `note` receives their number."""
    rows = iter(rows)
    first = list(islice(rows, _ROWS_COMPARED))
    name = _reason_column(first)
    if name is None:
        yield from first
        yield from rows
        return
    cells = 0
    for row in chain(first, rows):
        columns = dict(row.columns)
        cells += bool(columns.pop(name, ""))
        yield structs.replace(row, columns=columns)
    if cells:
        note(
            LeftOutNote(f"has a column {name!r} with the reasons of an earlier import; it is left out", cells)
        )


def _reason_column(rows: Sequence[Row]) -> str | None:
    """Return the name of the column that an import has added: the last one, with positions of rows in order."""
    tables = [row for row in rows if row.kind == "table" and row.columns]
    if not tables:
        return None
    *others, last = tables[0].columns
    if not last.startswith(REASON) or last != reason_name(others):
        return None
    reasons = [text for row in tables if (text := str(row.columns.get(last) or ""))]
    positions = [int(match[1]) for text in reasons if (match := _POSITION.match(text))]
    in_order = all(before < after for before, after in pairwise(positions))
    return last if in_order and positions and len(positions) * 2 >= len(reasons) else None
