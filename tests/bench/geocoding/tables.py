"""Put results into tables, for a terminal or for Markdown."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from .score import Band, Shares, Verdict

Cells = tuple[str, ...]


class Table(NamedTuple):
    """Headings and rows of cells; `words` says which columns hold words and are aligned to the left."""

    headings: Cells
    rows: Sequence[Cells]
    words: frozenset[int] = frozenset({0})


class Told(NamedTuple):
    """What the resolver says of an answer: its reasons, and where the right place stands among its candidates."""

    reasons: str
    right: str


def text(table: Table) -> str:
    """Align a table's columns for a terminal."""
    every = [table.headings, *table.rows]
    widths = [max(_width(row[column]) for row in every) for column in range(len(table.headings))]
    lines = []
    for row in every:
        padded = (
            cell + " " * (width - _width(cell))
            if column in table.words
            else " " * (width - _width(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _width(cell: str) -> int:
    """Count the columns that a text takes in a terminal: Chinese letters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in cell)
    return len(cell) + wide - sum(unicodedata.combining(letter) > 0 for letter in cell)


def markdown(table: Table) -> str:
    """Write a table in Markdown."""
    rule = tuple("---" if column in table.words else "---:" for column in range(len(table.headings)))
    rows = [tuple(cell.replace("|", "\\|") for cell in row) for row in (table.headings, *table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))


def scores(sources: dict[str, Shares], mean: Shares) -> Table:
    """Lay out the shares of each source and their mean, in per cent."""
    rows = [
        (name, f"{one.rows:,}", *(f"{share:.1f}" for share in one[1:]))
        for name, one in [*sources.items(), ("macro mean", mean)]
    ]
    return Table(("source", "rows", "hit", "none", "bold", "far"), rows)


def change(before: dict[str, Shares], after: dict[str, Shares]) -> Table:
    """Lay out shares before and after, in per cent."""
    headings = ["source", "rows"]
    for name in ("hit", "none", "bold", "far"):
        headings += [f"{name} before", "after"]
    rows = []
    for source, old in before.items():
        cells = [source, f"{old.rows:,}"]
        for was, now in zip(old[1:], after[source][1:], strict=True):
            cells += [f"{was:.1f}", f"{now:.1f}"]
        rows.append(tuple(cells))
    return Table(tuple(headings), rows)


def reliability(found: list[Band]) -> Table:
    """Lay out the bands of confidence: what the answers claim, and how many of them are right, in per cent."""
    rows = [
        (
            f"{band.low:.1f} to {band.low + 0.1:.1f}",
            f"{band.answers:,}",
            f"{100 * band.claimed:.1f}",
            f"{100 * band.right:.1f}",
            f"{100 * (band.right - band.claimed):+.1f}",
        )
        for band in found
    ]
    return Table(("confidence", "answers", "claimed", "right", "difference"), rows)


def errors(found: Sequence[Verdict], told: Sequence[Told], notes: dict[str, str]) -> Table:
    """Lay out the worst errors, with the resolver's reasons and a person's note on each."""
    rows = []
    for rank, (one, why) in enumerate(zip(found, told, strict=True), 1):
        answer = one.answer
        place = ", ".join(str(answer[name]) for name in ("name", "country", "precision") if answer.get(name))
        km = f"{one.km:,.0f}" if one.km is not None else "–"
        note = notes.get(one.gold["q"], "–")
        rows.append(
            (str(rank), one.gold["q"], place, km, f"{one.confidence:.2f}", why.right, why.reasons, note)
        )
    headings = (
        "",
        "asked",
        "answered",
        "km off",
        "confidence",
        "right one",
        "the resolver's reasons",
        "why it is wrong",
    )
    return Table(headings, rows, frozenset({1, 2, 5, 6, 7}))
