"""`timeline purge`: remove the text of events for good."""

from typing import TYPE_CHECKING

import click

from timeline.commands.shared import counted, load_settings, open_store

if TYPE_CHECKING:
    from db.upkeep.purge import Purged


@click.command(
    epilog="""\b
Examples:
  timeline purge jansen-arrest --why "Request of 12 May, granted"
  timeline purge raid-1 raid-2 --why "Court order 4/2026"

Removed: the event of any status (also a deleted or retracted one), its Feature, its places and the choices made for
them, the values in its history, its words in the full-text index, reports and rejected rows of imports over HTTP, the
free pages of the database file and the write-ahead log. Not removed: its id (with any name in it), and the time and
reason of the purge. Requests for the event receive 410 Gone, and no import creates it again. The server may keep
running: readers are not interrupted, writers wait until the purge has ended.

With PostgreSQL all tables and indexes are rebuilt, one after the other, and readers of a table wait meanwhile. Its
files cannot be searched, so nothing is verified. Not reached there: the server's write-ahead log and its archive until
they have expired, replicas until they have replayed the purge, base backups and snapshots, the server's own log, and
free blocks of its disks.

Not reached: backups, uploads on other machines, copies made elsewhere (exports, copies fed by /changes, caches,
search engines), the files that the event was imported from, their FILE.rejected.csv, and other events that mention
it."""
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option(
    "--why",
    required=True,
    help="The reason, stored in the history: do not quote the event.",
)
@click.option(
    "--wait",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Seconds to wait for readers that use the write-ahead log, such as a long export.",
)
def purge(ids: tuple[str, ...], why: str, wait: float) -> None:
    """Remove the text of events for good, and verify that.

    The text of the events ID… is removed from the history and from all files of the database.
    """
    from db.events.draft import COMMAND_LINE, Author
    from timeline.imports.job_folders import ImportFolders

    if not why.strip():
        raise click.BadParameter(
            "is empty; expected a reason, such as 'Court order 4/2026'", param_hint="--why"
        )
    settings = load_settings()
    store = open_store(settings)
    purged = store.desk.purge(ids, Author(COMMAND_LINE.name, why.strip()), wait)
    ImportFolders(settings, store).remove_files()
    store.close()
    _report(purged)


def _report(purged: "Purged") -> None:
    erased = purged.erased
    for id_ in erased.ids:
        click.echo(f"{id_}: purged; the id stays, and no import creates the event again")
    for id_, day in erased.purged_before.items():
        click.echo(f"{id_}: already purged on {day}; its words are gone and cannot be searched for again")
    for slug in erased.categories:
        click.echo(f"The category {slug!r} has no more events; its label stays in the vocabulary")
    if erased.reports:
        click.echo(
            f"Removed {counted(erased.reports, 'report')} of finished imports, which may have quoted the events"
        )
    if erased.running:
        click.echo(
            "warning: a running import may quote the events in its report; run this command again when it has finished",
            err=True,
        )
    if not purged.rebuilt:
        raise click.ClickException(_complaint(purged))
    if purged.unreached:
        click.echo(
            "Rebuilt all tables and indexes without the events. Not verified, because nobody can search the files of a"
            " PostgreSQL server. The text may still be in:"
        )
        for place in purged.unreached:
            click.echo(f"  {place}")
    elif purged.searched:
        click.echo(
            f"Verified: none of {counted(purged.searched, 'word or phrase', 'words and phrases')} of only these events"
            f" is left in {', '.join(purged.files)}"
        )
    elif purged.files:
        click.echo(
            f"Rebuilt {purged.files[0]} without free pages and emptied its log; there were no words to search for"
        )
    click.echo("Not reached: backups, copies made elsewhere, the imported files and FILE.rejected.csv")


def _complaint(purged: "Purged") -> str:
    """Return what is left and how to finish."""
    advice = "the server no longer sends the events; run the same command again to finish"
    if purged.rebuild_error:
        return f"the files could not be rebuilt and still contain the text: {purged.rebuild_error}; {advice}"
    files = ", ".join(f"{name} ({counted(number, 'word')})" for name, number in purged.remaining.items())
    finding = (
        f"the text is still in {files}"
        if files
        else "the log could not be emptied and may still contain the text"
    )
    if purged.pinned:
        return f"a reader, such as a long export, uses the write-ahead log: {finding}; {advice} once it has ended"
    return f"{finding}; {advice}"
