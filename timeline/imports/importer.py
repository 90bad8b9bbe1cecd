"""Ingest: read → locate → store, with a report a row. Good rows go in, bad rows are told."""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from db.events.diff import Change
from db.store import Store
from db.writing.prepared import unpack
from geo.place import FindCandidates
from timeline.errors import BadFile
from timeline.imports import worker
from timeline.imports.batches import Sink
from timeline.imports.file_run import BATCH, Reject, Run, Take
from timeline.imports.options import Options
from timeline.imports.report import Report
from timeline.readers import Note, Reader, Row, reader_for

Progress = Callable[[int, int], None]  # rows so far; rows in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """An import into a store, with a geocoder for the places that are only named.

    `tell` is told the plan, `reject` each bad row, and `change`, in a dry run, what would be written. `helper`
    is the command of a process that reads and judges large files with the same store and geocoder, if there is one.
    `names` is a geocoder that asks no network, against which given coordinates are held.
    """

    store: Store
    locate: FindCandidates
    options: Options = field(default_factory=Options)
    tell: Callable[[list[str]], None] = lambda plan: None
    reject: Reject = lambda row, reason: None
    change: Callable[[Change], None] = lambda change: None
    helper: tuple[str, ...] = ()
    names: FindCandidates | None = None

    def file(self, path: Path, progress: Progress | None = None) -> Report:
        """Import a file; raise BadFile when it cannot be read at all."""
        try:
            with path.open("rb") as stream:
                return self.stream(str(path), stream, progress)
        except FileNotFoundError:
            raise BadFile(f"{path}: there is no such file") from None
        except IsADirectoryError:
            raise BadFile(f"{path} is a folder; expected a file") from None
        except PermissionError:
            raise BadFile(f"{path} may not be read: permission denied") from None

    def stream(self, name: str, stream: BinaryIO, progress: Progress | None = None) -> Report:
        """Import what a seekable stream holds; `name` is for messages, and its suffix tells the format."""
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        if not size:
            raise BadFile(f"{name} is empty")
        sink = Sink(self.store, self.options, self.change)
        read = self._apart if self.helper and worker.possible(stream, size) else self.read
        many = size >= worker.LARGE and not self.options.dry_run
        with self.store.filling() if many else nullcontext():
            try:
                report = read(name, stream, sink.put, progress)
            except BadFile as error:
                raise BadFile(f"{name} {error}") from None
            sink.finish(good=not report.rejected)
        report.created, report.updated = sink.added[:2]
        report.unchanged += sink.added.unchanged
        if progress:
            progress(report.rows, report.rows)
        return report

    def _apart(self, name: str, stream: BinaryIO, take: Take, progress: Progress | None) -> Report:
        """Let a helper do what `read` does."""
        on: dict[str, Callable[..., object]] = {
            "tell": self.tell,
            "reject": self.reject,
            "take": lambda packed, new: take(unpack(packed), new),
            "progress": progress or (lambda *_: None),
        }
        return worker.read(self.helper, worker.Task(name, self.options), stream, on)

    def read(self, name: str, stream: BinaryIO, take: Take, progress: Progress | None = None) -> Report:
        """Turn what a stream holds into ready events for `take`; nothing is written."""
        run = Run(name, self.store, self.locate, self.options, take, self.reject, self.names)
        reader = reader_for(name, self.options.encoding, stream)
        survey = run.survey(lambda: _again(reader, stream, lambda message: run.warn("file", "", "", message)))
        if survey.plan.columns and not survey.plan.plain:
            self.tell(survey.plan.lines())
        rows = _again(reader, stream, lambda message: None)
        while batch := list(islice(rows, BATCH)):
            run.batch(batch)
            if progress:
                progress(run.report.rows, max(survey.rows, run.report.rows))
        if not run.report.rows:
            raise BadFile("holds no events")
        return run.report


def _again(reader: Reader, stream: BinaryIO, note: Note) -> Iterator[Row]:
    stream.seek(0)
    return reader(stream, note)
