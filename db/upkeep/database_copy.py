"""Copy a whole database into another one, also of another product; an interrupted copy goes on where it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine

from db.engines import backend_of
from db.engines.file_copies import OnCopyProgress
from db.engines.readers import DatabaseReader
from db.errors import DatabaseDamaged, StoreUnavailable
from db.migrations import upgrade
from db.upkeep.copied_tables import BYTES_PER_GROUP, ROWS_PER_GROUP, Copied, copied_tables
from db.upkeep.copy import schema_version
from db.upkeep.transfer import Target, clear_rows, copy_rows, verify, verify_search
from db.upkeep.unfinished import CopyMarks, finish, is_unfinished

ShowPhase = Callable[[str], AbstractContextManager[OnCopyProgress]]
"""Return a context manager that shows the progress of one part of the work."""
_STATE = """
SELECT version, moment, epoch,
(SELECT count(*) FROM event), (SELECT CAST(coalesce(sum(revision), 0) AS BIGINT) FROM event),
(SELECT CAST(coalesce(sum(created), 0) AS BIGINT) FROM event), (SELECT coalesce(max(updated), 0) FROM event),
(SELECT count(*) FROM category), (SELECT count(*) FROM place), (SELECT count(*) FROM embargo),
(SELECT count(*) FROM place_text), (SELECT count(doubt) FROM place_text), (SELECT count(*) FROM edited),
(SELECT coalesce(max(seq), 0) FROM change), (SELECT count(*) FROM history), (SELECT count(*) FROM tombstone)
FROM data_version
"""


class DatabaseCopy(NamedTuple):
    """What was copied: rows by table, those of an earlier run among them, and why that run's rows were dropped.

    `source_changed`: somebody wrote to the source after the copy had begun.
    """

    rows: dict[str, int]
    resumed: int
    begun_again: str | None
    source_changed: bool


class _Prepared(NamedTuple):
    marks: CopyMarks
    begun_again: str | None = None


def copy_database(source: Engine, target: Engine, show_phase: ShowPhase, *, force: bool) -> DatabaseCopy:
    """Copy all that a database contains into another one, and verify the copy.

    Raises StoreUnavailable for a source that is not of this program's version, and, unless `force`, for a target with
    data.
    """
    with closing(backend_of(source).open_reader(source)) as reader:
        _check_source(source, reader)
        _check_target(target, reader, force=force)
        with reader.snapshot():
            state = _state(source, reader)
            prepared = _prepare(target, state)
            marks, before = prepared.marks, prepared.marks.copied()
            with _resumable(), show_phase("Copying") as on_progress:
                copied = copy_rows(reader, _target(target, marks), on_progress, before)
    with _resumable():
        _complete(target, marks, copied, show_phase)
    rows = {name: part.rows for name, part in copied.items()}
    resumed = sum(part.rows for part in before.values())
    return DatabaseCopy(rows, resumed, prepared.begun_again, _has_changed(source, state))


def name_of(engine: Engine) -> str:
    """Return the address of a database without its password."""
    url = engine.url.set(drivername=engine.url.get_backend_name())
    return url.render_as_string(hide_password=True)


def _check_source(source: Engine, reader: DatabaseReader) -> None:
    version = schema_version(reader, name_of(source))
    if version != upgrade.versions()[0]:
        raise StoreUnavailable(
            f"{name_of(source)} has the older version {version}; run 'timeline migrate' with it first"
        )


def _check_target(target: Engine, source: DatabaseReader, *, force: bool) -> None:
    """Raise StoreUnavailable for the source itself, another program's database, or data without `force`."""
    backend = backend_of(target)
    backend.own_files(target)  # raises for a database in memory
    if not backend.has_data(target):
        return
    with closing(backend.open_reader(target)) as reader:
        if reader.identity() == source.identity():
            raise StoreUnavailable(f"{name_of(target)} is the source itself; expected another database")
        if is_unfinished(reader) or not reader.tables():
            return
        schema_version(reader, name_of(target))
        with_data = _tables_with_data(reader)
    if with_data and not force:
        raise StoreUnavailable(
            f"{name_of(target)} has data already ({', '.join(with_data)}); choose an empty database, or pass --force to"
            " delete them first"
        )
    if with_data:
        backend.delete_database(target)


def _tables_with_data(reader: DatabaseReader) -> list[str]:
    """Return the tables with rows, except those that a new database has."""
    present = reader.tables()
    names = [table.name for table in copied_tables() if table.name not in ("category", "data_version")]
    return [name for name in names if name in present and reader.rows(f"SELECT 1 FROM {name} LIMIT 1")]


def _state(source: Engine, reader: DatabaseReader) -> str:
    """Return what changes whenever a table changes that an interrupted copy does not copy again."""
    ((*values,),) = reader.rows(_STATE)
    settings = (name_of(source), upgrade.versions()[0], ROWS_PER_GROUP, BYTES_PER_GROUP)
    return msgspec.json.encode([*settings, *values]).decode()


def _has_changed(source: Engine, state: str) -> bool:
    """Return whether somebody has written to the source; False if it is gone by now, which does no harm."""
    try:
        with closing(backend_of(source).open_reader(source)) as reader:
            return _state(source, reader) != state
    except StoreUnavailable:
        return False


def _prepare(target: Engine, state: str) -> _Prepared:
    """Return how far the target is: at the beginning, or where an earlier copy of the same data stopped."""
    backend = backend_of(target)
    begun_again = None
    if backend.has_data(target):
        with closing(backend.open_reader(target)) as reader:
            marks = CopyMarks.read(reader) if is_unfinished(reader) else None
        if marks and marks.source == state:
            return _Prepared(_without_volatile(target, marks))
        if marks:
            begun_again = "the source has changed since" if marks.source else "the earlier copy was damaged"
        backend.delete_database(target)
    with backend.guarded(target):
        backend.prepare(target)
        upgrade.upgrade(target)
    with backend.write_transaction(target, durable=True) as connection:
        clear_rows(connection, copied_tables())
        marks = CopyMarks.begin(connection, state, backend.drop_indexes(connection))
    return _Prepared(marks, begun_again)


def _without_volatile(target: Engine, marks: CopyMarks) -> CopyMarks:
    """Delete the rows of tables whose changes `_state` does not show."""
    volatile = [table for table in copied_tables() if table.is_volatile]
    with backend_of(target).write_transaction(target, durable=True) as connection:
        clear_rows(connection, volatile)
        for table in volatile:
            marks.move(connection, table, Copied())
    return marks


def _target(target: Engine, marks: CopyMarks) -> Target:
    backend = backend_of(target)
    return Target(lambda: backend.write_transaction(target, durable=False), marks.move)


def _complete(target: Engine, marks: CopyMarks, copied: dict[str, Copied], show_phase: ShowPhase) -> None:
    """Create the indexes, verify the copy, and let servers and commands use it."""
    backend = backend_of(target)
    with show_phase("Building indexes") as on_progress:
        total = len(marks.indexes)
        while marks.indexes:
            with backend.write_transaction(target, durable=False) as connection:
                backend.expect_many_writes(connection)
                backend.run(connection, marks.indexes[0])
                marks.drop_index(connection)
            on_progress(total - len(marks.indexes), total)
        backend.finish_load(target)
    with show_phase("Verifying") as on_progress:
        _verify(target, marks, copied, on_progress)
    with backend.write_transaction(target, durable=True) as connection:
        finish(connection)


def _verify(target: Engine, marks: CopyMarks, copied: dict[str, Copied], on_progress: OnCopyProgress) -> None:
    backend = backend_of(target)
    try:
        with closing(backend.open_reader(target)) as reader:
            backend.check_integrity(reader, name_of(target))
            verify(reader, copied, name_of(target), on_progress)
            verify_search(backend.search_counts(reader), copied, name_of(target))
    except DatabaseDamaged:
        with backend.write_transaction(target, durable=True) as connection:
            marks.spoil(connection)
        raise


@contextmanager
def _resumable() -> Iterator[None]:
    """Add to an error of the block that the copy can go on."""
    try:
        yield
    except DatabaseDamaged:
        raise
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}; run the same command again to go on") from None
