"""Sheets of TimelineJS: their rows of the type "title" and "era" are no events."""

from collections.abc import Iterable, Iterator
from itertools import islice

from timeline.exchange.row import LeftOutNote, Note, Row

_COLUMNS = frozenset(("headline", "text", "media", "type"))  # of every version of the sheet
_DATE_COLUMNS = frozenset(("year", "start date"))
MAX_ROWS_QUOTED = 5


def is_timelinejs_sheet(names: Iterable[str]) -> bool:
    """Return whether the columns of a table are those of a TimelineJS sheet."""
    folded = {name.strip().lower() for name in names}
    return folded >= _COLUMNS and not folded.isdisjoint(_DATE_COLUMNS)


def without_titles_and_eras(rows: Iterable[Row], note: Note) -> Iterator[Row]:
    """Yield the events of a TimelineJS sheet; note the other rows at the end."""
    left_out: dict[str, list[Row]] = {"title": [], "era": []}
    for row in rows:
        kind = next((value for name, value in row.columns.items() if name.strip().lower() == "type"), "")
        others = left_out.get(str(kind).strip().lower())
        if others is None:
            yield row
        else:
            others.append(row)
    for kind, others in left_out.items():
        if others:
            note(
                titles_and_eras_note(
                    kind, [_described(row) for row in others], sum(row.cells for row in others)
                )
            )


def titles_and_eras_note(kind: str, described: list[str], cells: int) -> LeftOutNote:
    """Return the sentence about titles or eras that are left out."""
    count = len(described)
    quoted = ", ".join(islice(described, MAX_ROWS_QUOTED))
    more = f" and {count - MAX_ROWS_QUOTED:,} more" if count > MAX_ROWS_QUOTED else ""
    meaning = (
        "the introduction of the timeline"
        if kind == "title"
        else "a background of the timeline, not an event"
    )
    noun = kind if count == 1 else f"{kind}s"
    return LeftOutNote(
        f"has {count:,} {noun} of TimelineJS: {quoted}{more}; not imported, as it is {meaning}", cells
    )


def _described(row: Row) -> str:
    headline = next((value for name, value in row.columns.items() if name.strip().lower() == "headline"), "")
    return f"{str(headline)[:60]!r} ({row.at})"
