"""`timeline import`: import events from files into the database."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.import_report import print_report
from timeline.commands.shared import ShowProgress, load_settings, open_resolver, open_store, progress_bar

if TYPE_CHECKING:
    from timeline.imports.importer import Importer
    from timeline.imports.options import Options
    from timeline.imports.report import Report


def _option(_context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Read an option as HTTP does; raise click.BadParameter if it cannot be used."""
    from timeline.errors import BadParameter
    from timeline.imports.options import read_option

    if value is None:
        return None
    try:
        return read_option(parameter.opts[0].removeprefix("--"), value)
    except BadParameter as error:
        raise click.BadParameter(error.message) from None


class WithFormats(click.Command):
    """A command whose help lists the input formats, from the registry of readers."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from timeline.readers import FORMATS

        with formatter.section("Formats, recognised by suffix and content"):
            formatter.write_dl([(", ".join(row.suffixes), row.name) for row in FORMATS])
        super().format_epilog(ctx, formatter)


@click.command(
    "import",
    cls=WithFormats,
    epilog="""\b
Examples:
  timeline import events.csv --publish
  timeline import deaths.csv --map first_name,last_name=title --set category=death --dry-run
  timeline import incidents.csv --mapping incidents.yaml --dates dmy --country BE --strict
  timeline import a.geojson b.geojson --key date,title --create-categories

Fields: id, title, summary, category, date (or start and end, or earliest and latest), place (or
city, admin1, admin2, country), lat, lon, tags, source_title, source_url, note, verification.

The command finds the column of each field by name and by content, and prints this plan before it writes events. All
other columns are stored in the field data. Rejected rows are written to FILE.rejected.csv with the reason: correct them
there and import that file.""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_option,
    metavar="COLUMN[,COLUMN]=FIELD",
    help="Read a field from this column, or from several columns joined. Repeatable.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    callback=_option,
    metavar="FIELD=VALUE",
    help="Give this value to the rows that have none in the field. Repeatable.",
)
@click.option(
    "--override",
    "overrides",
    multiple=True,
    callback=_option,
    metavar="FIELD=VALUE",
    help="Give this value to every row, whatever the file says. Repeatable.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read these options from a YAML file: map, set, override, key, dates, country, years, first_days, sheet, "
    "each, title, undated, unplaced and fix_encoding.",
)
@click.option(
    "--save-mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write these options to such a file, for the next import.",
)
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="The order of day, month and year in dates such as 03/04/2021; needed if no value proves it.",
)
@click.option(
    "--years",
    type=click.Choice(["iso"]),
    help="Count negative years in a column of years as ISO 8601 does: -44 is 45 BC. Without this option it is 44 BC.",
)
@click.option(
    "--first-days",
    type=click.Choice(["year", "month"]),
    help="Read 1 January as the year alone, or the first of a month as the month, where a file writes them as days.",
)
@click.option(
    "--encoding",
    callback=_option,
    metavar="NAME",
    help="The text encoding of a CSV file, such as mac-roman or windows-1250.",
)
@click.option(
    "--sheet",
    callback=_option,
    metavar="NAME",
    help="The sheet of a workbook or layer of a GeoPackage to import, by name or number, or the file in an archive.",
)
@click.option(
    "--each", callback=_option, metavar="LIST", help="Import each item of this list in JSON objects."
)
@click.option(
    "--title",
    callback=_option,
    metavar="TEMPLATE",
    help="Make the title of rows that have none of other fields, such as '{category} in {place}, {date}'.",
)
@click.option(
    "--fix-encoding",
    is_flag=True,
    help="Repair texts that were encoded twice, such as CafÃ© for Café; the report shows the first of them.",
)
@click.option(
    "--key",
    callback=_option,
    metavar="COLUMNS",
    help="Build the id of events without one from these columns, such as date,title.",
)
@click.option(
    "--country", callback=_option, help="Country (name or ISO code) of places that name no country."
)
@click.option(
    "--bbox",
    "box",
    callback=_option,
    metavar="W,S,E,N",
    help="Prefer places in this box of degrees, such as 2.5,49.5,6.4,51.5; mark others for review.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Check all rows and show what would be created and changed, but write no event. "
    "Answers of a network geocoder are stored all the same, so that the import does not request them again.",
)
@click.option(
    "--undated",
    is_flag=True,
    help="Import events without a date if the file has none, or none that can be read; its text goes to data.",
)
@click.option(
    "--unplaced",
    is_flag=True,
    help="Import events without a place if the file has none, or no coordinates that can be read.",
)
@click.option(
    "--allow-rejects",
    is_flag=True,
    help="Import the other rows of a file of which more than 10 % are rejected.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Write every warning, conflict and rejected row to FILE.report.csv; the screen shows examples of each kind.",
)
@click.option("--strict", "all_or_nothing", is_flag=True, help="Write nothing if a row is rejected.")
@click.option(
    "--keep-identical",
    is_flag=True,
    help="Import each of several equal rows without ids as an event. Without this option they are one event.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace what editors changed since the last import. Without this option their values stay, and the report "
    "lists each conflict with both values.",
)
@click.option("--publish", is_flag=True, help="Publish the events. Without this option they are drafts.")
@click.option(
    "--create-categories",
    is_flag=True,
    help="Add unknown categories to the vocabulary. Without this option their rows are rejected.",
)
def load(
    files: tuple[Path, ...],
    columns: dict[str, str],
    values: dict[str, str],
    overrides: dict[str, str],
    mapping: Path | None,
    save_mapping: Path | None,
    **options: Any,
) -> None:
    """Import events from files; FILE may be - for standard input.

    Valid rows are imported. Each invalid row is reported and written to FILE.rejected.csv. A second import of the same
    file changes nothing.
    """
    from timeline.imports.mapping_file import ColumnMapping, read_mapping, write_mapping
    from timeline.imports.options import Options

    file_options = (
        "dates",
        "country",
        "years",
        "sheet",
        "each",
        "title",
        "first_days",
        "undated",
        "unplaced",
        "fix_encoding",
    )
    others = {name: options.pop(name) for name in file_options}
    mapped = ColumnMapping(columns, values, options.pop("key") or (), overrides=overrides, **others)
    if mapping:
        mapped = mapped.over(read_mapping(mapping))
    if save_mapping:
        write_mapping(save_mapping, mapped)
    import_files(files, Options(**mapped.options(), **options))


def import_files(files: tuple[Path, ...], options: "Options") -> None:
    """Import each file and print its report; exit with status 1 if a file cannot be read or a row is rejected."""
    from db.columns.memory import collect_rarely
    from timeline.errors import BadFile
    from timeline.imports.importer import importer_for

    collect_rarely()
    settings = load_settings()
    store = open_store(settings)
    importer = importer_for(settings, store, options, lambda: open_resolver(settings))
    failed = False
    for file in files:
        try:
            failed |= _import_file(importer, file)
        except BadFile as error:
            click.echo(f"Error: {error}", err=True)
            failed = True
        except MemoryError:
            click.echo(f"Error: {file} needs more memory than there is; split the file", err=True)
            failed = True
    store.close()
    if failed:
        sys.exit(1)


def _import_file(importer: "Importer", file: Path) -> bool:
    """Import one file, print its report, and return whether a row was rejected."""
    from timeline.imports.rejected_rows import RejectedRows
    from timeline.imports.report import ChangeLog
    from timeline.imports.report_file import ReportFile

    store_rejected = not (importer.options.dry_run or importer.options.all_or_nothing)
    changes = ChangeLog()
    source = Path("standard-input") if _is_pipe(file) else file
    with (
        RejectedRows(source) as rejects,
        ReportFile(source) if importer.options.report else nullcontext() as remarks,
    ):
        importer = replace(
            importer,
            on_reject=rejects.add if store_rejected else importer.on_reject,
            on_plan=_print_plan,
            on_change=changes.add,
            on_remark=remarks.add if remarks else None,
        )
        with progress_bar(f"Reading {file.name}", "rows") as on_progress:
            report = _read(importer, file, on_progress)
    print_report(file.name, report, changes, importer.options)
    if remarks:
        click.echo(f"the complete report is in {remarks.path}", err=True)
    if rejects.stream:
        click.echo(f"rejected rows are in {rejects.path}: correct them there and import that file", err=True)
    return bool(report.rejected)


def _is_pipe(file: Path) -> bool:
    """Return whether a file is standard input or another pipe, such as `<(command)` in a shell."""
    return str(file) == "-" or file.is_fifo()


def _read(importer: "Importer", file: Path, on_progress: ShowProgress) -> "Report":
    """Import a file. A pipe is copied to a temporary file first, because the importer reads its input twice."""
    if not _is_pipe(file):
        return importer.import_file(file, on_progress)
    from timeline.readers.registry import STANDARD_INPUT

    with TemporaryFile() as stream:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
            copyfileobj(source, stream)
        stream.seek(0)
        return importer.import_stream(STANDARD_INPUT, stream, on_progress)


def _print_plan(plan: list[str]) -> None:
    click.echo("plan: " + "; ".join(plan), err=True)
