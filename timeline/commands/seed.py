"""`timeline seed`: import the seed events."""

import click

from timeline.commands.import_ import import_files


@click.command(
    epilog="""\b
Example:
  timeline migrate && timeline seed

The database must exist: 'timeline migrate' creates it. A second run changes nothing."""
)
def seed() -> None:
    """Import the seed events of Dateline, published."""
    import_seeds()


def import_seeds() -> None:
    """Import the seed events, published; write nothing if one of them is rejected."""
    from seeds import EVENTS
    from timeline.imports.options import Options

    import_files((EVENTS,), Options(publish=True, all_or_nothing=True))
