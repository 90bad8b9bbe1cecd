"""The fields of an event that a row has a cell for, so that an import knows what the file says nothing about."""

from db.events.draft import Draft
from timeline.exchange.field_names import DATES
from timeline.imports.columns.plan import Plan
from timeline.readers import Row

_REQUIRED = ("title", "category")
_FIELDS = {
    **dict.fromkeys(DATES, "date"),
    **dict.fromkeys(("place", "city", "admin1", "admin2", "country", "lat", "lon"), "places"),
    **dict.fromkeys(("source_title", "source_url"), "sources"),
}


def fields_of_row(row: Row, plan: Plan, draft: Draft) -> tuple[str, ...]:
    """Return the fields that a row has a cell for, an empty one included; `data.age` is a member of `data`."""
    columns = row.columns if row.kind == "own" else (*plan.columns, *plan.values, *plan.overrides)
    fields = {*_REQUIRED, *(_FIELDS.get(name, name) for name in columns)}
    if row.kind != "own":
        fields |= {f"data.{name}" for name in (*row.columns, *draft.data)}
        fields |= {"places"} if row.points else set()
    return tuple(sorted(fields))
