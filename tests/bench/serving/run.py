"""Run the serving benchmark and print its tables.

    python -m tests.bench.serving.run [--events 1000000] [--database FILE] [--quick] [--markdown] [--work FOLDER]

--quick only checks that all views agree with a plain loop over the events and that pages use the indexes. --markdown
prints Markdown and writes it between the marker lines of RESULTS.md. The work folder, by default in the user's cache,
keeps the database, the peers' environments and the latencies.
"""

import argparse
import hashlib
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from geo.gazetteer.reader import default_path

from ..geocoding.run import FormatTable, replace_generated
from ..geocoding.tables import markdown, text
from . import agree, editing_tables, measure, rounds, tables, targets
from .generate import EVENTS, drafts, world, write_database

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
_ROOT = HERE.parents[2]


def log_step(what: str) -> None:
    """Print the current step to standard error."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def database(folder: Path, events: int) -> Path:
    """Return a database of `events` events written by the current code; create it if it is missing."""
    code = hashlib.sha256()
    for source in [HERE / "generate.py", *sorted(_ROOT.glob("db/**/*.py"))]:
        code.update(source.read_bytes())
    path = folder / f"events-{events}-{code.hexdigest()[:12]}.db"
    if not path.exists():
        for old in folder.glob(f"events-{events}-*.db*"):
            old.unlink()
        log_step(f"{events:,} events are being written")
        unfinished = path.with_suffix(".db-unfinished")
        unfinished.unlink(missing_ok=True)
        done = write_database(unfinished, drafts(events))
        unfinished.rename(path)
        log_step(
            f"{done.events / done.storing:,.0f} events a second in Store.add, {done.storing:.0f} s in all"
        )
    warm(path)
    return path


def warm(path: Path) -> None:
    """Read a file completely, so that the server is measured and not the disk."""
    with path.open("rb", buffering=0) as stream:
        while stream.read(16_777_216):
            pass


def setting(outcome: rounds.Outcome, events: int) -> str:
    """Return one paragraph about the date, the versions and the machine of a run."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    packages = {name: version(name) for name in ("dateline", "litestar", "uvicorn", "sqlalchemy")}
    versions = ", ".join(
        f"{name} {value}".removeprefix("database ") for name, value in (packages | outcome.versions).items()
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {events:,} events. Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {versions}. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory."
    )


def report(outcome: rounds.Outcome, plan: rounds.Plan, format_table: FormatTable) -> Iterator[str]:
    """Yield the paragraphs of the report, its tables written by `format_table`."""
    yield setting(outcome, plan.events)
    yield "## Targets"
    yield format_table(targets.targets(outcome, plan.events))
    yield "## Pages, side by side"
    yield format_table(tables.pages(outcome))
    yield "## Our own pages"
    yield format_table(tables.own(outcome))
    yield "## Compressed pages"
    yield format_table(tables.encoded(outcome))
    yield "## Single requests, each address once"
    yield format_table(tables.cold(outcome))
    if outcome.in_turn:
        yield "## Single requests, SQLite and PostgreSQL in turn"
        yield format_table(tables.in_turn(outcome))
    yield "## While being edited"
    for table in (editing_tables.reads, editing_tables.saves, editing_tables.imports):
        yield format_table(table(outcome.editing))
    yield "## Other figures"
    yield format_table(tables.other_figures(outcome, plan.events))
    for events, smaller in _smaller(plan):
        yield f"## Compared with a run of {events:,} events"
        yield format_table(tables.growth(smaller, outcome, plan.events / events))
    if outcome.skipped:
        yield "## Skipped"
        yield "\n".join(f"- {reason}" for reason in outcome.skipped)


def _smaller(plan: rounds.Plan) -> Iterator[tuple[int, dict[str, measure.Latency]]]:
    """Yield the saved latencies of the largest run with fewer events."""
    counts = [int(path.stem.partition("-")[2]) for path in plan.folder.glob("latencies-*.json")]
    fewer = [count for count in counts if count < plan.events]
    if fewer:
        latencies = (plan.folder / f"latencies-{max(fewer)}.json").read_bytes()
        yield max(fewer), msgspec.json.decode(latencies, type=dict[str, measure.Latency])


def full(plan: rounds.Plan, chosen: argparse.Namespace) -> None:
    """Measure, save the latencies and print the tables."""
    outcome = rounds.measured(plan, log_step)
    outcome.sizes = {rounds.OURS: plan.database.stat().st_size, **outcome.sizes}
    latencies = msgspec.json.encode(outcome.pages | outcome.views)
    (plan.folder / f"latencies-{plan.events}.json").write_bytes(latencies)
    paragraphs = "\n\n".join(report(outcome, plan, markdown if chosen.markdown else text))
    print(paragraphs)
    if chosen.markdown:
        RESULTS.write_text(replace_generated(RESULTS.read_text("utf-8"), paragraphs), "utf-8")


def quick(plan: rounds.Plan, questions: int) -> list[str]:
    """Check agreement and query plans; raise Disagreement."""
    server = measure.dateline(plan.database)
    try:
        return agree.check(server, plan.database, plan.world, list(drafts(plan.events)), questions)
    finally:
        server.stop()


def planned(chosen: argparse.Namespace) -> rounds.Plan:
    """Return a plan with its database ready."""
    folder: Path = chosen.work.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return rounds.Plan(
        events=chosen.events,
        runs=chosen.runs,
        seconds=chosen.seconds,
        edits=chosen.edits,
        rows=chosen.rows,
        with_peers=not chosen.without_peers,
        database=chosen.database.resolve() if chosen.database else database(folder, chosen.events),
        folder=folder,
        world=world(),
    )


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N")
    parser.add_argument("--quick", action="store_true", help="only check agreement and query plans")
    parser.add_argument(
        "--questions", type=int, default=60, metavar="N", help="number of queries for --quick"
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="number of runs; tables show medians"
    )
    parser.add_argument("--seconds", type=float, default=8, help="seconds of each measurement with wrk")
    parser.add_argument(
        "--edits", type=int, default=10_000, metavar="N", help="edits before memory is measured"
    )
    parser.add_argument("--rows", type=int, default=100_000, metavar="N", help="rows of each import")
    parser.add_argument("--database", type=Path, help="a database of N generated events to use as it is")
    parser.add_argument("--without-peers", action="store_true", help="measure our server only")
    parser.add_argument("--markdown", action="store_true", help="print Markdown and update RESULTS.md")
    parser.add_argument("--work", type=Path, default=default_path().parent / "bench", metavar="FOLDER")
    return parser


def main() -> None:
    """Run the benchmark that the command line describes."""
    chosen = arguments().parse_args()
    plan = planned(chosen)
    if not chosen.quick:
        full(plan, chosen)
        return
    try:
        print("\n".join(quick(plan, chosen.questions)))
    except agree.Disagreement as error:
        sys.exit(f"Disagreement: {error}")


if __name__ == "__main__":
    main()
