"""`timeline copy`: copy a whole database into another one, also of another product."""

import time
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import counted, load_settings, progress_bar

if TYPE_CHECKING:
    from db.upkeep.database_copy import DatabaseCopy


@click.command(
    epilog="""\b
Examples:
  timeline copy --from sqlite:///timeline.db --to postgresql://dateline@db.example.org/events
  timeline copy --from postgresql://dateline@db.example.org/events --to sqlite:////srv/events.db

Everything is copied, as of one moment: events of every status, history, the feed of changes, keys, places that editors
chose, stored answers and reports of imports that have ended. Revisions, numbers and the data version stay the same, so
ETags, tokens of /changes and keys are valid at both. Stop the servers of the source first: what they write after the
copy has begun is not in it.

The target must be empty. For PostgreSQL, create it with 'createdb --encoding UTF8 --template template0 events'; it
needs the extension PostGIS. Until the copy is complete and verified, no server and no command uses the target. When the
copy is interrupted, run the same command again: it goes on where it stopped, or begins again if the source has changed
since.

Verified are the number of rows of every table and a checksum of all their values, which the same code computes from the
source and from the target, and the number of rows in the search indexes. The password of an address may be in the file
of TIMELINE_DATABASE_PASSWORD_FILE."""
)
@click.option("--from", "source_url", required=True, metavar="URL", help="Address of the database to copy.")
@click.option("--to", "target_url", required=True, metavar="URL", help="Address of the database to create.")
@click.option("--force", is_flag=True, help="Delete all data of a Dateline database at the target first.")
def copy(source_url: str, target_url: str, force: bool) -> None:
    """Copy a database into another one, such as from SQLite to PostgreSQL."""
    from db.engines import backend_of, connect
    from db.upkeep.database_copy import copy_database, name_of

    settings = load_settings()
    source, target = (
        connect(settings.with_password(url), settings.read_timeout) for url in (source_url, target_url)
    )
    begun = time.monotonic()
    try:
        done = copy_database(source, target, lambda label: progress_bar(label, "rows"), force=force)
    except KeyboardInterrupt:
        raise click.ClickException("interrupted; run the same command again to go on") from None
    finally:
        for engine in (source, target):
            backend_of(engine).close(engine)
    _report(name_of(source), name_of(target), done, time.monotonic() - begun)


def _report(source: str, target: str, done: "DatabaseCopy", seconds: float) -> None:
    if done.begun_again:
        click.echo(f"Began again, because {done.begun_again}")
    if done.resumed:
        click.echo(f"Went on after {counted(done.resumed, 'row')} of an earlier run")
    events, total = done.rows["event"], sum(done.rows.values())
    click.echo(
        f"{target}: {counted(events, 'event')} copied from {source}, {counted(total, 'row')} in all, in"
        f" {seconds:,.0f} s; counts and checksums of {len(done.rows)} tables verified"
    )
    if done.source_changed:
        click.echo(
            "warning: the source was written to after the copy had begun; stop its servers and copy again with --force",
            err=True,
        )
