"""Format the scores of the generated styles: a table of all styles, before and after, and the errors of a style."""

import json
from collections.abc import Iterable
from pathlib import Path

from .style_score import StyleShares, StyleVerdict
from .tables import Table

BEFORE = Path(__file__).with_name("styles_before.json")
_HEADINGS = (
    "style", "rows", "hit", "none", "bold", "far", "precision", "right or marked", "right but marked",
    "≥ 0.9", "right at ≥ 0.9", "abroad",
)  # fmt: skip


def style_table(styles: dict[str, StyleShares]) -> Table:
    """Return a row for each style, by its name: each share before, if the style is in BEFORE, and after."""
    before = read_shares(BEFORE) if BEFORE.exists() else {}
    return Table(_HEADINGS, [(name, *_cells(before.get(name), after)) for name, after in styles.items()])


def _cells(before: StyleShares | None, after: StyleShares) -> Iterable[str]:
    yield f"{after.rows:,}"
    for at, new in enumerate(after[1:], 1):
        old = before[at] if before else new
        yield _number(new) if old == new else f"{_number(old)} → {_number(new)}"


def _number(value: float | None) -> str:
    return "–" if value is None else str(value)


def read_shares(path: Path) -> dict[str, StyleShares]:
    """Return the shares of each style from a file that `write_shares` wrote."""
    return {name: StyleShares(*values) for name, values in json.loads(path.read_text("utf-8")).items()}


def write_shares(path: Path, styles: dict[str, StyleShares]) -> None:
    """Write the shares of each style as JSON, a style a line."""
    lines = (
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(shares)}" for name, shares in styles.items()
    )
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def error_table(scored: Iterable[StyleVerdict], limit: int) -> Table:
    """Return the worst errors of a style: unmarked ones first, then by confidence."""
    errors = [verdict for verdict in scored if not verdict.is_hit and verdict.place]
    errors.sort(key=lambda verdict: (verdict.is_marked, -(verdict.place.confidence if verdict.place else 0)))
    return Table(("text", "answer", "km off", "confidence", "marked"), list(map(_error, errors[:limit])))


def _error(verdict: StyleVerdict) -> tuple[str, ...]:
    place, row = verdict.place, verdict.row
    text = f"{row.q} [{row.group}]" if row.group else row.q
    if place is None:
        return text, "–", "–", "–", "yes"
    answer = ", ".join(filter(None, (place.name, place.admin1, place.country, place.precision.value)))
    return text, answer, f"{verdict.km:,.0f}", f"{place.confidence:.2f}", "yes" if verdict.is_marked else ""
