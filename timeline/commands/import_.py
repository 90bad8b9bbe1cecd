"""`timeline import` and `timeline seed`: events from files into the database."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.shared import Tick, asker, bar, settings, store

if TYPE_CHECKING:
    from geo.box import Box
    from timeline.imports.importer import Ingest
    from timeline.imports.mapping_file import Mapped
    from timeline.imports.options import Options
    from timeline.imports.report import Remarks, Report

_FEW, _MANY = 5, 50  # candidates for a text: a box may hold a namesake that stands far down the list
_MOST = 50  # remarks of a kind that are printed; a million would help nobody


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read COLUMN=FIELD or FIELD=VALUE; the field is checked against those there are."""
    from difflib import get_close_matches

    from timeline.imports.columns.plan import FIELDS

    pairs: dict[str, str] = {}
    mapping = param.name == "columns"
    for text in values:
        # A column's name may hold a =, a field's never does.
        left, joint, right = text.rpartition("=") if mapping else text.partition("=")
        known = right if mapping else left
        if not joint or not left:
            raise click.BadParameter(f"{text!r}: expected {'COLUMN=FIELD' if mapping else 'FIELD=VALUE'}")
        if known not in FIELDS:
            near = get_close_matches(known, FIELDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(FIELDS)}"
            raise click.BadParameter(f"there is no field {known!r}; {hint}")
        if left in pairs or (mapping and right in pairs.values()):
            raise click.BadParameter(f"{text!r}: it is chosen twice")
        pairs[left] = right
    return pairs


def _country(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    from geo.countries.names import country_code

    code = country_code(name) if name else None
    if name and code is None:
        raise click.BadParameter(f"{name!r} is no country's name or code; expected one such as BE or Belgium")
    return code


def _box(_ctx: click.Context, _param: click.Parameter, text: str | None) -> "Box | None":
    from geo.box import Box
    from geo.errors import BadBox

    try:
        return Box.parse(text) if text is not None else None
    except BadBox as error:
        raise click.BadParameter(
            f"{error}; expected west,south,east,north such as 2.5,49.5,6.4,51.5"
        ) from None


def _encoding(context: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    """Check that Python can read an encoding of text."""
    try:
        if name is not None:
            "".encode(name)
    except LookupError:
        raise click.BadParameter(
            f"{name!r} is no encoding; expected one such as mac-roman or windows-1250"
        ) from None
    return name


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
    callback=_pairs,
    metavar="COLUMN[,COLUMN]=FIELD",
    help="Read a field from this column, or from several together.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    callback=_pairs,
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
    callback=_encoding,
    metavar="NAME",
    help="What a CSV file is written in, such as mac-roman or windows-1250.",
)
@click.option(
    "--key", metavar="COLUMNS", help="Make ids of these columns, comma-separated, where there is no id."
)
@click.option("--country", callback=_country, help="Where places lie that say no more: a name or ISO code.")
@click.option(
    "--bbox",
    "box",
    callback=_box,
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
@click.option("--strict", "whole", is_flag=True, help="All rows or, when one is rejected, none.")
@click.option("--publish", is_flag=True, help="Publish the events; without it they are drafts.")
@click.option("--create-categories", is_flag=True, help="Add unknown categories to the vocabulary.")
def load(
    files: tuple[Path, ...],
    columns: dict[str, str],
    values: dict[str, str],
    key: str | None,
    mapping: Path | None,
    save_mapping: Path | None,
    **chosen: Any,
) -> None:
    """Import events from CSV, XLSX, GeoJSON, JSON lines, iCalendar, TimelineJS or YAML files; - is standard input.

    Good rows go in, bad rows are told one by one and kept in FILE.rejected.csv; the same file twice changes nothing.
    """
    from timeline.imports.mapping_file import write_mapping

    said, options = read_options(columns, values, key, mapping, **chosen)
    if save_mapping:
        write_mapping(save_mapping, said)
    _load(files, options)


def read_options(
    columns: dict[str, str], values: dict[str, str], key: str | None, mapping: Path | None, **chosen: Any
) -> "tuple[Mapped, Options]":
    """Make options of the command's parameters, and what of them a mapping file keeps."""
    from timeline.imports.mapping_file import Mapped, read_mapping
    from timeline.imports.options import Options

    parts = tuple(part.strip() for part in key.split(",") if part.strip()) if key is not None else ()
    if key is not None and not parts:
        raise click.BadParameter("expected names of columns, such as date,title", param_hint="--key")
    said = Mapped(columns, values, parts, chosen.pop("dates"), chosen.pop("country"))
    if mapping:
        said = said.over(read_mapping(mapping))
    return said, Options(**said.options(), **chosen)


@click.command(epilog="\b\nExample:\n  timeline migrate && timeline seed")
def seed() -> None:
    """Load the seed events, published; twice changes nothing."""
    load_seeds()


def load_seeds() -> None:
    """Load the seed events, all or none."""
    from seeds import EVENTS
    from timeline.imports.options import Options

    _load((EVENTS,), Options(publish=True, whole=True))


def candidates(options: "Options") -> int:
    """Tell how many candidates a place needs."""
    return _MANY if options.box else _FEW


def _load(files: tuple[Path, ...], options: "Options") -> None:
    from db.columns.memory import patient
    from geo.geocoders.registry import OFFLINE
    from timeline.errors import BadFile
    from timeline.imports.importer import Ingest

    patient()
    chosen = settings()
    opened = store(chosen)
    locate = asker(chosen, opened, limit=candidates(options))
    ingest = Ingest(
        store=opened,
        locate=locate,
        names=locate if chosen.geocoder == OFFLINE else None,
        options=replace(options, below=chosen.review_below),
        # What a network geocoder answers is written down at once, and two cannot write at a time.
        helper=(sys.executable, "-m", "timeline.imports.worker_main") if chosen.geocoder == OFFLINE else (),
    )
    failed = False
    for file in files:
        try:
            failed |= _one(ingest, file)
        except BadFile as error:
            click.echo(f"Error: {error}", err=True)
            failed = True
    opened.close()
    if failed:
        sys.exit(1)


def _one(ingest: "Ingest", file: Path) -> bool:
    """Import one file, tell what came of it, and return whether a row was rejected."""
    from timeline.imports.dry_run import Differences
    from timeline.imports.rejected_rows import Rejects

    kept = not (ingest.options.dry_run or ingest.options.whole)
    differences = Differences()
    with Rejects(Path("standard-input") if _piped(file) else file) as rejects:
        ingest = replace(
            ingest, reject=rejects.add if kept else ingest.reject, tell=_tell, change=differences.add
        )
        with bar(f"Reading {file.name}", "rows") as tick:
            report = _read(ingest, file, tick)
    _remarks("warning", report.warnings)
    _remarks("rejected", report.rejected)
    for line in differences.told():
        click.echo(line)
    click.echo(_sum(file.name, report, ingest.options))
    if rejects.stream:
        click.echo(f"rejected rows are in {rejects.path}: mend them there and import that file", err=True)
    return bool(report.rejected)


def _piped(file: Path) -> bool:
    """Tell whether a file is standard input or another pipe, such as the `<(command)` of a shell."""
    return str(file) == "-" or file.is_fifo()


def _read(ingest: "Ingest", file: Path, tick: Tick) -> "Report":
    """Import a file, or what comes through a pipe by way of a temporary file, since it is read twice."""
    if not _piped(file):
        return ingest.file(file, tick)
    with TemporaryFile() as stream:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
            copyfileobj(source, stream)
        stream.seek(0)
        head = stream.read(4_096).lstrip(b"\xef\xbb\xbf \t\r\n")
        return ingest.stream(
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
    if options.whole and rejected:
        return f"{name}: {report.rows:,} rows, {told}; nothing was written"
    would = "would be " if options.dry_run else ""
    end = "; nothing was written" if options.dry_run else ""
    return (
        f"{name}: {report.rows:,} rows, {would}{report.created:,} created, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {told}{end}"
    )
