"""The import of one file: survey its columns, then turn its rows, batch by batch, into events ready to be stored."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Draft, Status
from db.store import Store
from db.writing.prepared import PreparedEvent, prepare
from db.writing.validation import validated
from geo.countries.batch import countries_at
from geo.place import FindCandidates
from timeline.exchange.native_table import REASON, is_rejected_file
from timeline.imports.category_lookup import CategoryLookup
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.survey import Survey, SurveyOptions, surveyed
from timeline.imports.drafts import from_columns, from_native
from timeline.imports.drafts.invalid_names import without_invalid_names
from timeline.imports.event_ids import FirstRows, id_from_columns, id_from_row
from timeline.imports.options import Options
from timeline.imports.report import Remark, Report
from timeline.imports.similar_events import SimilarEvents
from timeline.places.judgement import PlaceContext, caching_judge
from timeline.places.locate import Countries, located, shortened
from timeline.places.swapped_axes import AxisCheck
from timeline.readers import Row

ROWS_PER_BATCH = 500
_MAX_PLANS_CACHED = 1_000  # features may each have columns of their own
_MAX_CHARACTERS_QUOTED = 200

OnReject = Callable[[Row, str], None]  # a row as the file has it, and the reason


class FileRun:
    """Turns the rows of a file into events, and remarks for `report`; `on_reject` is called with each bad row."""

    def __init__(
        self,
        name: str,
        store: Store,
        options: Options,
        find_candidates: FindCandidates,
        find_offline: FindCandidates | None,
        on_reject: OnReject,
    ) -> None:
        self.name = name
        self.store = store
        self.options = options
        self.on_reject = on_reject
        self.report = Report()
        self.now = int(time.time())
        self.context = PlaceContext(
            country=options.country,
            box=options.box,
            review_below=options.review_below,
            choices=store.places.choices(),
        )
        self.axes = AxisCheck(find_offline) if find_offline else None
        if self.axes:
            self.context = replace(self.context, is_swapped=self.axes.is_swapped)
        self.judge = caching_judge(find_candidates, self.context)
        self.categories = CategoryLookup(store, create=options.create_categories)
        self.similar = SimilarEvents(store)
        self.first_rows = FirstRows()
        self.plan = Plan({})
        self.plans: dict[tuple[str, ...], Plan] = {}

    def survey(self, rows: Callable[[], Iterator[Row]]) -> Survey:
        """Survey the whole file and remember the plan for its columns; `rows` reads it from the start."""
        options = SurveyOptions(
            columns=self.options.columns,
            values=self.options.values,
            overrides=self.options.overrides,
            key=self.options.key,
            dates=self.options.dates,
            years=self.options.years,
            country=self.options.country,
            axes=self.axes,
            is_category=self.categories.knows if "category" in self.options.values else self.categories.has,
        )
        survey = surveyed(rows, options)
        survey = replace(survey, plan=self._without_reasons(survey.plan))
        self.plan = survey.plan
        for field, message in survey.date_warnings:
            self.warn("file", field, "", message)
        return survey

    def events(self, rows: Sequence[Row]) -> tuple[list[PreparedEvent], dict[str, str]]:
        """Return the events of the next rows, and the categories that are new with them (slug → label)."""
        self.report.rows += len(rows)
        results = [(row, self._draft(row)) for row in rows]
        drafts = [(row, draft) for row, draft in results if isinstance(draft, Draft)]
        ids = [draft.id or "" for _, draft in drafts]
        first_rows = iter(self.first_rows.add(ids, [row.number for row, _ in drafts]))
        countries = _countries(draft for _, draft in drafts)
        deleted = self.store.deleted_ids(ids)
        protected = (
            self.store.desk.of_status(ids, self.options.protected) if self.options.protected else frozenset()
        )
        events = []
        for row, result in results:
            try:
                if isinstance(result, BadEvent):
                    raise result
                draft = self._located(row, result, next(first_rows), countries)
                if draft and draft.id in protected:
                    message = f"{draft.id!r} is published; changing it requires a key of the role reviewer"
                    raise BadEvent("id", message)
                if draft and draft.id in deleted:
                    self._skip_deleted(row, draft.id, deleted[draft.id])
                elif draft:
                    events.append(prepare(draft, self.now))
            except BadEvent as error:
                self._reject(row, error)
        return events, self.categories.take_new()

    def warn(self, at: str, field: str, value: str, message: str) -> None:
        """Add a warning to the report; the row is imported all the same."""
        self.report.warnings.append(Remark(self.name, at, field, value, message))

    def _draft(self, row: Row) -> Draft | BadEvent:
        """Return the draft of a row with its id, category and status, or the error for which it is rejected."""
        try:
            if row.problem:
                raise BadEvent("", row.problem)
            plan = self._plan(row)
            is_native = row.kind == "own"
            draft = (
                from_native.draft(row, plan.values, plan.overrides)
                if is_native
                else from_columns.draft(row, plan)
            )
            draft = without_invalid_names(draft, lambda *remark: self.warn(row.at, *remark))
            category = self.categories.slug(draft.category)
            id_ = draft.id or (self.options.key and id_from_columns(row.columns, self.options.key))
            status: Status = "published" if self.options.publish else "draft"
            return structs.replace(draft, id=id_ or id_from_row(row), category=category, status=status)
        except BadEvent as error:
            return error

    def _located(self, row: Row, draft: Draft, first_row: int, countries: Countries) -> Draft | None:
        """Return a draft with its places, and warn of what looks wrong; None for a row that repeats an earlier one."""
        if first_row != row.number:
            self._skip_repeated(row, draft, first_row)
            return None
        if draft.when and draft.when.start_min > self.now:
            self.warn(row.at, "date", draft.when.text, f"{draft.when.text!r} is in the future")
        draft = located(
            draft, self.judge, lambda *remark: self.warn(row.at, *remark), self.context, countries
        )
        similar = self.similar.find(draft)
        if similar:
            id_, title = similar
            message = f"may be the event {id_!r}, {shortened(title)!r}: same day, near, similar title; both are kept"
            self.warn(row.at, "title", draft.title, message)
        return validated(draft, self.categories.slugs)

    def _skip_repeated(self, row: Row, draft: Draft, first_row: int) -> None:
        if draft.id != id_from_row(row):
            message = (
                f"{draft.id!r} is the id of {row.unit} {first_row} already; expected one id for each event"
            )
            raise BadEvent("id", message)
        self.warn(row.at, "", "", f"is the same as {row.unit} {first_row}, and the same event")
        self.report.unchanged += 1

    def _skip_deleted(self, row: Row, id_: str, day: str) -> None:
        self.warn(row.at, "id", id_, f"the event {id_!r} was deleted on {day}; the row is left out")
        self.report.unchanged += 1

    def _plan(self, row: Row) -> Plan:
        names = tuple(row.columns)
        if names not in self.plans:
            if len(self.plans) > _MAX_PLANS_CACHED:
                self.plans.clear()
            self.plans[names] = self._without_reasons(self.plan.within(names))
        return self.plans[names]

    def _without_reasons(self, plan: Plan) -> Plan:
        """Leave out the column of reasons if the file is one of rejected rows."""
        if not is_rejected_file(self.name):
            return plan
        return replace(plan, data=tuple(name for name in plan.data if name != REASON))

    def _reject(self, row: Row, error: BadEvent) -> None:
        columns = self._plan(row).columns.get(error.field, (error.field,))
        value = ", ".join(str(row.columns[name]) for name in columns if row.columns.get(name) is not None)
        column = (
            f"{error.field} (column {', '.join(map(repr, columns))})" if columns != (error.field,) else ""
        )
        remark = Remark(self.name, row.at, error.field, value[:_MAX_CHARACTERS_QUOTED], error.message, column)
        self.report.rejected.append(remark)
        self.on_reject(row, f"{remark.where}{error.message}")


def _countries(drafts: Iterator[Draft]) -> Countries:
    """Return the countries of all points (lon, lat) of some drafts: looking them up together is faster."""
    points = {
        (where.lon, where.lat): None
        for draft in drafts
        for where in draft.where
        if where.lon is not None and where.lat is not None
    }
    return dict(zip(points, countries_at(list(points)), strict=True))
