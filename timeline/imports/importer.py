"""Import a file: read its rows, find their places, store the events, and report on every row."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from db.events.diff import EventChange
from db.store import Store
from db.writing.prepared import PreparedEvent, unpack
from geo.place import FindCandidates
from timeline.errors import BadFile, OpenQuestion
from timeline.imports import worker
from timeline.imports.batches import BatchWriter
from timeline.imports.double_encoded_rows import with_encoding_checked
from timeline.imports.file_run import ROWS_PER_BATCH, FileRun, OnReject
from timeline.imports.large_shapes import noting_large_shapes
from timeline.imports.options import Options
from timeline.imports.reason_column import without_reasons
from timeline.imports.report import OnRemark, Remarks, Report, conflict_remark
from timeline.places.geocoding import candidate_finder, is_offline
from timeline.readers import Note, Reader, Row, reader_for
from timeline.settings import Settings

if TYPE_CHECKING:
    from geo.resolver.resolver import Resolver

OnRowsRead = Callable[[int, int], None]  # rows read, rows in total
OnBatch = Callable[[Sequence[PreparedEvent], Mapping[str, str]], None]  # events; new categories, slug → label


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """An import into a store; `find_candidates` returns the candidates of a place that is only named.

    `on_plan` is called with the plan, `on_reject` with each bad row, and in a dry run `on_change` with what would be
    written. `on_remark` is called with every warning, conflict and rejected row. `worker` is the command of a process
    that reads large files with the same store and geocoder; without one this process reads them. `find_offline` uses
    no network: it is called for the places of points, to notice swapped coordinates.
    """

    store: Store
    find_candidates: FindCandidates
    options: Options = field(default_factory=Options)
    on_plan: Callable[[list[str]], None] = lambda plan: None
    on_reject: OnReject = lambda row, reason: None
    on_change: Callable[[EventChange], None] = lambda change: None
    worker: tuple[str, ...] = ()
    find_offline: FindCandidates | None = None
    on_remark: OnRemark | None = None

    def import_file(self, path: Path, on_progress: OnRowsRead | None = None) -> Report:
        """Import a file; raise BadFile if it cannot be read at all."""
        try:
            if path.is_char_device() or path.is_block_device() or path.is_socket():
                raise BadFile(f"{path} is a device; expected a file")
            with path.open("rb") as stream:
                return self.import_stream(str(path), stream, on_progress)
        except FileNotFoundError:
            raise BadFile(f"{path}: there is no such file") from None
        except IsADirectoryError:
            raise BadFile(f"{path} is a folder; expected a file") from None
        except PermissionError:
            raise BadFile(f"{path} may not be read: permission denied") from None

    def import_stream(self, name: str, stream: BinaryIO, on_progress: OnRowsRead | None = None) -> Report:
        """Import a seekable stream; messages quote `name`, and its suffix decides the format."""
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        if not size:
            raise BadFile(f"{name} is empty")
        conflicts = Remarks()
        conflicts.on_append = partial(self.on_remark, "conflict") if self.on_remark else None
        writer = BatchWriter(
            self.store,
            self.options,
            self.on_change,
            lambda conflict: conflicts.append(conflict_remark(name, conflict)),
        )
        read = self._read_in_worker if self.worker and worker.is_worthwhile(stream, size) else self.read
        large = size >= worker.MIN_BYTES_FOR_WORKER and not self.options.dry_run
        with self.store.deferred_indexes(self.options.job) if large else nullcontext():
            try:
                report = read(name, stream, writer.put, on_progress)
            except OpenQuestion as question:
                raise question.about(name) from None
            except BadFile as error:
                raise BadFile(f"{name} {error}") from None
            writer.finish(no_rejects=not report.rejected)
        report.conflicts = conflicts
        report.created, report.updated = writer.added[:2]
        report.unchanged = writer.added.unchanged
        if on_progress:
            on_progress(report.rows, report.rows)
        return report

    def _read_in_worker(
        self, name: str, stream: BinaryIO, on_batch: OnBatch, on_progress: OnRowsRead | None
    ) -> Report:
        handlers: dict[str, Callable[..., object]] = {
            "plan": self.on_plan,
            "reject": self.on_reject,
            "remark": self.on_remark or (lambda *_: None),
            "batch": lambda packed, new: on_batch(unpack(packed), new),
            "progress": on_progress or (lambda *_: None),
        }
        return worker.read(self.worker, worker.Task(name, self.options), stream, handlers)

    def read(
        self, name: str, stream: BinaryIO, on_batch: OnBatch, on_progress: OnRowsRead | None = None
    ) -> Report:
        """Read a stream and call `on_batch` with events that are ready to be stored; write nothing."""
        run = FileRun(name, self.store, self.options, self.find_candidates, self.find_offline, self.on_reject)
        run.report.listen(self.on_remark)
        reader = reader_for(
            name, self.options.encoding, stream, sheet=self.options.sheet, each=self.options.each
        )
        fix = self.options.fix_encoding

        def read_again() -> Iterator[Row]:
            again = _from_start(reader, stream, _ignore)
            return with_encoding_checked(again, _ignore, fix=True) if fix else again

        survey = run.survey(
            lambda: with_encoding_checked(_from_start(reader, stream, run.note), run.note, fix=fix)
        )
        if survey.plan.columns and not survey.plan.is_trivial:
            self.on_plan(survey.plan.lines())
        run.check(survey, read_again)
        rows = read_again()
        while batch := list(islice(rows, ROWS_PER_BATCH)):
            on_batch(*run.events(batch))
            if on_progress:
                on_progress(run.report.rows, max(survey.rows, run.report.rows))
        if not run.report.rows:
            raise BadFile("holds no events")
        report = run.finish()
        report.listen(None)  # a function cannot be sent by a worker
        return report


def importer_for(
    settings: Settings, store: Store, options: Options, resolver: "Callable[[], Resolver] | None" = None
) -> Importer:
    """Return an importer with the geocoder and the threshold for review of the settings.

    `resolver` opens the offline geocoder, for a caller that shows progress while the gazetteer is compiled.
    """
    find_candidates = candidate_finder(settings, store, limit=options.candidates, resolver=resolver)
    offline = is_offline(settings)
    return Importer(
        store=store,
        find_candidates=find_candidates,
        options=replace(options, review_below=settings.review_below),
        # The store saves each answer of a network geocoder at once, and two processes cannot write at the same time.
        worker=worker.COMMAND if offline else (),
        find_offline=find_candidates if offline else None,
    )


def _from_start(reader: Reader, stream: BinaryIO, note: Note) -> Iterator[Row]:
    stream.seek(0)
    return noting_large_shapes(without_reasons(reader(stream, note), note), note)


def _ignore(message: str) -> None:
    """Ignore what the reader notes: the survey has noted it."""
