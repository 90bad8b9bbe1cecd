"""Restore: a verified copy takes the place of the live database, in one transaction, while others read it."""

from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from db.engines import backend_of, connect_file
from db.engines.file_copies import OnCopyProgress
from db.engines.files import flush, scratch
from db.engines.readers import DatabaseReader
from db.errors import DatabaseDamaged, StoreUnavailable
from db.migrations.upgrade import upgrade
from db.upkeep.backup import check_target, write_copy
from db.upkeep.copy import Contents, examine, schema_version
from db.upkeep.restore_merge import Merged, merge_live, merge_without_live
from db.upkeep.transfer import fill, open_file, replace_rows


class Live(NamedTuple):
    """What exists where a backup is to be restored; `events` is None for a database that cannot be read."""

    exists: bool
    events: int | None = 0


class Restored(NamedTuple):
    """What was restored, what was kept of the live database, and the file with the previous database, if any."""

    contents: Contents
    merged: Merged
    previous: Path | None


def look(engine: Engine) -> Live:
    """Return what exists there; raise StoreUnavailable for another program's database, or a newer one."""
    backend = backend_of(engine)
    if not backend.has_data(engine):
        return Live(False)
    try:
        with closing(backend.open_reader(engine)) as live:
            schema_version(live, engine.url.database)
            ((events,),) = live.rows("SELECT count(*) FROM event")
            return Live(True, int(events))
    except DatabaseDamaged:
        return Live(True, None)


def previous_path(engine: Engine, file: Path, stamp: str) -> Path:
    """Return where to keep the previous database: next to it, or to the backup `file`, with `stamp` in its name."""
    database = backend_of(engine).database_file(engine) or file.with_name(f"{engine.url.database}.db")
    return database.with_name(f"{database.stem}.before-{stamp}{database.suffix}")


def restore(engine: Engine, file: Path, keep: Path | None, on_progress: OnCopyProgress) -> Restored:
    """Replace the database with a backup; `keep` is where the previous database is copied first.

    Raises StoreUnavailable, in one line, for a file that is not a sound backup; then nothing has changed.
    """
    backend = backend_of(engine)
    database = backend.database_file(engine)
    if database:
        _check_paths(database, file)
    live = look(engine)
    keep = keep if live.exists else None
    if keep:
        check_target(engine, keep, force=False)
    with scratch(database or file) as copy:
        source = connect_file(file)
        with closing(backend_of(source).open_reader(source)) as reader:
            schema_version(reader, file)
            write_copy(source, reader, copy, on_progress)
        contents = examine(copy, file, on_progress)
        if live.events is not None and live.exists:
            merged = _replace(engine, copy, keep, on_progress)
        else:
            merged = merge_without_live(copy)
            _put_in_place(engine, copy, keep, on_progress)
    return Restored(contents, merged, keep)


def _check_paths(database: Path, file: Path) -> None:
    if database.exists() and file.exists() and database.samefile(file):
        raise StoreUnavailable(f"{file} is the database itself; expected a backup of it")
    if not database.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {database.parent}")


def _replace(engine: Engine, copy: Path, keep: Path | None, on_progress: OnCopyProgress) -> Merged:
    """Replace the live data while others read them. The old data are copied and merged once nobody else can write."""

    def merge(live: DatabaseReader) -> Merged:
        if keep:
            _keep(engine, live, keep)
        try:
            return merge_live(live, copy)
        except DatabaseDamaged:
            # A damaged database is a reason to restore.
            return merge_without_live(copy)

    file_copies = backend_of(engine).FILE_COPIES
    replace = file_copies.replace_data if file_copies else replace_rows
    return replace(engine, copy, merge, on_progress)


def _put_in_place(engine: Engine, copy: Path, keep: Path | None, on_progress: OnCopyProgress) -> None:
    """Put a verified copy where no database can be read."""
    file_copies = backend_of(engine).FILE_COPIES
    if file_copies:
        file_copies.put_in_place(engine, copy, keep)
        return
    upgrade(engine)
    with closing(open_file(copy)) as source:
        fill(engine, source, on_progress)


def _keep(engine: Engine, live: DatabaseReader, keep: Path) -> None:
    with scratch(keep) as part:
        write_copy(engine, live, part, lambda done, total: None)
        part.replace(keep)
    flush(keep)
