"""Rejected rows in a file of their own, with the reason, ready to be mended and imported again."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from timeline.exchange.native_table import COLUMNS, REASON, REJECTED_SUFFIX, is_rejected_file, written
from timeline.exchange.row import Row


class Rejects:
    """A CSV file that appears when all is in it, and only if a row was rejected.

    It lies beside its source, or in the working folder when that may not be written to.
    """

    def __init__(self, source: Path) -> None:
        self.path = (
            source.with_name(f"{source.name}{REJECTED_SUFFIX}")
            if not is_rejected_file(source.name)
            else source
        )
        self.part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self.stream: IO[str] | None = None
        self.columns: list[str] = []

    def __enter__(self) -> "Rejects":
        return self

    def add(self, row: Row, reason: str) -> None:
        """Write a row as it stood in the file, and why it was rejected."""
        own = row.kind == "own"
        columns = (
            dict(zip(COLUMNS, written(row.columns), strict=True)) if own else {**row.columns, **_point(row)}
        )
        if self.stream is None:
            self.stream = self.part.open("w", encoding="utf-8", newline="")
            self.columns = [name for name in columns if name != REASON]
            self.writer = csv.writer(self.stream)
            self.writer.writerow([*self.columns, REASON])
        more = {name: value for name, value in columns.items() if name not in self.columns and name != REASON}
        said = f"{row.at}: {reason}" + (f" (and {_cell(more)})" if more else "")
        self.writer.writerow([*(_cell(columns.get(name)) for name in self.columns), said])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.stream is None:
            return
        self.stream.close()
        if kind is None:
            self.part.replace(self.path)
        else:
            self.part.unlink(missing_ok=True)


def _point(row: Row) -> Mapping[str, Any]:
    return {"lon": row.points[0][0], "lat": row.points[0][1]} if row.points else {}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    text = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
    return text.replace("\x00", "") if isinstance(text, str) else text
