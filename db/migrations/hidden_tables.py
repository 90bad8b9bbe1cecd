"""The tables that Alembic must not see."""

from typing import Any

from db.engines import BACKENDS

_HIDDEN = tuple(name for backend in BACKENDS.values() for name in backend.HIDDEN_TABLES)


def include_object(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Return False for the tables of the search indexes, which autogenerate would drop."""
    return not (kind == "table" and name is not None and name.startswith(_HIDDEN))
