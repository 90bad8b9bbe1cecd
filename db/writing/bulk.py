"""Large imports into a nearly empty database: create the indexes of `event` at the end, not row by row.

The events of a file are in no order of time or title, so each row changes other pages of these indexes, which took more
than half of the time of writing. Queries work without the indexes, only slower.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, select
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import col

from db.engines import backend_of
from db.errors import StoreUnavailable
from db.events.tables import Event
from db.sql.transactions import writing

BeforeCommit = Callable[[Connection], None]
_MAX_EVENTS_WITHOUT_INDEX = 10_000  # sorting that many takes no noticeable time


@contextmanager
def without_indexes(engine: Engine, before_commit: BeforeCommit | None = None) -> Iterator[None]:
    """Drop the indexes of `event` if it has few rows, and create them at the end; pages are slower meanwhile.

    `before_commit` is called at the end of the transaction that creates them, which may take a minute. If the process
    is killed, the next large import, `serve` or `migrate` creates them with `complete`.
    """
    drop(engine)
    try:
        yield
    except BaseException:
        with suppress(StoreUnavailable):  # the first error is the one to report
            complete(engine)
        raise
    complete(engine, before_commit)


def drop(engine: Engine) -> None:
    """Drop the indexes of `event` if it has few rows, or if a killed import has dropped some of them."""
    with writing(engine) as connection:
        first_rows = select(col(Event.pk)).limit(_MAX_EVENTS_WITHOUT_INDEX + 1)
        if _missing(connection) or len(connection.scalars(first_rows).all()) <= _MAX_EVENTS_WITHOUT_INDEX:
            for index in backend_of(engine).event_indexes().values():
                connection.execute(DropIndex(index, if_exists=True))


def complete(engine: Engine, before_commit: BeforeCommit | None = None) -> None:
    """Create the missing indexes; call `before_commit` at the end of the transaction."""
    with backend_of(engine).guarded(engine), engine.connect() as connection:
        if not _missing(connection):
            return
    with writing(engine) as connection:
        for index in backend_of(engine).event_indexes().values():
            connection.execute(CreateIndex(index, if_not_exists=True))
        if before_commit:
            before_commit(connection)


def _missing(connection: Connection) -> bool:
    backend = backend_of(connection)
    return not backend.event_indexes().keys() <= backend.index_names(connection)
