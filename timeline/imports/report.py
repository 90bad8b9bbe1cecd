"""The report of an import: counts, remarks on rows, and in a dry run the changes that would be made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from db.events.diff import EventChange
from db.writing.editor_changes import EditConflict
from timeline.imports.cell_counts import CellCounts
from timeline.imports.remark_groups import Remark, RemarkGroups
from timeline.places.doubt_messages import shortened

OnRemark = Callable[[str, Remark], None]
MAX_REMARKS = 1_000
MAX_REMARK_CHARACTERS = 1_000  # of each of its texts
_MAX_CHANGES = 50
_MAX_CHARACTERS_COMPARED = 80  # of a value that is quoted as a whole
_CHARACTERS_BEFORE_DIFFERENCE = 20


class Remarks(list[Remark]):
    """The first thousand remarks, since a million would fill the memory; `total` and `groups` count all of them.

    `on_append` is called with each remark.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self.groups = RemarkGroups()
        self.on_append: Callable[[Remark], None] | None = None

    def append(self, remark: Remark) -> None:
        """Count a remark, and store it if it is among the first."""
        self.total += 1
        remark = Remark(*(text[:MAX_REMARK_CHARACTERS] for text in remark))
        self.groups.add(remark)
        if self.total <= MAX_REMARKS:
            super().append(remark)
        if self.on_append:
            self.on_append(remark)


@dataclass(slots=True)
class Report:
    """The result of an import; rows = created + updated + unchanged + left out + rejected.

    `left_out` rows equal an earlier row of the file, or have the id of a deleted event.
    `conflicts` are the fields for which an editor and the file have different values.
    `notes` are sentences about the file as a whole that are no warnings.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0
    cells: CellCounts = field(default_factory=CellCounts)
    rejected: Remarks = field(default_factory=Remarks)
    warnings: Remarks = field(default_factory=Remarks)
    conflicts: Remarks = field(default_factory=Remarks)
    notes: list[str] = field(default_factory=list)

    def listen(self, on_remark: OnRemark | None) -> None:
        """Call a function with the kind of each remark, such as "warning", and the remark; None ends that."""
        for kind, remarks in (
            ("warning", self.warnings),
            ("conflict", self.conflicts),
            ("rejected", self.rejected),
        ):
            remarks.on_append = partial(on_remark, kind) if on_remark else None


class ChangeLog:
    """The first changes of a dry run, a line for each event; `total` counts all of them."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.total = 0

    def add(self, change: EventChange) -> None:
        """Count a change, and describe it if it is among the first."""
        self.total += 1
        if self.total <= _MAX_CHANGES:
            self.first.append(_line(change))

    def lines(self) -> list[str]:
        """Return the first changes, and a last line with the number of others."""
        more = self.total - len(self.first)
        return [*self.first, *([f"and {more:,} more"] if more else [])]


def conflict_remark(file: str, conflict: EditConflict) -> Remark:
    """Return the remark about a field that an editor and the file have different values for, with both values."""
    at = conflict.at or f"event {conflict.id!r}"
    if not conflict.field:
        message = "the event would be too large with the values of both; it stays as the editor left it"
        return Remark(file, at, "", "", message)
    stored, imported = map(described_value, _from_difference(conflict.stored, conflict.imported))
    if conflict.is_kept:
        message = f"{conflict.id!r} has {stored}, changed by an editor, which stays; the file has {imported}"
    else:
        message = f"{conflict.id!r} had {stored}, changed by an editor; the file's {imported} replaces it"
    return Remark(file, at, conflict.field, imported, message)


def _from_difference(stored: Any, imported: Any) -> tuple[Any, Any]:
    """Return two values; of long texts with the same beginning, the parts from shortly before their difference on."""
    if not isinstance(stored, str) or not isinstance(imported, str):
        return stored, imported
    pairs = enumerate(zip(stored, imported, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(stored), len(imported)))
    start = same - _CHARACTERS_BEFORE_DIFFERENCE
    if start <= 0 or max(len(stored), len(imported)) <= _MAX_CHARACTERS_COMPARED:
        return stored, imported
    return f"…{stored[start:]}", f"…{imported[start:]}"


def _line(change: EventChange) -> str:
    if not change.fields:
        parts = (repr(shortened(change.title)), change.date or "undated", change.place or "unplaced")
        return f"would create {change.id}: {', '.join(parts)}"
    fields = (f"{name}: {described_value(old)} -> {described_value(new)}" for name, old, new in change.fields)
    return f"would update {change.id}: {'; '.join(fields)}"


def described_value(value: Any) -> str:
    """Return a value in a few words: places and sources by their names."""
    if value is None or value == []:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(_named, value))
    return repr(shortened(value)) if isinstance(value, str) else str(value)


def _named(value: Any) -> str:
    if not isinstance(value, dict):
        return repr(shortened(str(value)))
    if "lat" in value:
        return f"{value['name'] or 'a point'} ({value['lat']:.4f}, {value['lon']:.4f})"
    return repr(shortened(value.get("title") or value.get("url") or ""))
