"""Find the line with the names of the columns, and leave out what stands around the rows of a table but is no event.

Spreadsheets begin with a title and a source, repeat their headings for print, and end with a total.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from statistics import median
from typing import NamedTuple

from timeline.errors import BadFile
from timeline.exchange.field_names import recognised
from timeline.exchange.row import Note, Row

_LOOK = 25  # lines in which the heading must stand
_VALUE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{4}.*|-?\d+\.\d{2,}|https?://.*")
_TOTALS = re.compile(
    r"(?:grand |sub)?(?:totals?|sum|suma|somme|totale|gesamt|summe)(?: general| généra(?:l|ux))?[\s:=]*[\d.,\s]*",
    re.IGNORECASE,
)
_BELOW = re.compile(  # how remarks below a table begin
    r"(?:sources?|notes?|n\.?b\.?|fuentes?|notas?|fonts?|quellen?|fonte|©|copyright|(?:last )?updated|data as of|as of|"
    r"generated|exported|downloaded|licen[cs]e|methodology)\b\s*[:=.,]|[*†‡©]|\(\d\)\s|\[\d\]\s",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line of a table: its number, its values, and why they cannot be used, if they cannot."""

    number: int
    values: list[str]
    problem: str | None = None


def table(lines: Iterable[Line], note: Note, *, short: bool = False) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns, and the rows under them; raise BadFile where there are no names.

    Rows with fewer values than columns are told where `short` is set; a workbook has no cells at the end of a row.
    """
    left = (line for line in lines if line.problem or any(line.values))
    first = list(islice(left, _LOOK))
    at = _heading(first)
    if at is None:
        raise BadFile("is empty; expected a first line with the names of the columns")
    at, heading = _second(first, at)
    if at:
        shown = ", ".join(repr(next(filter(str.strip, line.values), "")[:40]) for line in first[:at][:3])
        note(f"begins with {at} {'line' if at == 1 else 'lines'} above its headings, left out: {shown}")
    _check(heading)
    below = chain(first[at + 1 :], left)
    names = _names(heading, note)
    return names, _rows(first[at].values, names, _short(below, len(names), note) if short else below, note)


def _short(lines: Iterable[Line], columns: int, note: Note) -> Iterator[Line]:
    """Count the rows with fewer values than columns, and tell of them in the end."""
    count = first = 0
    for line in lines:
        if 1 < len(line.values) < columns and not line.problem:
            count, first = count + 1, first or line.number
        yield line
    if count:
        rows = "row has" if count == 1 else "rows have"
        note(
            f"{count:,} {rows} fewer values than there are columns, first on line {first}; the last are taken for empty"
        )


def headings(lines: Iterable[Line]) -> tuple[list[str], int]:
    """Return the names of the columns that the first lines of a table have, and how many of its rows are among them."""
    first = [line for line in islice(lines, _LOOK) if line.problem or any(line.values)]
    at = _heading(first)
    if at is None:
        return [], 0
    at, heading = _second(first, at)
    return heading, len(first) - at - 1


def _second(lines: list[Line], at: int) -> tuple[int, list[str]]:
    """Go down to a line that names more fields; join the names of two lines, the upper ones over groups of columns."""
    most = len(recognised(lines[at].values))
    for number in range(at + 1, len(lines)):
        found = _named(lines[number])
        if found > max(most, 1):
            at, most = number, found
    heading = lines[at].values
    if at + 1 < len(lines) and _named(lines[at + 1]) >= (1 if most else 2):
        below = lines[at + 1].values
        both = [low.strip() or up for up, low in zip_longest(heading, below, fillvalue="")]
        if len(recognised(both)) > most:
            return at + 1, both
    return at, heading


def _named(line: Line) -> int:
    """Count the fields that a line names, if that is what most of it does; tags of HXL below the headings do not."""
    found = recognised(line.values)
    plain = not line.problem and not any(value.startswith("#") for value in line.values)
    return len(found) if plain and len(found) * 2 >= _width(line) else 0


def _check(heading: list[str]) -> None:
    """Refuse a table without names: its first line has a date, coordinate or address, and no name of a field."""
    odd = next((value for value in heading if _VALUE.fullmatch(value.strip())), None)
    if odd and not recognised(heading):
        raise BadFile(
            f"seems to have no line with the names of its columns, since its first line holds {odd.strip()[:40]!r}; "
            "put one above it, such as title,category,date,place"
        )


def _width(line: Line) -> int:
    return sum(1 for value in line.values if value.strip())


def _heading(lines: list[Line]) -> int | None:
    """Number the first line that is about as wide as those that follow; a title or a comment is narrower."""
    whole = [number for number, line in enumerate(lines) if not line.problem and _width(line)]
    for at, number in enumerate(whole):
        after = [_width(lines[one]) for one in whole[at + 1 :]]
        if not after or _width(lines[number]) * 2 >= median(after):
            return number if after or at == 0 else whole[0]
    return None


def _names(heading: list[str], note: Note = lambda message: None) -> list[str]:
    names = [name.strip("\ufeff\u200b \t\r\n") or f"column {at}" for at, name in enumerate(heading, 1)]
    if any("\x00" in name for name in names):
        raise BadFile(
            "has NUL characters in its first line; is it a table at all, or UTF-16 without its mark?"
        )
    counts, told = Counter[str](), list[str]()
    for at, name in enumerate(names):
        counts[name] += 1
        if counts[name] > 1:
            names[at] = next(
                made for n in range(counts[name], len(names) + 2) if (made := f"{name} ({n})") not in names
            )
            told.append(names[at])
    if told:
        note(
            f"has several columns of one name; those after the first are called {', '.join(map(repr, told))}"
        )
    return names


def _rows(heading: list[str], names: list[str], lines: Iterable[Line], note: Note) -> Iterator[Row]:
    left_out = 0
    for number, values, problem in lines:
        if problem:
            yield Row("line", number, dict(zip(names, values, strict=False)), problem=problem)
        elif values == heading or (values[0][:1] == "#" and _remark(values, len(names))):
            left_out += 1
        else:
            yield _row(number, names, values)
    if left_out:
        note(
            f"has {left_out} {'line' if left_out == 1 else 'lines'} of comment or repeated headings, left out"
        )


def _remark(values: list[str], columns: int) -> bool:
    """Tell whether a line that begins with # is a comment, or tags of HXL under the headings."""
    some = [value for value in values if value.strip()]
    return (len(some) == 1 and columns > 2) or (len(some) > 1 and all(value[:1] == "#" for value in some))


def _row(number: int, names: list[str], values: list[str]) -> Row:
    columns = dict(zip(names, values, strict=False))
    problem = None
    if len(values) > len(names) and any(values[len(names) :]):
        problem = f"has {len(values)} values for {len(names)} columns; is a quote missing around one of them?"
    elif "\x00" in "".join(values):
        problem = "holds a NUL character"
    elif len(values) == 1 and len(names) > 2 and max(map(values[0].count, ",;\t|")) >= len(names) - 1:
        problem = "is parted by another sign than the other rows"
    elif len(names) > 2:
        problem = _around(values)
    for name in names[len(values) :]:
        columns[name] = ""
    return Row("line", number, columns, problem=problem)


def _around(values: list[str]) -> str | None:
    """Tell a row of totals and a remark below the table, which have few values, from an event."""
    said = (values[0] or next(filter(None, values))).strip()
    if _TOTALS.fullmatch(said) and sum(1 for value in values if value.strip()) * 2 <= len(values) + 1:
        return "seems to be a row of totals, not an event; it is left out"
    if _BELOW.match(said) and sum(1 for value in values if value.strip()) == 1:
        return "seems to be a remark below the table, not an event; it is left out"
    return None
