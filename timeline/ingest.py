"""Ingest: read → locate → store, with a report a row. Good rows go in, bad rows are told."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from db.difference import Change
from db.draft import Draft, Status
from db.errors import BadEvent
from db.store import Store
from geo.box import Box
from geo.choice import SURE
from timeline.categories import Categories
from timeline.dates import Order
from timeline.errors import BadFile
from timeline.fields import draft as from_fields
from timeline.identity import of_key, of_row
from timeline.judge import Locate, Surroundings, remembering
from timeline.locate import located, shorten
from timeline.plan import Plan
from timeline.readers import Note, Reader, Row, reader_for
from timeline.rejects import REASON, is_rejects
from timeline.structured import draft as from_structure
from timeline.survey import Asked, Survey, surveyed
from timeline.twins import Twins

BATCH = 1_000
_KEPT = 1_000
Progress = Callable[[int, int], None]  # rows so far; rows in all
Reject = Callable[[Row, str], None]  # a row as it stood in the file, and why it was rejected


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to read rows and what to do with them.

    `columns` maps a column, or several with commas between, to a field; `values` gives fields to every row;
    `key` names the columns of the id. `dates` is the order of day, month and year in numbers, where a column
    does not prove its own; `encoding` what a CSV file is written in. `whole` stores all rows or, when one is
    rejected, none. `country` (ISO code) and `box` say where places lie that say no more; those with a
    confidence under `below` are kept for review.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    dry_run: bool = False
    publish: bool = False
    create_categories: bool = False
    whole: bool = False
    country: str | None = None
    box: Box | None = None
    below: float = SURE
    dates: Order | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """An import into a store, with a geocoder for the places that are only named.

    `tell` is told the plan, `reject` each bad row, and `change`, in a dry run, what would be written.
    """

    store: Store
    locate: Locate
    options: Options = field(default_factory=Options)
    tell: Callable[[list[str]], None] = lambda plan: None
    reject: Reject = lambda row, reason: None
    change: Callable[[Change], None] = lambda change: None

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
        run = _Run(self, name)
        try:
            reader = reader_for(name, self.options.encoding)
            survey = run.survey(
                lambda: _again(reader, stream, lambda message: run.warn("file", "", "", message))
            )
            if survey.plan.columns and not survey.plan.plain:
                self.tell(survey.plan.lines())
            for row in _again(reader, stream, lambda message: None):
                run.take(row)
                if progress and run.report.rows % 100 == 0:
                    progress(run.report.rows, max(survey.rows, run.report.rows))
        except BadFile as error:
            raise BadFile(f"{name} {error}") from None
        run.finish()
        if progress:
            progress(run.report.rows, run.report.rows)
        return run.report


def _again(reader: Reader, stream: BinaryIO, note: Note) -> Iterator[Row]:
    stream.seek(0)
    return reader(stream, note)


class _Run:
    """One file on its way in: what was seen, what waits for the next transaction, and the report."""

    def __init__(self, ingest: Ingest, name: str) -> None:
        self.ingest = ingest
        self.options = ingest.options
        self.name = name
        self.report = Report()
        self.now = int(time.time())
        self.around = Surroundings(
            country=self.options.country,
            box=self.options.box,
            below=self.options.below,
            choices=ingest.store.choices(),
        )
        self.judge = remembering(ingest.locate, self.around)
        self.categories = Categories(ingest.store, create=self.options.create_categories)
        self.twins = Twins(ingest.store)
        self.waiting: list[tuple[Row, Draft]] = []
        self.seen: dict[int, int] = {}
        self.plan = Plan({})
        self.plans: dict[tuple[str, ...], Plan] = {}

    def survey(self, rows: Callable[[], Iterator[Row]]) -> Survey:
        """Look the file through, and keep the plan for its columns."""
        asked = Asked(
            columns=self.options.columns,
            values=self.options.values,
            key=self.options.key,
            dates=self.options.dates,
            country=self.options.country,
            category=self.categories.has,
        )
        found = surveyed(rows, asked)
        self.plan = found.plan
        return found

    def take(self, row: Row) -> None:
        """Turn a row into a draft that waits, or into a remark."""
        self.report.rows += 1
        plan = self._plan(row)
        try:
            if row.problem:
                raise BadEvent("", row.problem)
            ready = self._draft(row, plan)
        except BadEvent as error:
            self._reject(row, error)
            return
        if ready:
            self.waiting.append((row, ready))
        if len(self.waiting) >= BATCH and not self.options.whole:
            self._flush()

    def finish(self) -> None:
        """Store what still waits; nothing at all when the whole was asked for and a row was rejected."""
        if not self.report.rows:
            raise BadFile(f"{self.name} holds no events")
        if not (self.options.whole and self.report.rejected):
            self._flush()

    def warn(self, at: str, name: str, value: str, message: str) -> None:
        """Remark on something that does not keep the row out."""
        self.report.warnings.append(Remark(self.name, at, name, value, message))

    def _draft(self, row: Row, plan: Plan) -> Draft | None:
        read = from_structure(row, plan.values) if row.kind == "own" else from_fields(row, plan)
        category = self.categories.slug(read.category)
        own = read.id or (of_key(row.columns, self.options.key) if self.options.key else None)
        identity = own or of_row(row)
        before = self.seen.setdefault(hash(identity), row.number)
        if before != row.number and own:
            raise BadEvent(
                "id", f"{identity!r} stands already in {row.unit} {before}; expected one id for each event"
            )
        if before != row.number:
            self.warn(row.at, "", "", f"is the same as {row.unit} {before}, and the same event")
            self.report.unchanged += 1
            return None
        if read.when and read.when.start_min > self.now:
            self.warn(row.at, "date", read.when.text, f"{read.when.text!r} lies in the future")
        status: Status = "published" if self.options.publish else "draft"
        read = replace(read, id=identity, category=category, status=status)
        read = located(read, self.judge, lambda *remark: self.warn(row.at, *remark), self.around)
        twin = self.twins.of(read)
        if twin:
            told = f"may be the event {twin[0]!r}, {shorten(twin[1])!r}: same day, near, similar title; both are kept"
            self.warn(row.at, "title", read.title, told)
        return read

    def _plan(self, row: Row) -> Plan:
        names = tuple(row.columns)
        if names not in self.plans:
            if len(self.plans) > 1_000:  # features may each have columns of their own
                self.plans.clear()
            plan = self.plan.within(names)
            if is_rejects(self.name):
                plan = replace(plan, rest=tuple(name for name in plan.rest if name != REASON))
            self.plans[names] = plan
        return self.plans[names]

    def _reject(self, row: Row, error: BadEvent) -> None:
        given = self._plan(row).columns.get(error.field, (error.field,))
        value = ", ".join(str(row.columns[name]) for name in given if row.columns.get(name) is not None)
        column = f"{error.field} (column {', '.join(map(repr, given))})" if given != (error.field,) else ""
        remark = Remark(self.name, row.at, error.field, value[:200], error.message, column)
        self.report.rejected.append(remark)
        self.ingest.reject(row, f"{remark.where}{error.message}")

    def _flush(self) -> None:
        """Store what waits in one transaction; a draft that the store refuses is taken out and reported."""
        batch, self.waiting = self.waiting, []
        while batch:
            try:
                added = self.ingest.store.add(
                    (draft for _, draft in batch),
                    categories=self.categories.new,
                    keep_status=not self.options.publish,
                    dry_run=self.options.dry_run,
                    tell=self.ingest.change if self.options.dry_run else None,
                )
            except BadEvent as error:
                row = next(row for row, draft in batch if draft.id == error.id)
                self._reject(row, error)
                batch = [] if self.options.whole else [kept for kept in batch if kept[1].id != error.id]
                continue
            if not self.options.dry_run:
                self.categories.new.clear()
            self.report.created += added.created
            self.report.updated += added.updated
            self.report.unchanged += added.unchanged
            return
