"""`timeline export`: the matching events to standard output."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import load_settings, open_store

if TYPE_CHECKING:
    from db.query.filter import Filter
    from db.store import Store
    from timeline.writers.writer import Dialect


class ExportCommand(click.Command):
    """A command with a format of the writers' registry, and an option for every parameter of the one filter."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from timeline.api.params.tables import FILTER
        from timeline.writers.registry import NAMES

        options: list[click.Parameter] = [
            click.Option(
                [*_flags(parameter.name), _argument(parameter.name)],
                metavar="VALUE",
                help=f"{parameter.meaning.rstrip('.')}; such as {parameter.example}",
            )
            for parameter in FILTER
        ]
        return [
            click.Argument(["format_"], type=click.Choice(NAMES), metavar="FORMAT"),
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
  timeline export csv --dialect excel > for-excel.csv
  timeline export geojson --country NL,BE --datetime 2020/2023 --undated exclude""",
)
@click.option(
    "--dialect",
    type=click.Choice(["standard", "excel"]),
    default="standard",
    help="of CSV; excel: a byte order mark and semicolons",
)
def export(format_: str, dialect: "Dialect", **options: str | None) -> None:
    """Write the published events that match in a format to standard output."""
    if dialect != "standard" and format_ != "csv":
        raise click.BadParameter(
            "is for csv, such as: timeline export csv --dialect excel", param_hint="--dialect"
        )
    from timeline.writers.registry import writer_named
    from timeline.writers.writer import About

    settings = load_settings()
    events = open_store(settings)
    filter_ = _read_filter(filter_values(options), events)
    about = About(title=settings.title, base=settings.base_url or "", dialect=dialect)
    output = sys.stdout.buffer
    for chunk in writer_named(format_).write(events.snapshot(filter_)[1], about):
        output.write(chunk)
    output.flush()
    events.close()


def _flags(name: str) -> list[str]:
    """Return the option of a parameter, as the API spells it and with hyphens, as on the command line."""
    return list(dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}")))


def _argument(name: str) -> str:
    return name.replace("-", "_")


def filter_values(options: Mapping[str, str | None]) -> dict[str, str]:
    """Return the values of the given options by the names that the API uses."""
    from timeline.api.params.tables import FILTER

    values = {parameter.name: options.get(_argument(parameter.name)) for parameter in FILTER}
    return {name: value for name, value in values.items() if value is not None}


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
