"""Filling a nearly empty database: what only pages need is made at the end, in one go, not row by row.

The events of a file come in no order of time or title, so that each of a million touches other leaves of those indexes:
to keep them up took more than half of the writing. Without them every question has the same answers, but slower.
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

_FEW = 10_000  # events that are ordered without an index before anybody notices
_INDEXES = {str(index.name): index for index in Event.metadata.tables["event"].indexes}


@contextmanager
def filling(engine: Engine) -> Iterator[None]:
    """Put off the indexes of events where there are few, and make them at the end: pages are slower meanwhile.

    Where this process is killed, `complete` makes them, by the next large import, `serve` or `migrate`.
    """
    put_off(engine)
    try:
        yield
    except BaseException:
        with suppress(StoreUnavailable):  # what went wrong is said already
            complete(engine)
        raise
    complete(engine)


def put_off(engine: Engine) -> None:
    """Drop the indexes of events where there are few events, or where an import that was killed has dropped some."""
    with writing(engine) as connection:
        there = select(col(Event.pk)).limit(_FEW + 1)
        if _missing(connection) or len(connection.scalars(there).all()) <= _FEW:
            for index in _INDEXES.values():
                connection.execute(DropIndex(index, if_exists=True))


def complete(engine: Engine) -> None:
    """Make the indexes that are not there."""
    with backend_of(engine).guarded(engine), engine.connect() as connection:
        if not _missing(connection):
            return
    with writing(engine) as connection:
        for index in _INDEXES.values():
            connection.execute(CreateIndex(index, if_not_exists=True))


def _missing(connection: Connection) -> bool:
    return not _INDEXES.keys() <= backend_of(connection).index_names(connection)
