"""Backups: a verified copy of the database as of one moment, which appears under its name only when it is whole."""

import shutil
from contextlib import closing
from pathlib import Path

from db.errors import StoreUnavailable
from db.migrations.upgrade import versions
from db.upkeep.copy import Contents, Tick, examine, flush, reader, scratch, take, version
from db.upkeep.leftovers import SIDES


def backup(database: Path, file: Path, tick: Tick, *, force: bool = False) -> Contents:
    """Copy a database into a file while others read and write it, verify the copy, and tell what is in it.

    Raises StoreUnavailable for a file that is there already (unless `force`), or cannot be written.
    """
    check_target(database, file, force=force)
    with scratch(file) as part, closing(reader(database)) as source:
        found = version(source, database)
        take(source, part, tick)
        shutil.copymode(database, part)
        contents = _verified(part, file, found, tick)
        check_target(database, file, force=force)
        part.replace(file)
    flush(file)
    return contents


def check_target(database: Path, file: Path, *, force: bool) -> None:
    """Raise StoreUnavailable unless a backup may be written there."""
    if file.resolve() in [database.resolve().with_name(database.resolve().name + side) for side in SIDES]:
        raise StoreUnavailable(f"{file} is the database itself; choose another name for the backup")
    if file.is_dir():
        raise StoreUnavailable(f"{file} is a folder; expected a file")
    if not file.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {file.parent}")
    if file.exists() and not force:
        raise StoreUnavailable(f"{file} is there already; choose another name, or --force to replace it")


def _verified(part: Path, file: Path, found: str, tick: Tick) -> Contents:
    """Verify the copy itself; one of an older version by a second copy, which is brought to this version."""
    if found == versions()[0]:
        return examine(part, file, tick)
    second = part.with_name(f"{part.name}2")
    shutil.copyfile(part, second)
    return examine(second, file, tick)
