"""The import of one file: survey its columns, then turn its rows, batch by batch, into events ready to be stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from msgspec import structs

from db.dates.calendar import DAY
from db.errors import BadEvent
from db.events.draft import Draft, Status
from db.store import Store
from db.writing.prepared import PreparedEvent, RowOrigin, prepare
from db.writing.validation import validated
from geo.countries.batch import countries_at
from geo.place import FindCandidates
from timeline.exchange.row import LeftOutNote
from timeline.imports.category_lookup import CategoryLookup
from timeline.imports.cell_counts import LeftOutCells
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.state_codes import country_of_state_codes
from timeline.imports.columns.survey import Survey, SurveyOptions, surveyed
from timeline.imports.drafts import from_native, lenient
from timeline.imports.drafts.invalid_names import without_invalid_names
from timeline.imports.drafts.row_cells import RowCells, with_data_of_cells
from timeline.imports.event_ids import FirstRows, id_from_columns, id_from_row
from timeline.imports.formulaic_titles import SimilarPair
from timeline.imports.identical_rows import IdenticalRows
from timeline.imports.options import Options
from timeline.imports.remark_groups import Remark
from timeline.imports.report import Report
from timeline.imports.row_fields import fields_of_row
from timeline.imports.similar_events import SimilarEvents
from timeline.imports.whole_file import check_readable, missing_fields
from timeline.places.areas import AreaLookup, is_area
from timeline.places.doubt_messages import shortened
from timeline.places.judgement import PlaceContext, caching_judge
from timeline.places.locate import Countries, located
from timeline.places.swapped_axes import AxisCheck
from timeline.readers import Row

ROWS_PER_BATCH = 500
_MAX_PLANS_CACHED = 1_000  # features may each have columns of their own
_MAX_CHARACTERS_QUOTED = 200

OnReject = Callable[[Row, str], None]  # a row as the file has it, and the reason


@dataclass(slots=True)
class RowResult:
    """A row, and its draft or the error for which it is rejected; `first_row` is the number of one with the same id."""

    row: Row
    cells: RowCells
    draft: Draft | None = None
    error: BadEvent | None = None
    first_row: int | None = None
    plan: Plan | None = None


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
        self.now = store.moment()
        self.context = PlaceContext(
            country=options.country,
            box=options.box,
            review_below=options.review_below,
            choices=store.places.choices(),
        )
        self.axes = AxisCheck(find_offline) if find_offline else None
        self.is_area = partial(is_area, find_offline) if find_offline else lambda text: True
        if self.axes:
            self.context = replace(self.context, is_swapped=self.axes.is_swapped)
        self.find_offline = find_offline
        self.judge = caching_judge(find_candidates, self.context)
        self.areas = AreaLookup(find_candidates, self.context)
        self.context = replace(self.context, judge_areas=self.areas.judge)
        self.categories = CategoryLookup(store, create=options.create_categories)
        self.similar = SimilarEvents(store)
        self.first_rows = FirstRows()
        self.identical = IdenticalRows()
        self.rejected_rows: set[int] = set()  # whose draft was made; equal rows later are rejected as well
        self.left_out = LeftOutCells()
        self.notes: set[str] = set()
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
            first_days=self.options.first_days,
            has_title=bool(self.options.title),
            country=self.options.country,
            axes=self.axes,
            is_area=self.is_area,
            is_category=self.categories.knows if "category" in self.options.values else self.categories.has,
        )
        survey = surveyed(rows, options)
        self.plan = survey.plan
        for field_name, message in survey.date_warnings:
            self.warn("file", field_name, "", message)
        if coded := country_of_state_codes(survey, self.options.country, self.find_offline):
            self.areas.country_of_codes, message = coded
            self.warn("file", "admin1", "", message)
        return survey

    def check(self, survey: Survey, rows: Callable[[], Iterator[Row]]) -> None:
        """Raise OpenQuestion if the file as a whole must not be imported like this; note what it lacks."""
        self.report.notes.extend(missing_fields(survey, self.options))
        check_readable(survey, rows, self.options, self.categories)

    def events(self, rows: Sequence[Row]) -> tuple[list[PreparedEvent], dict[str, str]]:
        """Return the events of the next rows, and the categories that are new with them (slug → label)."""
        self.report.rows += len(rows)
        results = [self._draft(row) for row in rows]
        self._find_repeated(results)
        drafts = [result.draft for result in results if result.draft]
        ids = [draft.id or "" for draft in drafts]
        countries = _countries(drafts)
        deleted, edited = self.store.deleted_ids(ids), self.store.edited_ids(ids)
        protected = (
            self.store.desk.of_status(ids, self.options.protected) if self.options.protected else frozenset()
        )
        events = []
        for result in results:
            try:
                draft = self._located(result, countries)
                if draft and draft.id in protected:
                    message = f"{draft.id!r} is published; changing it requires a key of the role reviewer"
                    raise BadEvent("id", message)
                if draft and draft.id in deleted:
                    self._skip_deleted(result.row, draft.id, deleted[draft.id])
                elif draft:
                    event = prepare(draft, self.now)
                    has_edits = draft.id in edited
                    events.append(self._with_origin(event, result.row, draft) if has_edits else event)
                    self._count_cells(result, draft)
            except BadEvent as error:
                self._reject(result, error)
        return events, self.categories.take_new()

    def finish(self) -> Report:
        """Add the lines about all rows together to the report, and return it."""
        self._warn_of_similar(self.similar.titles.take())
        for column, value, message in self.left_out.lines():
            self.warn("file", column, value, message)
        for message in self.identical.lines():
            self.warn("file", "", "", message)
        return self.report

    def _warn_of_similar(self, pairs: Iterable[SimilarPair]) -> None:
        for pair in pairs:
            other = f"{pair.other_id!r}, {shortened(pair.other_title)!r}"
            message = f"may be the event {other}: same day, near, similar title; both are kept"
            self.warn(pair.at, "title", pair.title, message)

    def note(self, sentence: str) -> None:
        """Add what a reader notes about the file to the report, once: the survey may read the file twice."""
        if sentence in self.notes:
            return
        self.notes.add(sentence)
        self.warn("file", "", "", sentence)
        if isinstance(sentence, LeftOutNote):
            self.report.cells.add_left_out(sentence.cells)

    def warn(self, at: str, field: str, value: str, message: str, column: str = "") -> None:
        """Add a warning to the report; the row is imported all the same."""
        self.report.warnings.append(Remark(self.name, at, field, value, message, column))

    def _warn_of_row(self, row: Row, *remark: str) -> None:
        self.warn(row.at, *remark)

    def _draft(self, row: Row) -> RowResult:
        """Return the draft of a row with its id, category and status, or the error for which it is rejected."""
        plan = self._plan(row)
        is_native = row.kind == "own"
        columns = {name: (name,) for name in row.columns} if is_native else plan.columns
        cells = RowCells(columns, partial(self._warn_of_row, row))
        try:
            if row.problem:
                raise BadEvent("", row.problem)
            draft = (
                from_native.draft(row, plan.values, plan.overrides, cells, self.options.title)
                if is_native
                else lenient.draft(
                    row,
                    plan,
                    cells,
                    self.options.title,
                    undated=self.options.undated,
                    unplaced=self.options.unplaced,
                )
            )
            draft = without_invalid_names(draft, cells.warn)
            category = self.categories.slug(draft.category)
            id_ = draft.id or (self.options.key and id_from_columns(row.columns, self.options.key))
            status: Status = "published" if self.options.publish else "draft"
            draft = structs.replace(draft, id=id_ or id_from_row(row), category=category, status=status)
            return RowResult(row, cells, draft, plan=plan)
        except BadEvent as error:
            return RowResult(row, cells, error=error)

    def _find_repeated(self, results: Sequence[RowResult]) -> None:
        """Find the rows that have the id of an earlier one; with `keep_identical`, give equal rows their own ids."""
        with_draft = [(result, result.draft) for result in results if result.draft]
        ids = [draft.id or "" for _, draft in with_draft]
        first_rows = self.first_rows.add(ids, [result.row.number for result, _ in with_draft])
        for (result, draft), first_row in zip(with_draft, first_rows, strict=True):
            if first_row == result.row.number:
                continue
            if self.options.keep_identical and draft.id == id_from_row(result.row):
                result.draft = structs.replace(draft, id=self.identical.next_id(draft.id))
            else:
                result.first_row = first_row

    def _located(self, result: RowResult, countries: Countries) -> Draft | None:
        """Return a draft with its places, and warn of what looks wrong; None for a row that repeats an earlier one."""
        row, draft, cells = result.row, result.draft, result.cells
        if draft is None:
            raise result.error or BadEvent("", "has no event")
        if result.first_row is not None and not self._is_twin_of_rejected(row, draft, result.first_row):
            self._skip_repeated(row, draft, result.first_row)
            return None
        if draft.when and draft.when.start_min > self.now:
            self.warn(row.at, "date", draft.when.text, f"{draft.when.text!r} is in the future")
        draft = located(draft, self.judge, cells.warn, self.context, countries, cells.put_in_data)
        draft = with_data_of_cells(draft, row, cells)
        similar = self.similar.find(draft)
        if similar and draft.when:
            pair = SimilarPair(row.at, draft.title, draft.when.start_min // DAY, *similar)
            self._warn_of_similar(self.similar.titles.add(pair))
        return validated(draft, self.categories.slugs)

    def _count_cells(self, result: RowResult, draft: Draft) -> None:
        """Count the cells of a row that became an event."""
        is_native = result.row.kind == "own"
        columns = result.row.columns if is_native or result.plan is None else result.plan.fields_of
        self.report.cells.add_event(result.row, draft.data, columns, result.cells)
        if result.cells.left_out:
            self.left_out.add(result.row, result.cells)

    def _is_twin_of_rejected(self, row: Row, draft: Draft, first_row: int) -> bool:
        """Return whether a row equals one that was rejected; it is rejected for the same reason."""
        return first_row in self.rejected_rows and draft.id == id_from_row(row)

    def _skip_repeated(self, row: Row, draft: Draft, first_row: int) -> None:
        if draft.id != id_from_row(row):
            message = (
                f"{draft.id!r} is the id of {row.unit} {first_row} already; expected one id for each event"
            )
            raise BadEvent("id", message)
        self.identical.add(row, first_row)
        self._leave_out(row)

    def _skip_deleted(self, row: Row, id_: str, day: str) -> None:
        self.warn(row.at, "id", id_, f"the event {id_!r} was deleted on {day}; the row is left out")
        self._leave_out(row)

    def _leave_out(self, row: Row) -> None:
        self.report.left_out += 1
        self.report.cells.add_left_out(row.cells)

    def _with_origin(self, event: PreparedEvent, row: Row, draft: Draft) -> PreparedEvent:
        """Return an event that editors changed with its row, which the report of conflicts names."""
        fields = fields_of_row(row, self._plan(row), draft)
        return event._replace(origin=RowOrigin(row.at, fields, is_native=row.kind == "own"))

    def _plan(self, row: Row) -> Plan:
        names = tuple(row.columns)
        if names not in self.plans:
            if len(self.plans) > _MAX_PLANS_CACHED:
                self.plans.clear()
            self.plans[names] = self.plan.within(names)
        return self.plans[names]

    def _reject(self, result: RowResult, error: BadEvent) -> None:
        row = result.row
        if result.draft:
            self.rejected_rows.add(row.number)
        self.report.cells.add_rejected(row)
        columns = result.cells.columns.get(error.field, (error.field,))
        value = ", ".join(str(row.columns[name]) for name in columns if row.columns.get(name) is not None)
        label = result.cells.label(error.field)
        remark = Remark(self.name, row.at, error.field, value[:_MAX_CHARACTERS_QUOTED], error.message, label)
        self.report.rejected.append(remark)
        self.on_reject(row, f"{remark.where}{error.message}")


def _countries(drafts: Iterable[Draft]) -> Countries:
    """Return the countries of all points (lon, lat) of some drafts: looking them up together is faster."""
    points = {
        (where.lon, where.lat): None
        for draft in drafts
        for where in draft.where
        if where.lon is not None and where.lat is not None
    }
    return dict(zip(points, countries_at(list(points)), strict=True))
