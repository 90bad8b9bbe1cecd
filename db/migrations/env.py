"""Alembic's environment: one engine, one transaction, and the virtual tables kept out of its sight."""

from typing import Any

from alembic import context
from sqlmodel import SQLModel

import db.models  # noqa: F401  # fills the metadata

_VIRTUAL = ("pin_index", "event_text")


def include(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out the R*Tree and FTS5 tables with their shadows, which autogenerate would drop."""
    return not (kind == "table" and name is not None and name.startswith(_VIRTUAL))


engine = context.config.attributes["engine"]
with engine.connect().execution_options(writing=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=include,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
