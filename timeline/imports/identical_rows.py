"""Rows of a file that equal an earlier one and have no id: their number for the report, or an id for each of them."""

from collections import Counter
from collections.abc import Iterator

from timeline.exchange.row import Row


class IdenticalRows:
    """Counts equal rows: those that were left out, and those that became an event each (by id, beyond the first)."""

    def __init__(self) -> None:
        self.left_out = 0
        self.first = ""
        self.events: Counter[str] = Counter()

    def add(self, row: Row, first_row: int) -> None:
        """Count a row that is left out because it equals an earlier one."""
        self.left_out += 1
        self.first = self.first or f"{row.at} equals {row.unit} {first_row}"

    def next_id(self, id_: str) -> str:
        """Return the id of the next row that equals the row with this id: the second has -2 at its end."""
        self.events[id_] += 1
        return f"{id_}-{self.events[id_] + 1}"

    def lines(self) -> Iterator[str]:
        """Yield the line of the report, if rows were left out."""
        if self.left_out:
            rows = (
                "1 row equals an earlier row and is"
                if self.left_out == 1
                else (f"{self.left_out:,} rows equal an earlier row and are")
            )
            yield f"{rows} left out ({self.first}); --keep-identical imports each of them as an event"
