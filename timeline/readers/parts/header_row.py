"""Find the header row of a table, and skip the lines above, between and below the events.

Spreadsheets begin with a title and a source, repeat the header row for printing, and end with a total.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, zip_longest
from statistics import median
from typing import NamedTuple

from timeline.errors import BadFile
from timeline.exchange.checks import names_problem
from timeline.exchange.field_names import recognised
from timeline.exchange.hxl import is_tag_row, tagged_names
from timeline.exchange.name_lists import listed
from timeline.exchange.row import LeftOutNote, Note, Row, is_empty
from timeline.readers.parts.grouped_headings import joined_names, names_groups
from timeline.readers.parts.timelinejs_sheet import is_timelinejs_sheet, without_titles_and_eras

MAX_LINES_ABOVE_HEADER = 25
MAX_LINES_QUOTED = 3
# Values that no column name looks like: dates, coordinates, addresses of web pages.
_VALUE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{4}.*|-?\d+\.\d{2,}|https?://.*")
_TOTALS = re.compile(
    r"(?:grand |sub)?(?:totals?|sum|suma|somme|totale|gesamt|summe)(?: general| généra(?:l|ux))?[\s:=]*[\d.,\s]*",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(  # how the notes below a table begin
    r"(?:sources?|notes?|n\.?b\.?|fuentes?|notas?|fonts?|quellen?|fonte|©|copyright|(?:last )?updated|data as of|as of|"
    r"generated|exported|downloaded|licen[cs]e|methodology)\b\s*[:=.,]|[*†‡©]|\(\d\)\s|\[\d\]\s",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line of a table: its number, its values, and the problem that makes them unusable, if any."""

    number: int
    values: list[str]
    problem: str | None = None


def table(lines: Iterable[Line], note: Note, *, is_text: bool = False) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns and the rows below them; raise BadFile if the table has no names.

    With `is_text`, for CSV, `note` receives the number of rows with fewer values than columns, and a row with more is
    advised to be quoted. Workbooks have no quotes, and never save the empty cells at the end of a row.
    """
    filled = (line for line in lines if line.problem or any(line.values))
    head = list(islice(filled, MAX_LINES_ABOVE_HEADER))
    position = _header_position(head)
    if position is None:
        raise BadFile(
            "is empty; expected a first line with the names of the columns, such as title,category,date,place"
        )
    position, header = _best_header(head, position)
    if position:
        quoted = (
            next(filter(str.strip, line.values), "")[:40] for line in head[:position][:MAX_LINES_QUOTED]
        )
        lines_above = "1 line" if position == 1 else f"{position} lines"
        sentence = f"has {lines_above} above its header row; not imported: {', '.join(map(repr, quoted))}"
        note(LeftOutNote(sentence, sum(map(_filled, head[:position]))))
    _check(header)
    if fault := names_problem(header):
        raise BadFile(fault)
    first_row = position + 1
    if first_row < len(head) and (tagged := _tagged(header, head[first_row].values, note)):
        header, first_row = tagged, first_row + 1
    below: Iterator[Line] = chain(head[first_row:], filled)
    names = _names(header, note)
    if is_text:
        below = _count_short(below, len(names), note)
    rows = _rows(head[position].values, names, below, note, is_text=is_text)
    return names, without_titles_and_eras(rows, note) if is_timelinejs_sheet(names) else rows


def _tagged(header: list[str], tags: list[str], note: Note) -> list[str]:
    """Return the names of columns by the HXL tags below them; nothing if the headings name as many fields."""
    names = tagged_names(header, tags) if is_tag_row(tags) else []
    if len(recognised(header)) >= len(recognised(names)):
        return []
    renamed = [f"{new} for {old!r}" for old, new in zip_longest(header, names, fillvalue="") if new != old]
    note(
        f"has HXL tags below its headings, which name the columns: {', '.join(renamed[:MAX_LINES_ABOVE_HEADER])}"
    )
    return names


def _count_short(lines: Iterable[Line], columns: int, note: Note) -> Iterator[Line]:
    """Yield the lines, then note how many had fewer values than there are columns."""
    count = first = 0
    for line in lines:
        if 1 < len(line.values) < columns and not line.problem:
            count, first = count + 1, first or line.number
        yield line
    if count:
        rows = "row has" if count == 1 else "rows have"
        note(
            f"{count:,} {rows} fewer values than there are columns, first on line {first}; "
            "the missing values at the end are read as empty"
        )


def headings(lines: Iterable[Line]) -> tuple[list[str], int]:
    """Return the column names in the first lines of a table, and how many rows below them are among those lines."""
    head = [line for line in islice(lines, MAX_LINES_ABOVE_HEADER) if line.problem or any(line.values)]
    position = _header_position(head)
    if position is None:
        return [], 0
    position, header = _best_header(head, position)
    return header, len(head) - position - 1


def _best_header(lines: list[Line], at: int) -> tuple[int, list[str]]:
    """Return the position and names of the header row at `at` or below: the line that names the most fields.

    If two lines together name more, the upper one spans groups of columns and the names of both are joined.
    """
    first, most_fields = at, len(recognised(lines[at].values))
    for number in range(at + 1, len(lines)):
        fields = _named(lines[number])
        if fields > max(most_fields, 1):
            at, most_fields = number, fields
    header = lines[at].values
    if at + 1 < len(lines) and _named(lines[at + 1]) >= (1 if most_fields else 2):
        below = lines[at + 1].values
        joined = joined_names(header, below)
        if len(recognised(joined)) > most_fields:
            return at + 1, joined
    for upper in (at, at - 1):
        if upper >= first and _names_groups(lines[upper : upper + 2], lines[upper + 2 :]):
            return upper + 1, joined_names(lines[upper].values, lines[upper + 1].values)
    return at, header


def _names_groups(pair: list[Line], below: list[Line]) -> bool:
    if len(pair) < 2 or any(line.problem for line in pair):
        return False
    return names_groups(pair[0].values, pair[1].values, [line.values for line in below])


def _named(line: Line) -> int:
    """Return how many fields a line names if at least half of its values do, else 0.

    HXL tags below the header row (#date, #geo) do not count.
    """
    fields = recognised(line.values)
    is_plain = not line.problem and not any(value.startswith("#") for value in line.values)
    return len(fields) if is_plain and len(fields) * 2 >= _width(line) else 0


def _check(header: list[str]) -> None:
    """Raise BadFile if the first line names no field and contains a date, a coordinate or a web address."""
    value = next((value for value in header if _VALUE.fullmatch(value.strip())), None)
    if value and not recognised(header):
        raise BadFile(
            f"seems to have no header row, since its first line contains {value.strip()[:40]!r}; "
            "expected a first line with the names of the columns, such as title,category,date,place"
        )


def _width(line: Line) -> int:
    return sum(1 for value in line.values if value.strip())


def _header_position(lines: list[Line]) -> int | None:
    """Return the position of the first line that is about as wide as those below; titles and comments are narrower."""
    filled = [number for number, line in enumerate(lines) if not line.problem and _width(line)]
    for position, number in enumerate(filled):
        widths_below = [_width(lines[below]) for below in filled[position + 1 :]]
        if not widths_below or _width(lines[number]) * 2 >= median(widths_below):
            return number if widths_below or position == 0 else filled[0]
    return None


def _names(header: list[str], note: Note) -> list[str]:
    """Return the column names, cleaned and unique: an empty name becomes "column 3", a repeated one "name (2)"."""
    names = [
        name.strip("\ufeff\u200b \t\r\n") or f"column {position}" for position, name in enumerate(header, 1)
    ]
    if any("\x00" in name for name in names):
        raise BadFile(
            "has NUL characters in its first line; expected a text file, in UTF-8 or in UTF-16 with a byte order mark"
        )
    counts, renamed, taken = Counter[str](), list[str](), set(names)
    for position, name in enumerate(names):
        counts[name] += 1
        if counts[name] > 1:
            names[position] = next(
                candidate
                for n in range(counts[name], len(names) + 2)
                if (candidate := f"{name} ({n})") not in taken
            )
            taken.add(names[position])
            renamed.append(names[position])
    if renamed:
        note(f"has several columns with the same name; the later ones are renamed to {listed(renamed)}")
    return names


def _rows(
    header: list[str], names: list[str], lines: Iterable[Line], note: Note, *, is_text: bool
) -> Iterator[Row]:
    """Yield the rows; skip comments and repeated header rows, and note their number at the end."""
    skipped = list[str]()
    count = cells = 0
    for line in lines:
        number, values, problem = line
        if problem:
            yield Row("line", number, _columns(names, values), problem=problem)
        elif values == header or (values[0][:1] == "#" and _is_comment(values, len(names))):
            count, cells = count + 1, cells + _filled(line)
            if len(skipped) < MAX_LINES_QUOTED:
                skipped.append(next(filter(str.strip, values), "")[:40])
        else:
            yield _row(number, names, values, is_text=is_text)
    if count:
        lines_skipped = "1 line" if count == 1 else f"{count} lines"
        quoted = ", ".join(map(repr, skipped))
        sentence = f"has {lines_skipped} with a comment or a repeated header row; not imported: {quoted}"
        note(LeftOutNote(sentence, cells))


def _filled(line: Line) -> int:
    """Return how many cells of a line are not empty."""
    return sum(not is_empty(value) for value in line.values)


def _columns(names: list[str], values: list[str]) -> dict[str, str]:
    """Return the values by column; those beyond the last column are called after their position, such as "column 7"."""
    columns = dict(zip(names, values, strict=False))
    if len(values) <= len(names):
        return columns
    for position, value in enumerate(values[len(names) :], len(names) + 1):
        if value:
            columns[_unused_name(f"column {position}", columns)] = value
    return columns


def _unused_name(name: str, columns: Mapping[str, str]) -> str:
    """Return a name that no column has: the name itself, else with a number."""
    names = (name, *(f"{name} ({number})" for number in range(2, len(columns) + 3)))
    return next(candidate for candidate in names if candidate not in columns)


def _is_comment(values: list[str], columns: int) -> bool:
    """Return whether a line that begins with # is a comment or a line of HXL tags."""
    filled = [value for value in values if value.strip()]
    return (len(filled) == 1 and columns > 2) or (
        len(filled) > 1 and all(value[:1] == "#" for value in filled)
    )


def _row(number: int, names: list[str], values: list[str], *, is_text: bool) -> Row:
    columns = _columns(names, values)
    problem = None
    if len(values) > len(names) and any(values[len(names) :]):
        advice = (
            'quotes around a value with a comma, such as "Gent, Belgium"'
            if is_text
            else "a heading above each"
        )
        problem = f"has {len(values)} values for {len(names)} columns; expected {advice}"
    elif "\x00" in "".join(values):
        problem = "contains a NUL character"
    elif len(values) == 1 and len(names) > 2 and max(map(values[0].count, ",;\t|")) >= len(names) - 1:
        problem = "uses another delimiter than the other rows; expected the same one in every row"
    elif len(names) > 2:
        problem = _total_or_footnote(values)
    for name in names[len(values) :]:
        columns[name] = ""
    return Row("line", number, columns, problem=problem)


def _total_or_footnote(values: list[str]) -> str | None:
    """Return the problem of a row of totals or of a footnote, which have few values; None for an event."""
    text = (values[0] or next(filter(None, values))).strip()
    if _TOTALS.fullmatch(text) and sum(1 for value in values if value.strip()) * 2 <= len(values) + 1:
        return "seems to be a row of totals, not an event; it is not imported"
    if _FOOTNOTE.match(text) and sum(1 for value in values if value.strip()) == 1:
        return "seems to be a note below the table, not an event; it is not imported"
    return None
