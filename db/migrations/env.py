"""Alembic's environment: run the migrations in one transaction, and hide the virtual tables."""

from alembic import context
from sqlmodel import SQLModel

import db.events.tables  # noqa: F401  # fills the metadata
from db.migrations.sight import include

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
