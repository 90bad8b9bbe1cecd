"""`timeline backup` and `timeline restore`: write a verified copy of the database, and put it back."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import counted, load_settings, progress_bar

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from db.upkeep.copy import Contents
    from db.upkeep.restore import Live, Restored

MAX_IDS_PRINTED = 10


@click.command(
    epilog="""\b
Examples:
  timeline backup events-2026-11-25.db
  timeline backup --force /srv/backups/events.db

The backup is one SQLite file with the database as it was at one moment, also of a database in PostgreSQL. The server
may keep running. The file appears under its name only when it is complete and verified: every page and reference is
checked, and every event has a readable Feature and a row in the full-text index. It contains drafts, history and
digests of keys: protect it like the database."""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def backup(file: Path, force: bool) -> None:
    """Copy the database to FILE, and verify the copy."""
    from db.upkeep import backup as upkeep

    with progress_bar("Backing up") as on_progress:
        contents = upkeep.backup(_engine(), file, on_progress, force=force)
    click.echo(f"{file}: {_described(contents)}; verified")


@click.command(
    epilog="""\b
Examples:
  timeline restore events-2026-11-25.db
  timeline restore --yes events-2026-11-25.db
  timeline restore --yes --no-keep events-2026-11-25.db

FILE is verified first; a backup of an older version is upgraded. The server may keep running: readers see the previous
database until the restored one is complete. A copy of the previous database is kept in the same folder, for PostgreSQL
as a SQLite file in the folder of FILE.

A restore never undoes a purge or a revocation: events purged since the backup are purged from it before it is used, and
keys stay as they are now. Browsers, caches and clients load all events again, and copies fed by /changes start from the
beginning."""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--yes", is_flag=True, help="Replace a database that has events without asking.")
@click.option(
    "--keep/--no-keep", default=True, show_default=True, help="Keep a copy of the previous database."
)
def restore(file: Path, yes: bool, keep: bool) -> None:
    """Replace the database with the backup FILE.

    A copy of the previous database is kept.
    """
    from db.upkeep import restore as upkeep

    engine = _engine()
    database = engine.url.database
    live = upkeep.look(engine)
    if not yes and live.events != 0:
        _confirm(database, live)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    previous = upkeep.previous_path(engine, file, stamp) if keep else None
    with progress_bar("Restoring") as on_progress:
        _report(file, database, upkeep.restore(engine, file, previous, on_progress), live)


def _engine() -> "Engine":
    """Return the engine of the database in the settings."""
    from db.engines import connect

    settings = load_settings()
    return connect(settings.database_address, settings.read_timeout)


def _confirm(database: str | None, live: "Live") -> None:
    content = "cannot be read" if live.events is None else f"has {counted(live.events, 'event')}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"the database {database} {content}; pass --yes to replace it")
    click.confirm(f"The database {database} {content}. Replace it?", abort=True)


def _report(file: Path, database: str | None, restored: "Restored", live: "Live") -> None:
    merged = restored.merged
    click.echo(f"{database}: restored from {file}: {_described(restored.contents)}; verified")
    if merged.purged:
        click.echo(f"Purged again, because they were purged after the backup: {_listed(merged.purged)}")
    if merged.public_again:
        click.echo(
            f"Public again, although deleted or retracted after the backup: {_listed(merged.public_again)}"
        )
    if merged.lost:
        click.echo(f"Lost, because they were created after the backup: {counted(merged.lost, 'event')}")
    if merged.revoked_keys:
        click.echo(f"Still revoked: {counted(merged.revoked_keys, 'key')}")
    if live.exists and merged.unread:
        click.echo(
            "warning: the previous database could not be read completely. Repeat the purges and the revocations of keys"
            " since the backup, and restart the servers",
            err=True,
        )
    if restored.previous:
        click.echo(f"The previous database is kept in {restored.previous}; later purges do not reach it")


def _described(contents: "Contents") -> str:
    """Return what a database contains, in one line."""
    from db.dates.calendar import iso_time

    return (
        f"{counted(contents.events, 'event')} ({contents.published:,} published),"
        f" {counted(contents.changes, 'entry', 'entries')} of history, {counted(contents.keys, 'key')} in use,"
        f" last changed {iso_time(contents.newest)}, version {contents.version}, {contents.bytes / 1e6:,.1f} MB"
    )


def _listed(ids: list[str]) -> str:
    remainder = f" and {len(ids) - MAX_IDS_PRINTED:,} more" if len(ids) > MAX_IDS_PRINTED else ""
    return ", ".join(ids[:MAX_IDS_PRINTED]) + remainder
