"""Headings in two lines: the upper one names groups of columns, often in merged cells, the lower one the columns."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from timeline.exchange.field_names import recognised

_MAX_NAME_CHARACTERS = 60


def names_groups(upper: Sequence[str], lower: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether the upper line spans groups of columns that the lower line names, and rows of values follow.

    The upper line has empty cells to the right of a group's name. The lower one has short texts, of which at least one
    is the name of a field, and none occurs again in its column.
    """
    filled = [(position, text.strip()) for position, text in enumerate(lower) if text.strip()]
    if not filled or not below or not all(_may_be_name(text) for _, text in filled):
        return False
    groups = [text.strip() for text in upper]
    spans = any(position and not _at(groups, position) and any(groups[:position]) for position, _ in filled)
    if not spans or not recognised(text for _, text in filled):
        return False
    columns = {position: [_at(row, position).strip() for row in below] for position, _ in filled}
    return all(text not in columns[position] for position, text in filled) and any(
        any(map(str.isdigit, value)) for values in columns.values() for value in values
    )


def joined_names(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return the names of two lines: the lower ones, with the group before those that occur in several groups."""
    groups: list[str] = []
    for text in upper:
        groups.append(text.strip() or (groups[-1] if groups else ""))
    counts = Counter(text.strip() for text in lower)
    names = []
    for position, (above, below) in enumerate(zip_longest(upper, lower, fillvalue="")):
        name = below.strip()
        group = _at(groups, position) or (groups[-1] if groups else "")
        names.append(f"{group} {name}".strip() if name and counts[name] > 1 else name or above)
    return names


def _may_be_name(text: str) -> bool:
    return (
        len(text) <= _MAX_NAME_CHARACTERS and any(map(str.isalpha, text)) and sum(map(str.isdigit, text)) < 3
    )


def _at(values: Sequence[str], position: int) -> str:
    return values[position] if position < len(values) else ""
