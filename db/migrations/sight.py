"""The tables that Alembic must not see."""

from typing import Any

_VIRTUAL = ("pin_index", "event_text")


def include(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Return False for the R*Tree and FTS5 tables and their shadow tables, which autogenerate would drop."""
    return not (kind == "table" and name is not None and name.startswith(_VIRTUAL))
