"""`timeline import` and `timeline seed`: events from files into the database."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.shared import Tick, bar, resolver, settings, store

if TYPE_CHECKING:
    from timeline.imports.importer import Importer
    from timeline.imports.options import Options
    from timeline.imports.report import Remarks, Report

_MOST = 50  # remarks of a kind that are printed; a million would help nobody


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


@click.command(
    "import",
    epilog="""\b
Examples:
  timeline import events.csv --publish
  timeline import deaths.csv --map first_name,last_name=title --set category=death --dry-run
  timeline import incidents.csv --mapping incidents.yaml --dates dmy --country BE --strict
  timeline import a.geojson b.geojson --key date,title --create-categories

Fields: id, title, summary, category, date (EDTF) or start and end, place or city, admin1, country, lat, lon,
tags, source_title, source_url, note, verification. Columns are found by their names and what they hold; the plan is
told before anything is written. Other columns are kept in data. Rejected rows go to FILE.rejected.csv with the reason,
to be mended and imported again.""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_option,
    metavar="COLUMN[,COLUMN]=FIELD",
    help="Read a field from this column, or from several together.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    callback=_option,
    metavar="FIELD=VALUE",
    help="Give every row this value.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A YAML file with map, set, key, dates and country, as the options of these names.",
)
@click.option(
    "--save-mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep these options in such a file, for the next time.",
)
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="The order of dates such as 03/04/2021, where the column does not prove it.",
)
@click.option(
    "--encoding",
    callback=_option,
    metavar="NAME",
    help="What a CSV file is written in, such as mac-roman or windows-1250.",
)
@click.option(
    "--key",
    callback=_option,
    metavar="COLUMNS",
    help="Make ids of these columns, comma-separated, where there is no id.",
)
@click.option("--country", callback=_option, help="Where places lie that say no more: a name or ISO code.")
@click.option(
    "--bbox",
    "box",
    callback=_option,
    metavar="W,S,E,N",
    help="Prefer places in this box (degrees); others are kept for review.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Check everything, show what would be created and changed, write no event. "
    "Answers of a network geocoder are remembered all the same: "
    "the import that follows need not ask it again.",
)
@click.option("--strict", "all_or_nothing", is_flag=True, help="All rows or, when one is rejected, none.")
@click.option("--publish", is_flag=True, help="Publish the events; without it they are drafts.")
@click.option("--create-categories", is_flag=True, help="Add unknown categories to the vocabulary.")
def load(
    files: tuple[Path, ...],
    columns: dict[str, str],
    values: dict[str, str],
    key: tuple[str, ...] | None,
    mapping: Path | None,
    save_mapping: Path | None,
    **options: Any,
) -> None:
    """Import events from CSV, XLSX, GeoJSON, JSON lines, iCalendar, TimelineJS or YAML files; - is standard input.

    Good rows go in, bad rows are told one by one and kept in FILE.rejected.csv; the same file twice changes nothing.
    """
    from timeline.imports.mapping_file import ColumnMapping, read_mapping, write_mapping
    from timeline.imports.options import Options

    mapped = ColumnMapping(columns, values, key or (), options.pop("dates"), options.pop("country"))
    if mapping:
        mapped = mapped.over(read_mapping(mapping))
    if save_mapping:
        write_mapping(save_mapping, mapped)
    _load(files, Options(**mapped.options(), **options))


@click.command(epilog="\b\nExample:\n  timeline migrate && timeline seed")
def seed() -> None:
    """Load the seed events, published; twice changes nothing."""
    load_seeds()


def load_seeds() -> None:
    """Load the seed events, all or none."""
    from seeds import EVENTS
    from timeline.imports.options import Options

    _load((EVENTS,), Options(publish=True, all_or_nothing=True))


def _load(files: tuple[Path, ...], options: "Options") -> None:
    from db.columns.memory import patient
    from timeline.errors import BadFile
    from timeline.imports.importer import importer_for

    patient()
    chosen = settings()
    opened = store(chosen)
    importer = importer_for(chosen, opened, options, lambda: resolver(chosen))
    failed = False
    for file in files:
        try:
            failed |= _one(importer, file)
        except BadFile as error:
            click.echo(f"Error: {error}", err=True)
            failed = True
    opened.close()
    if failed:
        sys.exit(1)


def _one(importer: "Importer", file: Path) -> bool:
    """Import one file, tell what came of it, and return whether a row was rejected."""
    from timeline.imports.rejected_rows import RejectedRows
    from timeline.imports.report import ChangeLog

    kept = not (importer.options.dry_run or importer.options.all_or_nothing)
    changes = ChangeLog()
    with RejectedRows(Path("standard-input") if _piped(file) else file) as rejects:
        importer = replace(
            importer,
            on_reject=rejects.add if kept else importer.on_reject,
            on_plan=_tell,
            on_change=changes.add,
        )
        with bar(f"Reading {file.name}", "rows") as tick:
            report = _read(importer, file, tick)
    _remarks("warning", report.warnings)
    _remarks("rejected", report.rejected)
    for line in changes.lines():
        click.echo(line)
    click.echo(_sum(file.name, report, importer.options))
    if rejects.stream:
        click.echo(f"rejected rows are in {rejects.path}: mend them there and import that file", err=True)
    return bool(report.rejected)


def _piped(file: Path) -> bool:
    """Tell whether a file is standard input or another pipe, such as the `<(command)` of a shell."""
    return str(file) == "-" or file.is_fifo()


def _read(importer: "Importer", file: Path, tick: Tick) -> "Report":
    """Import a file, or what comes through a pipe by way of a temporary file, since it is read twice."""
    if not _piped(file):
        return importer.import_file(file, tick)
    with TemporaryFile() as stream:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
            copyfileobj(source, stream)
        stream.seek(0)
        head = stream.read(4_096).lstrip(b"\xef\xbb\xbf \t\r\n")
        return importer.import_stream(
            f"standard input{'.geojson' if head[:1] in b'{[' and head else '.csv'}", stream, tick
        )


def _tell(plan: list[str]) -> None:
    click.echo("plan: " + "; ".join(plan), err=True)


def _remarks(kind: str, remarks: "Remarks") -> None:
    for remark in remarks[:_MOST]:
        click.echo(f"{kind}: {remark}", err=True)
    if remarks.total > _MOST:
        click.echo(f"{kind}: and {remarks.total - _MOST:,} more", err=True)


def _sum(name: str, report: "Report", options: "Options") -> str:
    rejected, warnings = report.rejected.total, report.warnings.total
    told = f"{rejected:,} rejected, {warnings:,} {'warning' if warnings == 1 else 'warnings'}"
    if options.all_or_nothing and rejected:
        return f"{name}: {report.rows:,} rows, {told}; nothing was written"
    would = "would be " if options.dry_run else ""
    end = "; nothing was written" if options.dry_run else ""
    return (
        f"{name}: {report.rows:,} rows, {would}{report.created:,} created, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {told}{end}"
    )
