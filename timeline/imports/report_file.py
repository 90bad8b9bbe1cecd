"""The file of all remarks of an import, next to its source, for a report that is too long for a screen."""

import csv
import os
from pathlib import Path
from types import TracebackType

from db.private_files import keep_mode, open_private
from timeline.exchange.native_table import REPORT_SUFFIX
from timeline.imports.remark_groups import Remark

COLUMNS = ("kind", "file", "at", "field", "column", "value", "message")


class ReportFile:
    """A CSV file with a row for each warning, conflict and rejected row of an import; it appears when it is complete.

    Use it as a context manager.
    """

    def __init__(self, source: Path) -> None:
        self.path = source.with_name(f"{source.name}{REPORT_SUFFIX}")
        self.part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")

    def __enter__(self) -> "ReportFile":
        # Path.open has no opener. The file is closed in `__exit__`.
        self.stream = open(self.part, "w", encoding="utf-8", newline="", opener=open_private)
        self.writer = csv.writer(self.stream)
        self.writer.writerow(COLUMNS)
        return self

    def add(self, kind: str, remark: Remark) -> None:
        """Write a remark; `kind` is warning, conflict or rejected."""
        file, at, field, value, message, column = remark
        cells = (kind, file, at, field, column, value, message)
        self.writer.writerow([text.replace("\x00", "") for text in cells])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()
        if kind is None:
            keep_mode(self.path, self.part)
            self.part.replace(self.path)
        else:
            self.part.unlink(missing_ok=True)
