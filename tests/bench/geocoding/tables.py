"""Format results as tables, for a terminal or in Markdown."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from .score import Band, Shares, Verdict

Cells = tuple[str, ...]


class Table(NamedTuple):
    """Headings and rows of cells; `text_columns` are aligned to the left, the others to the right."""

    headings: Cells
    rows: Sequence[Cells]
    text_columns: frozenset[int] = frozenset({0})


class Explanation(NamedTuple):
    """The resolver's reasons for an answer, and the rank of the right place among its candidates."""

    reasons: str
    right_place: str


def text(table: Table) -> str:
    """Return a table with aligned columns for a terminal."""
    rows = [table.headings, *table.rows]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(table.headings))]
    lines = []
    for row in rows:
        padded = (
            cell + " " * (width - _width(cell))
            if column in table.text_columns
            else " " * (width - _width(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _width(cell: str) -> int:
    """Return the columns of a text in a terminal: Chinese letters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in cell)
    return len(cell) + wide - sum(unicodedata.combining(letter) > 0 for letter in cell)


def markdown(table: Table) -> str:
    """Return a table in Markdown."""
    rule = tuple("---" if column in table.text_columns else "---:" for column in range(len(table.headings)))
    rows = [tuple(cell.replace("|", "\\|") for cell in row) for row in (table.headings, *table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))


def scores(sources: dict[str, Shares], mean: Shares) -> Table:
    """Return the shares of each source and their mean, in per cent."""
    rows = [
        (name, f"{shares.rows:,}", *(f"{share:.1f}" for share in shares[1:]))
        for name, shares in [*sources.items(), ("macro mean", mean)]
    ]
    return Table(("source", "rows", "hit", "none", "bold", "far"), rows)


def change(before: dict[str, Shares], after: dict[str, Shares]) -> Table:
    """Return the shares of each source before and after, in per cent."""
    headings = ["source", "rows"]
    for name in ("hit", "none", "bold", "far"):
        headings += [f"{name} before", "after"]
    rows = []
    for source, old in before.items():
        cells = [source, f"{old.rows:,}"]
        for old_share, new_share in zip(old[1:], after[source][1:], strict=True):
            cells += [f"{old_share:.1f}", f"{new_share:.1f}"]
        rows.append(tuple(cells))
    return Table(tuple(headings), rows)


def reliability(bands: list[Band]) -> Table:
    """Return the bands of confidence: the mean confidence of the answers and the share that is right, in per cent."""
    rows = [
        (
            f"{band.low:.1f} to {band.low + 0.1:.1f}",
            f"{band.answers:,}",
            f"{100 * band.confidence:.1f}",
            f"{100 * band.right:.1f}",
            f"{100 * (band.right - band.confidence):+.1f}",
        )
        for band in bands
    ]
    return Table(("confidence", "answers", "claimed", "right", "difference"), rows)


def surest(bands: dict[str, Band], sources: dict[str, Shares]) -> Table:
    """Return each source's answers at 0.9 and above: their number and share of the rows, and how many are right."""
    rows = [
        (
            source,
            f"{band.answers:,}",
            f"{100 * band.answers / sources[source].rows:.1f}",
            f"{100 * band.confidence:.1f}",
            f"{100 * band.right:.1f}",
        )
        for source, band in bands.items()
    ]
    return Table(("source", "answers", "share of rows", "claimed", "right"), rows)


def error_classes(
    errors: Sequence[Verdict], explanations: Sequence[Explanation], several: frozenset[str]
) -> Table:
    """Return the number of errors of each class, most frequent first; `several` are texts that mean several places."""
    classes = Counter(
        _error_class(error.gold["q"], explanation, several)
        for error, explanation in zip(errors, explanations, strict=True)
    )
    return Table(("class", "errors"), [(name, str(count)) for name, count in classes.most_common()])


def _error_class(text: str, explanation: Explanation, several: frozenset[str]) -> str:
    if text in several:
        return "the set has the text twice, for different places"
    if explanation.right_place.startswith("not in"):
        return "the right place is not among the candidates"
    if "," in text:
        return "a larger namesake in the country or area that the text names"
    return "a name alone, of which a larger namesake was chosen"


def errors(verdicts: Sequence[Verdict], explanations: Sequence[Explanation], notes: dict[str, str]) -> Table:
    """Return the worst errors, with the resolver's reasons and a person's note on each."""
    headings = (
        "",
        "text",
        "answer",
        "km off",
        "confidence",
        "right place",
        "the resolver's reasons",
        "why it is wrong",
    )
    rows = []
    for rank, (verdict, explanation) in enumerate(zip(verdicts, explanations, strict=True), 1):
        answer, query = verdict.answer, verdict.gold["q"]
        place = ", ".join(str(answer[name]) for name in ("name", "country", "precision") if answer.get(name))
        rows.append(
            (
                str(rank),
                query,
                place,
                f"{verdict.km:,.0f}" if verdict.km is not None else "–",
                f"{verdict.confidence:.2f}",
                explanation.right_place,
                explanation.reasons,
                notes.get(query, "–"),
            )
        )
    return Table(headings, rows, frozenset({1, 2, 5, 6, 7}))
