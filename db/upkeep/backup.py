"""Backups: a verified copy of the database as of one moment, which appears under its name only when it is complete."""

import shutil
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from db.engines import backend_of
from db.engines.file_copies import OnCopyProgress
from db.engines.files import flush, scratch
from db.engines.readers import DatabaseReader
from db.errors import StoreUnavailable
from db.migrations.upgrade import versions
from db.private_files import create_private, keep_mode
from db.upkeep.copy import Contents, examine, schema_version
from db.upkeep.transfer import write_file


def backup(engine: Engine, file: Path, on_progress: OnCopyProgress, *, force: bool = False) -> Contents:
    """Copy a database into a file while others read and write it, verify the copy, and return what it contains.

    Raises StoreUnavailable for a file that exists (unless `force`) or cannot be written.
    """
    backend = backend_of(engine)
    check_target(engine, file, force=force)
    with scratch(file) as part, closing(backend.open_reader(engine)) as source:
        version = schema_version(source, engine.url.database)
        write_copy(engine, source, part, on_progress)
        keep_mode(file, part)
        contents = _verified(part, file, version, on_progress)
        check_target(engine, file, force=force)
        part.replace(file)
    flush(file)
    return contents


def write_copy(engine: Engine, source: DatabaseReader, target: Path, on_progress: OnCopyProgress) -> None:
    """Copy one snapshot of a database of any product, open in `source`, into a new SQLite file."""
    file_copies = backend_of(engine).FILE_COPIES
    if file_copies:
        file_copies.write_copy(source, target, on_progress)
    else:
        write_file(source, target, on_progress)


def check_target(engine: Engine, file: Path, *, force: bool) -> None:
    """Raise StoreUnavailable unless a backup may be written to `file`."""
    own_files = backend_of(engine).own_files(engine)
    if file.resolve() in [own.resolve() for own in own_files]:
        raise StoreUnavailable(f"{file} is the database itself; choose another name for the backup")
    if file.is_dir():
        raise StoreUnavailable(
            f"{file} is a folder; expected a file, for example {file / 'events-backup.db'}"
        )
    if not file.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {file.parent}")
    if file.exists() and not force:
        raise StoreUnavailable(f"{file} exists already; choose another name, or --force to replace it")


def _verified(part: Path, file: Path, version: str, on_progress: OnCopyProgress) -> Contents:
    """Verify the copy itself; of an older version, verify a second copy, which is upgraded first."""
    if version == versions()[0]:
        return examine(part, file, on_progress)
    second = part.with_name(f"{part.name}2")
    create_private(second)
    shutil.copyfile(part, second)
    return examine(second, file, on_progress)
