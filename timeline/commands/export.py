"""`timeline export`: the matching events to standard output."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from timeline.commands.shared import load_settings, open_store

if TYPE_CHECKING:
    from db.query.filter import Filter
    from db.store import Store


class WithFilter(click.Command):
    """A command with an option for every parameter of the one filter, meaning the same as in the API."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from timeline.api.params.tables import FILTER

        options = [
            click.Option(
                [f"--{one.name}", one.name.replace("-", "_")],
                metavar="VALUE",
                help=f"{one.meaning.rstrip('.')}; such as {one.example}",
            )
            for one in FILTER
        ]
        return [*self.params, *options, *super().get_params(ctx)[len(self.params) :]]


@click.command(
    cls=WithFilter,
    epilog="""\b
Examples:
  timeline export geojson > events.geojson
  timeline export csv --q cocaine > cocaine.csv
  timeline export geojson --country NL,BE --datetime 2020/2023 --undated exclude""",
)
@click.argument("format_", type=click.Choice(["csv", "geojson", "geojsonl"]), metavar="FORMAT")
def export(format_: str, **given: str | None) -> None:
    """Write the published events that match as FORMAT (csv, geojson, geojsonl) to standard output."""
    opened = open_store(load_settings())
    filter_ = _understood(
        {name.replace("_", "-"): value for name, value in given.items() if value is not None}, opened
    )
    output = sys.stdout.buffer
    for chunk in _written(format_, opened.snapshot(filter_)[1]):
        output.write(chunk)
    output.flush()
    opened.close()


def _written(format_: str, features: Iterator[bytes]) -> Iterator[bytes]:
    from timeline.writers.csv import lines, table

    if format_ == "csv":
        yield from table(features)
    elif format_ == "geojsonl":
        yield from lines(features)
    else:
        yield b'{"type":"FeatureCollection","features":['
        for number, feature in enumerate(features):
            yield (b",\n" if number else b"\n") + feature
        yield b"\n]}\n"


def _understood(values: Mapping[str, str], opened: "Store") -> "Filter":
    """Parse the filter; a value that means nothing is a wrong use of the command (exit 2)."""
    from db.errors import BadFilter
    from timeline.api.params.tables import check_categories, parse_filter
    from timeline.errors import BadParameter

    try:
        return check_categories(parse_filter(values), opened.categories())
    except BadParameter as error:
        example = f"; for example {error.example}" if error.example else ""
        raise click.BadParameter(f"{error}{example}", param_hint=f"--{error.name}") from None
    except BadFilter as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.name}") from None
