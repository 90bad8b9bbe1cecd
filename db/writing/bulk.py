"""Large imports into a nearly empty database: create the indexes of `event` at the end, not row by row.

The events of a file are in no order of time or title, so each row changes other pages of these indexes, which took more
than half of the time of writing. Queries work without the indexes, only slower.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, select
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import col

from db.engines import backend_of
from db.errors import StoreUnavailable
from db.events.tables import Event
from db.sql.transactions import writing

_MAX_EVENTS_WITHOUT_INDEX = 10_000  # sorting that many takes no noticeable time


@contextmanager
def without_indexes(engine: Engine) -> Iterator[None]:
    """Drop the indexes of `event` if it has few rows, and create them at the end; pages are slower meanwhile.

    If the process is killed, the next large import, `serve` or `migrate` creates them with `complete`.
    """
    drop(engine)
    try:
        yield
    except BaseException:
        with suppress(StoreUnavailable):  # the first error is the one to report
            complete(engine)
        raise
    complete(engine)


def drop(engine: Engine) -> None:
    """Drop the indexes of `event` if it has few rows, or if a killed import has dropped some of them."""
    with writing(engine) as connection:
        first_rows = select(col(Event.pk)).limit(_MAX_EVENTS_WITHOUT_INDEX + 1)
        if _missing(connection) or len(connection.scalars(first_rows).all()) <= _MAX_EVENTS_WITHOUT_INDEX:
            for index in backend_of(engine).event_indexes().values():
                connection.execute(DropIndex(index, if_exists=True))


def complete(engine: Engine) -> None:
    """Create the missing indexes."""
    with backend_of(engine).guarded(engine), engine.connect() as connection:
        if not _missing(connection):
            return
    with writing(engine) as connection:
        for index in backend_of(engine).event_indexes().values():
            connection.execute(CreateIndex(index, if_not_exists=True))


def _missing(connection: Connection) -> bool:
    backend = backend_of(connection)
    return not backend.event_indexes().keys() <= backend.index_names(connection)
