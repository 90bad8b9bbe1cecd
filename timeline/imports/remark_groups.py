"""Group the remarks of a report by their kind, so that ten thousand rows have a report that a person can read."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_GROUPS = 500  # kinds of remarks in a report; others are counted together
MAX_EXAMPLES = 3  # of each kind
MAX_CATEGORIES_LISTED = 200  # unknown categories, each with the number of its rows
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|\"(?:[^\"\\]|\\.)*\"")
_NUMBER = re.compile(r"\d[\d,.]*")
_MAX_KIND_CHARACTERS = 200
_OTHERS = ("", "others")


class Remark(NamedTuple):
    """A warning about a row, or the reason why it was rejected: file, position, field, value, message."""

    file: str
    at: str
    field: str
    value: str
    message: str
    column: str = ""  # the field with its column, where the two have different names

    @property
    def where(self) -> str:
        """Return the field, with its column, as the beginning of a message."""
        return f"{self.column or self.field}: " if self.field else ""

    @property
    def kind(self) -> tuple[str, str]:
        """Return the field, and the message without its values and numbers: remarks of one kind have the same."""
        message = _NUMBER.sub("#", _QUOTED.sub("…", self.message))
        return self.field, message[:_MAX_KIND_CHARACTERS]

    def __str__(self) -> str:
        return f"{self.file}, {self.at}: {self.where}{self.message}"


class RemarkGroup:
    """The remarks of one kind: their number, and the first of each of the first different messages with its number."""

    __slots__ = ("count", "counts", "examples")

    def __init__(self) -> None:
        self.count = 0
        self.examples: list[Remark] = []
        self.counts: dict[str, int] = {}  # by message

    def add(self, remark: Remark) -> None:
        """Count a remark; it becomes an example if its message is among the first."""
        self.count += 1
        if remark.message in self.counts:
            self.counts[remark.message] += 1
            return
        limit = MAX_CATEGORIES_LISTED if remark.field == "category" else MAX_EXAMPLES
        if len(self.counts) < limit:
            self.counts[remark.message] = 1
            self.examples.append(remark)

    @property
    def others(self) -> int:
        """Return the number of remarks whose message is not among the examples."""
        return self.count - sum(self.counts.values())

    def lines(self) -> Iterator[str]:
        """Yield a line for each example, with its number, and one for the others."""
        for remark in self.examples:
            count = self.counts[remark.message]
            times = f" ({count:,} times, here first)" if count > 1 else ""
            yield f"{remark}{times}"
        if self.others:
            yield f"and {self.others:,} more of this kind"


class RemarkGroups(dict[tuple[str, str], RemarkGroup]):
    """The groups of remarks by kind."""

    def add(self, remark: Remark) -> None:
        """Count a remark in the group of its kind."""
        kind = remark.kind
        if kind not in self:
            kind = kind if len(self) < MAX_GROUPS else _OTHERS
            self.setdefault(kind, RemarkGroup())
        self[kind].add(remark)

    def rarest_first(self) -> list[RemarkGroup]:
        """Return the groups, those with the fewest remarks first: what happens once is easily missed."""
        return sorted(self.values(), key=lambda group: group.count)
