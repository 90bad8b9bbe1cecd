"""Make a draft without the date or the coordinates that cannot be read, where the import allows it."""

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Draft
from timeline.exchange.field_names import DATES
from timeline.imports.columns.plan import Plan
from timeline.imports.drafts import from_columns
from timeline.imports.drafts.row_cells import RowCells
from timeline.readers import Row

COORDINATES = ("lat", "lon")


def draft(
    row: Row,
    plan: Plan,
    cells: RowCells,
    title_template: str | None = None,
    *,
    undated: bool = False,
    unplaced: bool = False,
) -> Draft:
    """Return the draft of a row as `from_columns.draft` does.

    With `undated` a date that cannot be read goes to `data` with a warning, with `unplaced` coordinates do.
    """
    fields: tuple[str, ...]
    try:
        return from_columns.draft(row, plan, cells, title_template)
    except BadEvent as error:
        if undated and error.field in DATES:
            fields, state = DATES, "undated"
        elif unplaced and error.field in COORDINATES:
            fields, state = COORDINATES, "without coordinates"
        else:
            raise
        if not row.points and not any(field in plan.columns for field in fields):
            raise
        columns = plan.columns.get(error.field, ())
        value = ", ".join(str(row.columns[name]) for name in columns if row.columns.get(name) is not None)
        cells.warn(error.field, value, f"{error.message}; the event is {state}, and the text goes to data")
    for field in fields:
        cells.put_in_data(field)
    points = row.points if fields == COORDINATES else ()
    if points:
        row = structs.replace(row, points=())
    event = draft(row, plan.without(fields), cells, title_template, undated=undated, unplaced=unplaced)
    return (
        structs.replace(event, data={**event.data, "coordinates": list(map(list, points))})
        if points
        else event
    )
