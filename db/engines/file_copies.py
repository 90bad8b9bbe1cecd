"""The part of the port for products whose databases are files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Engine

if TYPE_CHECKING:
    from db.engines.readers import DatabaseReader

OnCopyProgress = Callable[[int, int], None]
"""Called with the pages, rows or events done and their total, while a copy is written or verified."""
T = TypeVar("T")


class FileCopies(Protocol):
    """How a product whose databases are files copies them: page by page, in one snapshot."""

    def write_copy(self, reader: "DatabaseReader", target: Path, on_progress: OnCopyProgress) -> None:
        """Copy one snapshot of a database into a new file, and wait until the disk has it."""

    def compact(self, engine: Engine) -> None:
        """Rewrite a database that nobody else uses without its free pages."""

    def replace_data(
        self, engine: Engine, copy: Path, merge: Callable[["DatabaseReader"], T], on_progress: OnCopyProgress
    ) -> T:
        """Put a verified copy in the place of the data in one transaction; readers see the old data until its end.

        Call `merge` once, as soon as nobody else can write, with a reader of the old data; it may still change the
        copy. Return its result.
        """

    def put_in_place(self, engine: Engine, copy: Path, keep: Path | None) -> None:
        """Put a verified copy where no database can be read; first move what exists to `keep`, as it is."""
