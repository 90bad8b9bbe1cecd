"""The file of rejected rows, with a column of reasons; a user corrects the rows and imports that file."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from db.private_files import keep_mode, open_private
from timeline.exchange.field_names import DATES
from timeline.exchange.native_table import COLUMNS, reason_name, rejected_name, written
from timeline.exchange.row import Row


class RejectedRows:
    """A CSV file of rejected rows, next to its source; it appears when it is complete, and only if a row was rejected.

    Use it as a context manager. A file of rejected rows that is imported again is replaced.
    """

    def __init__(self, source: Path, max_characters: int | None = None) -> None:
        """`source` decides the name; rows beyond `max_characters` are left out, and `is_cut` says so."""
        self.max_characters, self.characters, self.is_cut = max_characters, 0, False
        self.path = source.with_name(rejected_name(source.name))
        self.part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self.stream: IO[str] | None = None
        self.columns: list[str] = []

    def __enter__(self) -> "RejectedRows":
        return self

    def add(self, row: Row, reason: str) -> None:
        """Write a row as the file has it, and why it was rejected; values of later columns go into the reason."""
        if self.max_characters is not None and self.characters > self.max_characters:
            self.is_cut = True
            return
        if row.kind == "own":
            columns = {**row.columns, **dict(zip(COLUMNS, written(row.columns), strict=True))}
        else:
            columns = {**_with_time(row), **_point(row)}
        if self.stream is None:
            # Path.open has no opener. The file is closed in `__exit__`.
            self.stream = open(self.part, "w", encoding="utf-8", newline="", opener=open_private)  # noqa: SIM115
            self.columns = list(COLUMNS if row.kind == "own" else columns)
            self.writer = csv.writer(self.stream)
            self.writer.writerow([*self.columns, reason_name(self.columns)])
        more = {name: value for name, value in columns.items() if name not in self.columns}
        explanation = f"{row.at}: {reason}" + (f" (and {_cell(more)})" if more else "")
        self.characters += self.writer.writerow(
            [*(_cell(columns.get(name)) for name in self.columns), explanation]
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.stream is None:
            return
        self.stream.close()
        if kind is None:
            keep_mode(self.path, self.part)
            self.part.replace(self.path)
        else:
            self.part.unlink(missing_ok=True)


def _with_time(row: Row) -> Mapping[str, Any]:
    """Return the columns of a row with the date of its Feature, which has priority over a column of that name."""
    if not row.when:
        return row.columns
    columns = {f"properties.{name}" if name in DATES else name: value for name, value in row.columns.items()}
    return {"date": row.when, **columns}


def _point(row: Row) -> Mapping[str, Any]:
    """Return the columns of a row's points: the first, and all of them if there are several."""
    if not row.points:
        return {}
    first = {"lon": row.points[0][0], "lat": row.points[0][1]}
    several = {"type": "MultiPoint", "coordinates": [list(point) for point in row.points]}
    return first if len(row.points) == 1 or "geometry" in row.columns else {**first, "geometry": several}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    text = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
    return text.replace("\x00", "") if isinstance(text, str) else text
