"""Alembic's environment: run the migrations in one transaction, and hide the virtual tables.

An upgrade also rewrites the dates in words that events store, as db.migrations.display_dates explains, and fills a full
text that a migration has emptied, as db.migrations.search_index explains.
"""

from alembic import context
from sqlmodel import SQLModel

import db.events.tables  # noqa: F401  # fills the metadata
from db.engines import backend_of
from db.migrations.display_dates import rewrite_display_dates
from db.migrations.hidden_tables import include_object
from db.migrations.search_index import EMPTIED_BY, fill_search_index

engine = context.config.attributes["engine"]
with backend_of(engine).write_transaction(engine, durable=False) as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=include_object,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        previous = context.get_context().get_current_revision()
        context.run_migrations()
        if previous not in (None, context.get_head_revision()):
            rewrite_display_dates(connection)
        if previous is not None and previous < EMPTIED_BY:
            fill_search_index(connection)
