"""`timeline export`: the matching events to standard output."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import load_settings, open_store

if TYPE_CHECKING:
    from db.query.filter import Filter
    from db.store import Store


class ExportCommand(click.Command):
    """A command with a format of the writers' registry, and an option for every parameter of the one filter."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from timeline.api.params.tables import FILTER
        from timeline.writers.registry import NAMES

        options: list[click.Parameter] = [
            click.Option(
                [f"--{parameter.name}", parameter.name.replace("-", "_")],
                metavar="VALUE",
                help=f"{parameter.meaning.rstrip('.')}; such as {parameter.example}",
            )
            for parameter in FILTER
        ]
        return [
            click.Argument(["format_"], type=click.Choice(NAMES)),
            *options,
            *self.params,
            *super().get_params(ctx)[len(self.params) :],
        ]


@click.command(
    cls=ExportCommand,
    epilog="""\b
Examples:
  timeline export geojson > events.geojson
  timeline export csv --q cocaine > cocaine.csv
  timeline export geojson --country NL,BE --datetime 2020/2023 --undated exclude""",
)
def export(format_: str, **options: str | None) -> None:
    """Write the published events that match in a format to standard output."""
    from timeline.writers.registry import writer_named
    from timeline.writers.writer import About

    settings = load_settings()
    events = open_store(settings)
    filter_ = _read_filter(
        {name.replace("_", "-"): value for name, value in options.items() if value is not None}, events
    )
    about = About(title=settings.title, base=settings.base_url or "")
    output = sys.stdout.buffer
    for chunk in writer_named(format_).write(events.snapshot(filter_)[1], about):
        output.write(chunk)
    output.flush()
    events.close()


def _read_filter(values: Mapping[str, str], events: "Store") -> "Filter":
    """Return the filter of the options; a value that cannot be read is a wrong use of the command (exit 2)."""
    from db.errors import BadFilter
    from timeline.api.params.reading import check_categories, parse_filter
    from timeline.errors import BadParameter

    try:
        return check_categories(parse_filter(values), events.categories())
    except BadParameter as error:
        example = f"; for example {error.example}" if error.example else ""
        raise click.BadParameter(f"{error}{example}", param_hint=f"--{error.name}") from None
    except BadFilter as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.name}") from None
