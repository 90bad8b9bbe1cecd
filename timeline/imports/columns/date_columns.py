"""Decide which columns are the date of the event, by their names in eight languages and by their values.

Names that say more come first: "incident date" before "start" and "end", these before "year", "month" and "day", and
all of them before "timestamp" and before a column whose name says nothing. Where two columns are equally good, neither
is the date; the import then asks. Dates of the record ("created") and of a person ("born") are never used.
"""

from timeline.exchange.date_names import date_name
from timeline.exchange.field_names import DATE_GROUPS, DATES, key
from timeline.imports.columns.assignment import Assignment
from timeline.imports.columns.date_candidates import (
    DATED,
    DateColumn,
    DateColumns,
    OtherWords,
    is_dated_without_name,
    mostly,
    sides_by_owner,
    years_by_owner,
)
from timeline.imports.columns.date_values import (
    clock,
    date_kind,
    is_day_of_month,
    is_month,
    texts_of,
    years_of,
)

_LETTERS = (("y", "m", "d"), ("yy", "mm", "dd"), ("yyyy", "mm", "dd"))

ChosenColumns = dict[str, tuple[str, ...]]  # columns by field


def assign_dates(assignment: Assignment) -> None:
    """Assign the date, or the two ends of it, and add the year or the time of day that another column has."""
    _add_other_side(assignment)
    _release_lone_ends(assignment)
    if not assignment.has(*DATES):
        columns = DateColumns(assignment)
        for rule in _RULES:
            if chosen := rule(columns):
                for field, names in chosen.items():
                    assignment.assign(field, *names)
                break
    _add_span_for_gaps(assignment)
    _add_year(assignment)
    _add_time(assignment)


def unclear_dates(assignment: Assignment) -> list[str]:
    """Return the columns that look like dates if none was assigned: several, or dates of something else."""
    if assignment.has(*DATES):
        return []
    columns = DateColumns(assignment)
    return [
        column.name
        for column in columns.all
        if ((column.says.part or column.says.side or column.says.owner == "record") and column.kind in DATED)
        or (column.says.part in ("date", "day") and column.kind == "day of a year")
        or is_dated_without_name(column)
    ]  # fmt: skip


def _only(columns: list[DateColumn]) -> ChosenColumns:
    return {"date": (columns[0].name,)} if len(columns) == 1 else {}


def _day_and_year(columns: DateColumns) -> ChosenColumns:
    """Choose "3 May" in one column with its year in another."""
    days = [
        column
        for column in columns.of_event()
        if column.says.part in ("date", "day", "month")
        and column.is_of_event
        and column.kind == "day of a year"
    ]
    years = [group[0] for (side, _), group in years_by_owner(columns).items() if not side]
    return {"date": (days[0].name, years[0].name)} if len(days) == 1 and len(years) == 1 else {}


def _event_date(columns: DateColumns) -> ChosenColumns:
    """Choose the column whose name has a word for the event, such as INCIDENTDATE."""
    of_event = [
        column
        for column in columns.of_event()
        if column.says.owner == "event" and column.says.part and not column.says.side and column.kind in DATED
    ]
    return _only([column for column in of_event if column.says.part == "date"] or of_event)


def _plain_date(columns: DateColumns) -> ChosenColumns:
    """Choose the column whose name says that it is a date, and nothing else."""
    return _only([
        column
        for column in columns.of_event()
        if column.says.part == "date" and not column.says.side and not column.says.rest and column.kind in DATED
    ])  # fmt: skip


def _span_of_event(columns: DateColumns) -> ChosenColumns:
    """Choose start and end, without another word or with one for the event."""
    return _span(columns, of_event=True)


def _other_span(columns: DateColumns) -> ChosenColumns:
    """Choose start and end of anything, if there is only one such pair."""
    return _span(columns, of_event=False)


def _span(columns: DateColumns, *, of_event: bool) -> ChosenColumns:
    starts, ends = (sides_by_owner(columns, side, of_event=of_event) for side in ("start", "end"))
    owners = [owner for owner in starts if len(starts[owner]) == 1]
    owner = next(
        (owner for owner in owners if of_event and not owner), owners[0] if len(owners) == 1 else None
    )
    if owner is None or (not of_event and len(starts) > 1):
        return {}
    start, end = starts[owner][0], ends.get(owner, [])
    if start.kind == "year" and not start.says.part and len(end) != 1:
        return {}
    return {"start": (start.name,), **({"end": (end[0].name,)} if len(end) == 1 else {})}


def _bounds(columns: DateColumns) -> ChosenColumns:
    """Choose the earliest and the latest date that are possible."""
    for of_event in (True, False):
        earliest, latest = (
            sides_by_owner(columns, side, of_event=of_event) for side in ("earliest", "latest")
        )
        owners = [owner for owner in earliest if len(earliest[owner]) == len(latest.get(owner, [])) == 1]
        if len(owners) == 1:
            return {"earliest": (earliest[owners[0]][0].name,), "latest": (latest[owners[0]][0].name,)}
    return {}


def _parts_of_event(columns: DateColumns) -> ChosenColumns:
    """Choose year, month and day, or those of the start and of the end, without another owner."""
    groups = {group: years for group, years in years_by_owner(columns).items() if years[0].is_of_event}
    return _parts(columns, groups)


def _other_parts(columns: DateColumns) -> ChosenColumns:
    """Choose year, month and day of anything, if there is only one such group."""
    groups = years_by_owner(columns)
    return _parts(columns, groups) if len({rest for _, rest in groups}) == 1 else _letters(columns)


def _parts(columns: DateColumns, groups: dict[tuple[str, OtherWords], list[DateColumn]]) -> ChosenColumns:
    by_side: dict[str, tuple[str, ...]] = {}
    # A name without other words comes first.
    for (side, _), years in sorted(groups.items(), key=lambda group: len(group[0][1])):
        by_side.setdefault(side, _with_month_and_day(columns, years[0]))
    start = by_side.get("start") or (by_side.get("") if "end" in by_side else None)
    if start and "end" in by_side:
        return {"start": start, "end": by_side["end"]}
    if "earliest" in by_side and "latest" in by_side:
        return {"earliest": by_side["earliest"], "latest": by_side["latest"]}
    date = by_side.get("") or start
    if date and len(date) == 1 and (day := _same_years(columns, date[0])):
        return {"date": (day,)}
    return {"date": date} if date else {}


def _with_month_and_day(columns: DateColumns, year: DateColumn) -> tuple[str, ...]:
    """Return the columns of year, month and day, up to the first that is missing."""
    names = [year.name]
    for part, test in (("month", is_month), ("day", is_day_of_month)):
        fitting = [
            column
            for column in columns.of_event()
            if column.says.part == part
            and column.says.side == year.says.side
            and mostly(texts_of(column.values), test)
        ]
        same = [column for column in fitting if column.says.rest == year.says.rest]
        others = [column for column in fitting if column.is_of_event]
        if not (same or others):
            # After a column of year and month comes that of the day.
            if part == "month" and key(year.name).endswith("yearmonth"):
                continue
            break
        names.append((same or others)[0].name)
    return tuple(names)


def _same_years(columns: DateColumns, year: str) -> str | None:
    """Return the only column of days whose years are those of a column of years; it says more than the years."""
    years = years_of(columns.assignment.samples[year])
    days = [
        column
        for column in columns.of_event()
        if column.says.part
        and not column.says.side
        and column.kind == "day"
        and years_of(column.values) == years
    ]
    return days[0].name if len(days) == 1 and years else None


def _letters(columns: DateColumns) -> ChosenColumns:
    """Choose columns that are called y, m and d, which alone may mean anything."""
    by_key = {key(column.name): column for column in columns.of_event()}
    for names in _LETTERS:
        if all(name in by_key for name in names) and by_key[names[0]].kind == "year":
            return {"date": tuple(by_key[name].name for name in names)}
    return {}


def _named_date(columns: DateColumns) -> ChosenColumns:
    """Choose the only column that is named like a date, whatever it is the date of."""
    dated = [
        column
        for column in columns.of_event()
        if not column.says.side
        and (
            (column.says.part in ("date", "year", "month", "day") and column.kind in DATED)
            or (column.says.part == "date" and column.kind == "year")
        )
    ]
    # Next to a date of birth, a date is that of a death, a marriage or a life.
    is_about_person = any(column.says.owner == "person" and column.kind for column in columns.all)
    plain = _only([column for column in dated if not column.says.rest])
    return plain or ({} if is_about_person else _only(dated))


def _moment(columns: DateColumns) -> ChosenColumns:
    """Choose the only column that is named like a time and has days."""
    return _only([
        column
        for column in columns.of_event()
        if column.says.part in ("moment", "clock") and not column.says.side and column.kind in ("day", "number")
    ])  # fmt: skip


def _by_values(columns: DateColumns) -> ChosenColumns:
    """Choose the only column that has days, if its name says nothing."""
    if any(column.says.part and column.kind in DATED for column in columns.of_event()):
        return {}
    return _only([column for column in columns.of_event() if is_dated_without_name(column)])


_RULES = (
    _day_and_year, _event_date, _plain_date, _span_of_event, _bounds, _parts_of_event, _named_date, _other_span,
    _other_parts, _moment, _by_values,
)  # fmt: skip


def _add_other_side(assignment: Assignment) -> None:
    """Assign the end that belongs to a start, the start that belongs to an end, and so for the limits of a date."""
    for first, last in DATE_GROUPS[1:]:
        present, missing = (first, last) if first in assignment.columns else (last, first)
        if (
            present not in assignment.columns
            or assignment.has(missing)
            or len(assignment.columns[present]) > 1
        ):
            continue
        says = date_name(assignment.columns[present][0])
        columns = DateColumns(assignment)
        of_event = says.owner in ("", "event")
        sides = sides_by_owner(columns, missing, of_event=of_event)
        same = sides.get(says.rest, [])
        if len(same) == 1:
            assignment.assign(missing, same[0].name)


def _release_lone_ends(assignment: Assignment) -> None:
    """Make the column of an end or of a latest date free again if there is no column for its other side.

    A column that is called `end` itself stays: its rows are rejected for the start that they lack.
    """
    for first, last in DATE_GROUPS[1:]:
        columns = assignment.columns.get(last, ())
        if columns and last not in assignment.mapped and columns != (last,) and not assignment.has(first):
            assignment.assigned.difference_update(assignment.columns.pop(last))


def _add_span_for_gaps(assignment: Assignment) -> None:
    """Assign start and end next to a date that some rows lack, such as Wikidata's point in time and start time."""
    columns = assignment.columns.get("date", ())
    if not columns or "date" in assignment.mapped or assignment.has("start", "end"):
        return
    filled = len(texts_of(assignment.samples[columns[0]]))
    if filled < max(len(texts_of(values)) for values in assignment.samples.values()):
        for field, names in _span_of_event(DateColumns(assignment)).items():
            assignment.assign(field, *names)


def _add_year(assignment: Assignment) -> None:
    """Add the column of years to a column of days without a year."""
    columns = assignment.columns.get("date", ())
    if len(columns) == 1 and date_kind(assignment.samples[columns[0]]) == "day of a year":
        years = [
            group[0].name for (side, _), group in years_by_owner(DateColumns(assignment)).items() if not side
        ]
        if len(years) == 1:
            assignment.assign("date", columns[0], years[0])


def _add_time(assignment: Assignment) -> None:
    """Add the only column with the time of day to the column of the date."""
    columns = assignment.columns.get("date", ())
    if len(columns) != 1:
        return
    date = date_name(columns[0])
    clocks = [
        column
        for column in DateColumns(assignment).of_event()
        if column.says.part == "clock" and not column.says.side and _has_clocks(column)
    ]
    same = [column for column in clocks if column.says.rest == date.rest]
    fitting = same or [column for column in clocks if column.is_of_event]
    if len(fitting) == 1 and date_kind(assignment.samples[columns[0]]) == "day":
        assignment.assign("date", columns[0], fitting[0].name)


def _has_clocks(column: DateColumn) -> bool:
    texts = texts_of(column.values)
    return bool(texts) and mostly(texts, lambda text: clock(text) is not None)
