"""`timeline backup` and `timeline restore`: a verified copy of the database, and the way back."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import bar, settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from db.upkeep.copy import Contents
    from db.upkeep.restore import Live, Restored

_FEW = 10  # ids that are listed; the rest is counted


@click.command(
    epilog="""\b
Examples:
  timeline backup events-2026-11-25.db
  timeline backup --force /srv/backups/events.db

The backup is the database as of one moment, whoever reads or writes meanwhile, in one file that any SQLite opens. It
appears under its name only when it is whole and verified: every page and reference, as many Features and rows of full
text as events, every Feature readable. It holds drafts, history and digests of keys as well: keep it as you keep the
database."""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, force: bool) -> None:
    """Copy the database into FILE while it is served, verify the copy, and tell what is in it."""
    from db.upkeep.backup import backup as made

    with bar("Backing up") as tick:
        contents = made(_database()[0], file, tick, force=force)
    click.echo(f"{file}: {_told(contents)}; verified")


@click.command(
    epilog="""\b
Examples:
  timeline restore events-2026-11-25.db
  timeline restore --yes events-2026-11-25.db
  timeline restore --yes --no-keep events-2026-11-25.db

FILE is verified first; one of an older version is brought to this one on the way. Servers may go on: their readers see
the database of before until the whole of the other one is there. The database of before is kept beside it.

Time only goes on: who was purged since the backup is purged from it before it goes live; keys stay as they are now, so
that a revoked one opens nothing; nothing that a browser, cache or tool remembers fits any more, and copies that are fed
by /changes begin anew."""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--yes", is_flag=True, help="Replace a database that holds events without asking.")
@click.option(
    "--keep/--no-keep", default=True, show_default=True, help="Keep the database of before in a file."
)
def restore(file: Path, yes: bool, keep: bool) -> None:
    """Put the backup FILE in the place of the database, and keep the one of before."""
    from db.upkeep.restore import look
    from db.upkeep.restore import restore as done

    engine, database = _database()
    live = look(engine)
    if not yes and live.events != 0:
        _ask(database, live)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    kept = database.with_name(f"{database.stem}.before-{stamp}{database.suffix}") if keep else None
    with bar("Restoring") as tick:
        _report(file, database, done(engine, file, kept, tick), live)


def _database() -> tuple["Engine", Path]:
    """Return the engine of the database in the settings, and its file; raise StoreUnavailable if it has none."""
    from db.engines import backend_of, connect
    from db.errors import StoreUnavailable

    chosen = settings()
    engine = connect(chosen.database_url, chosen.read_timeout)
    file = backend_of(engine).database_file(engine)
    if file is None:
        raise StoreUnavailable(f"{chosen.database_url} is in memory; there is no file")
    return engine, file


def _ask(database: Path, live: "Live") -> None:
    what = "cannot be read" if live.events is None else f"holds {_count(live.events, 'event')}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"the database {database} {what}; say --yes to replace it")
    click.confirm(f"The database {database} {what}. Replace it?", abort=True)


def _report(file: Path, database: Path, done: "Restored", live: "Live") -> None:
    carried = done.merged
    click.echo(f"{database}: restored from {file}: {_told(done.contents)}; verified")
    if carried.purged:
        click.echo(f"Purged again, as they were since: {_some(carried.purged)}")
    if carried.back:
        click.echo(f"Seen again, though deleted or retracted since: {_some(carried.back)}")
    if carried.newer:
        click.echo(f"Gone, since they came after the backup: {_count(carried.newer, 'event')}")
    if carried.locked_out:
        click.echo(f"Still revoked: {_count(carried.locked_out, 'key')}")
    if live.exists and carried.unread:
        click.echo(
            "warning: the database of before could not be read to its end: purge again who was purged since the"
            " backup, revoke again which keys were revoked, and restart the servers",
            err=True,
        )
    if done.previous:
        click.echo(f"The database of before is kept in {done.previous}; no later purge reaches it")


def _told(contents: "Contents") -> str:
    from db.dates.calendar import iso_time

    return (
        f"{_count(contents.events, 'event')} ({contents.published:,} published),"
        f" {_count(contents.changes, 'entry', 'entries')} of history, {_count(contents.keys, 'key')} in use,"
        f" last changed {iso_time(contents.newest)}, version {contents.version}, {contents.bytes / 1e6:,.1f} MB"
    )


def _some(ids: list[str]) -> str:
    more = f" and {len(ids) - _FEW:,} more" if len(ids) > _FEW else ""
    return ", ".join(ids[:_FEW]) + more


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
