"""The commands: one module a group of them. Heavy imports stand inside them: --help is quick."""

import click

from timeline.commands.backup import backup, restore
from timeline.commands.export import export
from timeline.commands.geocode import gazetteer, geocode
from timeline.commands.import_ import load, seed
from timeline.commands.keys import keys
from timeline.commands.purge import purge
from timeline.commands.review import review
from timeline.commands.serve import demo, migrate, serve
from timeline.commands.shared import KnownErrors, version


@click.group(
    cls=KnownErrors,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Begin with 'timeline demo'. Every command has --help with examples.",
)
@click.version_option(version(), prog_name="timeline")
def cli() -> None:
    """Dateline: dated events on a map. Import them, search them by time and place, serve them as GeoJSON."""


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
    geocode,
    gazetteer,
):
    cli.add_command(_command)
