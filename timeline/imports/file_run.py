"""One file on its way in: row by row from what stands there to what may be stored, a batch at a time."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Draft, Status
from db.store import Store
from db.writing.prepared import Ready, checked, ready
from geo.countries.batch import countries_at
from geo.place import FindCandidates
from timeline.exchange.native_table import REASON, is_rejected_file
from timeline.imports.category_lookup import Categories
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.survey import Asked, Survey, surveyed
from timeline.imports.drafts.from_columns import draft as from_fields
from timeline.imports.drafts.from_native import draft as from_structure
from timeline.imports.event_ids import of_key, of_row
from timeline.imports.options import Options
from timeline.imports.repeated_ids import Seen
from timeline.imports.report import Remark, Report
from timeline.imports.similar_events import Twins
from timeline.places.judgement import Surroundings, remembering
from timeline.places.locate import Countries, located, shorten
from timeline.places.swapped_axes import Ways
from timeline.readers import Row

BATCH = 500
Reject = Callable[[Row, str], None]  # a row as it stood in the file, and why it was rejected
Take = Callable[
    [Sequence[Ready], Mapping[str, str]], None
]  # events, and categories (slug → label) that are new


class Run:
    """Turn the rows of a file into ready events for `take`, or into remarks; `reject` hears of each bad row."""

    def __init__(
        self,
        name: str,
        store: Store,
        locate: FindCandidates,
        options: Options,
        take: Take,
        reject: Reject,
        names: FindCandidates | None = None,
    ) -> None:
        self.name = name
        self.store = store
        self.options = options
        self.take = take
        self.reject = reject
        self.report = Report()
        self.now = int(time.time())
        self.around = Surroundings(
            country=options.country, box=options.box, below=options.below, choices=store.choices()
        )
        self.ways = Ways(names) if names else None
        if self.ways:
            self.around = replace(self.around, swapped=self.ways.swapped)
        self.judge = remembering(locate, self.around)
        self.categories = Categories(store, create=options.create_categories)
        self.twins = Twins(store)
        self.seen = Seen()
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
            way=self.ways,
            category=self.categories.has,
        )
        found = surveyed(rows, asked)
        found = replace(found, plan=self._without_reasons(found.plan))
        self.plan = found.plan
        for one, said in found.odd:
            self.warn("file", one, "", said)
        return found

    def batch(self, rows: Sequence[Row]) -> None:
        """Take the next rows: what is good of them goes on together."""
        self.report.rows += len(rows)
        read = [(row, self._read(row)) for row in rows]
        whole = [(row, one) for row, one in read if isinstance(one, Draft)]
        first = iter(self.seen.first([one.id or "" for _, one in whole], [row.number for row, _ in whole]))
        spots = {
            (where.lon, where.lat): None
            for _, one in whole
            for where in one.where
            if where.lon is not None and where.lat is not None
        }
        countries = dict(zip(spots, countries_at(list(spots)), strict=True))
        ids = [one.id or "" for _, one in whole]
        gone = self.store.buried(ids)
        barred = self.store.desk.of_status(ids, self.options.spared) if self.options.spared else frozenset()
        good = []
        for row, one in read:
            try:
                if isinstance(one, BadEvent):
                    raise one
                draft = self._judged(row, one, next(first), countries)
                if draft and draft.id in barred:
                    raise BadEvent(
                        "id", f"{draft.id!r} is published; changing it takes a key of the role reviewer"
                    )
                if draft and draft.id in gone:
                    self._deleted(row, draft.id, gone[draft.id])
                elif draft:
                    good.append(ready(draft, self.now))
            except BadEvent as error:
                self._reject(row, error)
        self.take(good, dict(self.categories.new))
        self.categories.new.clear()

    def warn(self, at: str, name: str, value: str, message: str) -> None:
        """Remark on something that does not keep the row out."""
        self.report.warnings.append(Remark(self.name, at, name, value, message))

    def _read(self, row: Row) -> Draft | BadEvent:
        """Make a draft with its id, or say why there is none."""
        try:
            if row.problem:
                raise BadEvent("", row.problem)
            plan = self._plan(row)
            read = from_structure(row, plan.values) if row.kind == "own" else from_fields(row, plan)
            category = self.categories.slug(read.category)
            own = read.id or (of_key(row.columns, self.options.key) if self.options.key else None)
            status: Status = "published" if self.options.publish else "draft"
            return structs.replace(read, id=own or of_row(row), category=category, status=status)
        except BadEvent as error:
            return error

    def _judged(self, row: Row, read: Draft, first: int, countries: Countries) -> Draft | None:
        """Give a draft its places, and remark on what is odd; None for a row that stood there before."""
        if first != row.number:
            self._repeated(row, read, first)
            return None
        if read.when and read.when.start_min > self.now:
            self.warn(row.at, "date", read.when.text, f"{read.when.text!r} lies in the future")
        read = located(read, self.judge, lambda *remark: self.warn(row.at, *remark), self.around, countries)
        twin = self.twins.of(read)
        if twin:
            told = f"may be the event {twin[0]!r}, {shorten(twin[1])!r}: same day, near, similar title; both are kept"
            self.warn(row.at, "title", read.title, told)
        return checked(read, self.categories.known)

    def _repeated(self, row: Row, read: Draft, first: int) -> None:
        if read.id != of_row(row):
            raise BadEvent(
                "id", f"{read.id!r} stands already in {row.unit} {first}; expected one id for each event"
            )
        self.warn(row.at, "", "", f"is the same as {row.unit} {first}, and the same event")
        self.report.unchanged += 1

    def _deleted(self, row: Row, id_: str, day: str) -> None:
        self.warn(row.at, "id", id_, f"the event {id_!r} was deleted on {day} and stays so; it is left out")
        self.report.unchanged += 1

    def _plan(self, row: Row) -> Plan:
        names = tuple(row.columns)
        if names not in self.plans:
            if len(self.plans) > 1_000:  # features may each have columns of their own
                self.plans.clear()
            self.plans[names] = self._without_reasons(self.plan.within(names))
        return self.plans[names]

    def _without_reasons(self, plan: Plan) -> Plan:
        """Leave out the column of reasons, where the file is one of rows that were rejected."""
        if not is_rejected_file(self.name):
            return plan
        return replace(plan, rest=tuple(name for name in plan.rest if name != REASON))

    def _reject(self, row: Row, error: BadEvent) -> None:
        given = self._plan(row).columns.get(error.field, (error.field,))
        value = ", ".join(str(row.columns[name]) for name in given if row.columns.get(name) is not None)
        column = f"{error.field} (column {', '.join(map(repr, given))})" if given != (error.field,) else ""
        remark = Remark(self.name, row.at, error.field, value[:200], error.message, column)
        self.report.rejected.append(remark)
        self.reject(row, f"{remark.where}{error.message}")
