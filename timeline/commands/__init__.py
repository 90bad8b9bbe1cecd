"""The command line: one module for each command or group of commands.

The modules import the database, the geocoder and the web framework inside their functions, so that --help is quick.
"""

import click

from timeline.commands.backup import backup, restore
from timeline.commands.copy import copy
from timeline.commands.export import export
from timeline.commands.geocode import gazetteer, geocode
from timeline.commands.import_ import load
from timeline.commands.keys import keys
from timeline.commands.purge import purge
from timeline.commands.review import review
from timeline.commands.seed import seed
from timeline.commands.serve import demo, migrate, serve
from timeline.commands.shared import CommandGroup, version


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Start with 'timeline demo'. Each command has --help with examples.",
)
@click.version_option(version(), prog_name="timeline")
def cli() -> None:
    """Dateline: dated events on a map. Import events, search them by time and place, and serve them as GeoJSON."""


for _command in (
    demo,
    serve,
    migrate,
    seed,
    load,
    export,
    review,
    keys,
    purge,
    backup,
    restore,
    copy,
    geocode,
    gazetteer,
):
    cli.add_command(_command)
