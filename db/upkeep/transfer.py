"""Copy every row of a database, read in one snapshot, into the tables of another product; compare the two.

The rows stay as they are, numbers and revisions included, so that ETags, tokens of the feed and keys stay valid. The
search indexes are made from the rows.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from db.engines import backend_of, connect_file
from db.engines.file_copies import OnCopyProgress
from db.engines.files import flush
from db.engines.index_rows import CountryRow, PinRow
from db.engines.readers import DatabaseReader
from db.engines.text_rows import text_row_of
from db.errors import DatabaseDamaged
from db.migrations import upgrade
from db.private_files import create_private
from db.upkeep.copied_tables import Copied, CopiedTable, copied_tables

T = TypeVar("T")
Item = TypeVar("Item")
OnGroup = Callable[[Connection, CopiedTable, Copied], None]
"""Called within the transaction that has put in a group of rows."""
_PLACE_COLUMNS = 6  # of a row of `place`, which the bounds of its event follow


class Target(NamedTuple):
    """Where rows are copied to: `begin` opens a transaction for a group of rows, `on_group` remembers it there."""

    begin: Callable[[], AbstractContextManager[Connection]]
    on_group: OnGroup = lambda connection, table, copied: None


def copy_rows(
    source: DatabaseReader,
    target: Target,
    on_progress: OnCopyProgress,
    before: Mapping[str, Copied] | None = None,
) -> dict[str, Copied]:
    """Copy the rows that follow those copied `before`, and return what is copied of each table.

    The caller holds a snapshot of the source. The target has the same schema without these rows.
    """
    copied = {table.name: (before or {}).get(table.name, Copied()) for table in copied_tables()}
    total = sum(table.count(source) for table in copied_tables())
    done = sum(part.rows for part in copied.values())
    # While the target stores a group, a thread reads the next one and splits its texts into words.
    with closing(ahead(_row_groups(source, copied))) as groups:
        for group in groups:
            with target.begin() as connection:
                # First the mark: it shows whether another process has copied these rows.
                target.on_group(connection, group.table, group.copied)
                _put(connection, group)
            copied[group.table.name] = group.copied
            done += len(group.rows)
            on_progress(done, total)
    return copied


class _RowGroup(NamedTuple):
    """Rows of a table, what is copied of it with them, and the words of their events."""

    table: CopiedTable
    rows: Sequence[tuple[Any, ...]]
    copied: Copied
    texts: Sequence[tuple[Any, ...]]


def _row_groups(source: DatabaseReader, before: Mapping[str, Copied]) -> Iterator[_RowGroup]:
    """Yield the rows that follow those copied `before`."""
    copied_before = dict(before)
    for table in copied_tables():
        copied = copied_before[table.name]
        for rows in table.groups(source.stream(*table.query(copied.last))):
            copied = copied.followed_by(table, rows)
            texts = [(pk, *text_row_of(feature)) for pk, feature in rows] if table.name == "encoded" else []
            yield _RowGroup(table, rows, copied, texts)


def ahead(items: Iterator[Item]) -> Generator[Item]:
    """Yield items of which a thread makes the next one meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item


def _put(connection: Connection, group: _RowGroup) -> None:
    """Insert rows of a table, and what the search indexes have of them."""
    backend, table = backend_of(connection), group.table
    backend.expect_many_writes(connection)
    rows, pins = group.rows, []
    if table.name == "place":
        pins = [PinRow(row[0], row[3], row[4], (row[-2], row[-1])) for row in rows]
        rows = [row[:_PLACE_COLUMNS] for row in rows]
    if table.name == "place_country":
        countries = [CountryRow(country, place, (first, last)) for country, place, first, last in rows]
        backend.put_countries(connection, countries)
        return
    backend.put_rows(connection, table.name, table.columns, rows)
    if pins or group.texts:
        backend.put_search_rows(connection, group.texts, pins)


def clear_rows(connection: Connection, tables: Sequence[CopiedTable]) -> None:
    """Delete all rows of some tables."""
    backend = backend_of(connection)
    for table in reversed(tables):
        backend.run(connection, f"DELETE FROM {table.name}")


def verify(
    reader: DatabaseReader, copied: Mapping[str, Copied], name: object, on_progress: OnCopyProgress
) -> None:
    """Raise DatabaseDamaged unless the rows of a copy have the counts and checksums of those of its source."""
    total = sum(part.rows for part in copied.values())
    done = 0
    with reader.snapshot():
        for table in copied_tables():
            present = Copied()
            for group in table.groups(reader.stream(*table.query())):
                present = present.followed_by(table, group)
                done += len(group)
                on_progress(min(done, total), total)
            if present != copied[table.name]:
                raise DatabaseDamaged(
                    f"the copy in {name} is not like its source: {table.name} has {present.rows:,} rows with the"
                    f" checksum {present.checksum[:8]}; expected {copied[table.name].rows:,} with"
                    f" {copied[table.name].checksum[:8]}"
                )


def verify_search(counts: tuple[int, int], copied: Mapping[str, Copied], name: object) -> None:
    """Raise DatabaseDamaged unless every event has a row of full text, and every place a pin in the index."""
    texts, pins = counts
    events, places = copied["encoded"].rows, copied["place"].rows
    if (texts, pins) != (events, places):
        raise DatabaseDamaged(
            f"the copy in {name} has {texts:,} rows of full text and {pins:,} pins; expected {events:,} and {places:,}"
        )


def write_file(reader: DatabaseReader, target: Path, on_progress: OnCopyProgress) -> None:
    """Copy one snapshot of a database into a new SQLite file, verify the rows, and wait until the disk has it."""
    create_private(target)
    engine = connect_file(target)
    backend = backend_of(engine)
    try:
        with backend.guarded(engine):
            backend.prepare(engine, log=False)
            upgrade.upgrade(engine)
        fill(engine, reader, on_progress)
    finally:
        engine.dispose()
    flush(target)


def fill(engine: Engine, source: DatabaseReader, on_progress: OnCopyProgress) -> None:
    """Copy one snapshot into a database without events, in one transaction, and verify the rows."""
    backend = backend_of(engine)
    with source.snapshot(), backend.write_transaction(engine, durable=True) as connection:
        clear_rows(connection, copied_tables())
        statements = backend.drop_indexes(connection)
        copied = copy_rows(source, Target(lambda: nullcontext(connection)), on_progress)
        for statement in statements:
            backend.run(connection, statement)
    backend.finish_load(engine)
    with closing(backend.open_reader(engine)) as reader:
        verify(reader, copied, engine.url.database, on_progress)


def replace_rows(
    engine: Engine, copy: Path, merge: Callable[[DatabaseReader], T], on_progress: OnCopyProgress
) -> T:
    """Replace all rows by those of a verified SQLite file in one transaction; readers see the old ones until its end.

    Call `merge` as soon as nobody else can write, with a reader of the old data; it may still change the file. Return
    its result.
    """
    backend = backend_of(engine)
    upgrade.check(engine)
    with backend.write_transaction(engine, durable=True) as connection:
        backend.expect_pauses(connection)
        with closing(backend.open_reader(engine)) as live:
            result = merge(live)
        backend.clear_search(connection)
        clear_rows(connection, copied_tables())
        with closing(open_file(copy)) as source, source.snapshot():
            copy_rows(source, Target(lambda: nullcontext(connection)), on_progress)
    backend.finish_load(engine)
    return result


def open_file(file: Path) -> DatabaseReader:
    """Open a backup for reading."""
    engine = connect_file(file)
    return backend_of(engine).open_reader(engine)
