"""What an import tells: its remarks on rows, and what came of it in numbers."""

from dataclasses import dataclass, field
from typing import NamedTuple

_KEPT = 1_000


class Remark(NamedTuple):
    """What is wrong with one row: the file, where in it, the field, its value, and what to do."""

    file: str
    at: str
    field: str
    value: str
    message: str
    column: str = ""  # the field and its column, where that is called otherwise

    @property
    def where(self) -> str:
        """Name the field and its column."""
        return f"{self.column or self.field}: " if self.field else ""

    def __str__(self) -> str:
        return f"{self.file}, {self.at}: {self.where}{self.message}"


class Remarks(list[Remark]):
    """Remarks, counted in `total`; the first thousand are kept, since a million would fill the memory."""

    total = 0

    def append(self, remark: Remark) -> None:
        """Count a remark, and keep it if it is one of the first."""
        self.total += 1
        if self.total <= _KEPT:
            super().append(remark)


@dataclass(slots=True)
class Report:
    """What came of an import; rows = created + updated + unchanged + rejected, unless it was a dry run."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Remarks = field(default_factory=Remarks)
    warnings: Remarks = field(default_factory=Remarks)
