"""`timeline purge`: an event's text, removed for good."""

from typing import TYPE_CHECKING

import click

from timeline.commands.shared import settings, store

if TYPE_CHECKING:
    from db.upkeep.purge import Purged


@click.command(
    epilog="""\b
Examples:
  timeline purge jansen-arrest --why "Request of 12 May, granted"
  timeline purge raid-1 raid-2 --why "Court order 4/2026"

What goes: the event (of any status; also one that was deleted or retracted before), its Feature, places, choices made
for them, the values in its history, its words in the full text, reports and rejected rows of imports over HTTP, free
pages of the file and the write-ahead log. What stays: its id, when and why it was purged, and that readers are told it
is gone (410). No import brings it back. It works while Dateline serves; those who write wait meanwhile, those who read
do not.

It cannot reach backups, copies made elsewhere (exports, copies fed by /changes, caches, search engines), the files that
the event came from, FILE.rejected.csv beside them, and what other events say of it. The id itself stays: if a name
stands in it, so does that name."""
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option(
    "--why",
    required=True,
    help="The reason, which history keeps: do not quote the event.",
)
@click.option(
    "--wait",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Seconds to wait for readers that hold the write-ahead log, such as a long export.",
)
def purge(ids: tuple[str, ...], why: str, wait: float) -> None:
    """Remove the text of the events ID… for good, from history and every file of the database, and verify it."""
    from db.events.draft import COMMAND_LINE, Author
    from timeline.imports import background

    if not why.strip():
        raise click.BadParameter("expected a reason", param_hint="--why")
    opened = store(settings())
    done = opened.desk.purge(ids, Author(COMMAND_LINE.name, why.strip()), wait)
    background.remove_files(opened)
    opened.close()
    _tell(done)


def _tell(done: "Purged") -> None:
    erased = done.erased
    for id_ in erased.ids:
        click.echo(f"{id_}: purged; its id stays, and no import brings it back")
    for id_, day in erased.before.items():
        click.echo(f"{id_}: was purged on {day} already; its words are not known any more")
    for slug in erased.categories:
        click.echo(f"The category {slug!r} has no event left; its label stays in the vocabulary")
    if erased.reports:
        click.echo(
            f"Removed {_count(erased.reports, 'report')} of finished imports, which may have quoted it"
        )
    if erased.running:
        click.echo(
            "warning: an import is running whose report may quote it; purge again when it is done", err=True
        )
    if not done.complete:
        raise click.ClickException(_complaint(done))
    if done.sought:
        click.echo(
            f"Verified: none of {_count(done.sought, 'word and phrase', 'words and phrases')} that only it had"
            f" is left in {', '.join(done.files)}"
        )
    elif done.files:
        click.echo(
            f"Rebuilt {done.files[0]} without free pages, and emptied its log; there was no word to look for"
        )
    click.echo("Not reached: backups, copies made elsewhere, the files it came from and FILE.rejected.csv")


def _complaint(done: "Purged") -> str:
    """Say what is still there, and that the same command goes on with it."""
    again = "nobody is answered with it any more; run the same command again to finish"
    if done.undone:
        return f"the files could not be rebuilt, and still hold the text: {done.undone}; {again}"
    held = ", ".join(f"{name} ({_count(number, 'word')})" for name, number in done.left.items())
    where = (
        f"the text is still in {held}"
        if held
        else "the log could not be emptied, and may still hold the text"
    )
    if done.pinned:
        return f"a reader holds the write-ahead log, perhaps a long export: {where}; {again} once it is done"
    return f"{where}; {again}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
