"""Run the serving benchmark and print its tables.

    python -m tests.bench.serving.run [--events 1000000] [--quick] [--markdown] [--work FOLDER]

--quick checks that all views agree with a plain loop over the events and that pages use the indexes, and measures
nothing. --markdown prints Markdown and puts it between the marker lines of RESULTS.md. The database, the peers'
environments and the latencies are kept in the work folder, by default in the user's cache.
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

from ..geocoding.run import Write, between
from ..geocoding.tables import markdown, text
from . import agree, measure, rounds, tables
from .generate import EVENTS, drafts, world, write_database

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
_ROOT = HERE.parents[2]


def say(what: str) -> None:
    """Tell on standard error what is done now."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def database(folder: Path, events: int) -> Path:
    """Give a database of so many events, made by this very code; make it unless it is there."""
    code = hashlib.sha256()
    for source in [HERE / "generate.py", *sorted(_ROOT.glob("db/**/*.py"))]:
        code.update(source.read_bytes())
    path = folder / f"events-{events}-{code.hexdigest()[:12]}.db"
    if not path.exists():
        for old in folder.glob(f"events-{events}-*.db*"):
            old.unlink()
        say(f"{events:,} events are written")
        unfinished = path.with_suffix(".db-unfinished")
        unfinished.unlink(missing_ok=True)
        done = write_database(unfinished, drafts(events))
        unfinished.rename(path)
        say(f"{done.events / done.storing:,.0f} events a second in Store.add, {done.storing:.0f} s in all")
    warm(path)
    return path


def warm(path: Path) -> None:
    """Read a file through, so that the server is measured and not a disk that sees it for the first time."""
    with path.open("rb", buffering=0) as stream:
        while stream.read(16_777_216):
            pass


def setting(outcome: rounds.Outcome, events: int) -> str:
    """Say when, on what and with which versions the run was made."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    packages = {name: version(name) for name in ("dateline", "litestar", "uvicorn", "sqlalchemy")}
    said = ", ".join(
        f"{name} {value}".removeprefix("database ") for name, value in (packages | outcome.versions).items()
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {events:,} events. Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {said}. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory."
    )


def report(outcome: rounds.Outcome, plan: rounds.Plan, write: Write) -> Iterator[str]:
    """Write what was found, paragraph by paragraph."""
    yield setting(outcome, plan.events)
    yield "## Targets"
    yield write(tables.targets(outcome, plan.events))
    yield "## Pages, side by side"
    yield write(tables.pages(outcome))
    yield "## Our own pages"
    yield write(tables.own(outcome))
    yield "## Single requests, nothing asked twice"
    yield write(tables.cold(outcome))
    yield "## The rest"
    yield write(tables.rest(outcome, plan.events))
    for events, smaller in _smaller(plan):
        yield f"## Beside a run of {events:,} events"
        yield write(tables.growth(smaller, outcome, plan.events / events))
    if outcome.skipped:
        yield "## Skipped"
        yield "\n".join(f"- {said}" for said in outcome.skipped)


def _smaller(plan: rounds.Plan) -> Iterator[tuple[int, dict[str, measure.Latency]]]:
    """Read the latencies that the largest run with fewer events kept."""
    counts = [int(path.stem.partition("-")[2]) for path in plan.folder.glob("latencies-*.json")]
    fewer = [count for count in counts if count < plan.events]
    if fewer:
        kept = (plan.folder / f"latencies-{max(fewer)}.json").read_bytes()
        yield max(fewer), msgspec.json.decode(kept, type=dict[str, measure.Latency])


def full(plan: rounds.Plan, chosen: argparse.Namespace) -> None:
    """Measure, keep the latencies, print the tables."""
    outcome = rounds.measured(plan, say)
    outcome.sizes = {tables.OURS: plan.database.stat().st_size, **outcome.sizes}
    kept = msgspec.json.encode(outcome.pages | outcome.views)
    (plan.folder / f"latencies-{plan.events}.json").write_bytes(kept)
    paragraphs = "\n\n".join(report(outcome, plan, markdown if chosen.markdown else text))
    print(paragraphs)
    if chosen.markdown:
        RESULTS.write_text(between(RESULTS.read_text("utf-8"), paragraphs), "utf-8")


def quick(plan: rounds.Plan, questions: int) -> list[str]:
    """Check agreement and plans; raise Disagreement."""
    server = measure.dateline(plan.database)
    try:
        return agree.check(server, plan.database, plan.world, list(drafts(plan.events)), questions)
    finally:
        server.stop()


def planned(chosen: argparse.Namespace) -> rounds.Plan:
    """Make ready what a run needs."""
    folder: Path = chosen.work.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return rounds.Plan(
        events=chosen.events,
        runs=chosen.runs,
        seconds=chosen.seconds,
        database=database(folder, chosen.events),
        folder=folder,
        world=world(),
    )


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N")
    parser.add_argument("--quick", action="store_true", help="check agreement and plans alone")
    parser.add_argument("--questions", type=int, default=60, metavar="N", help="how many --quick asks")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="medians are taken over these")
    parser.add_argument("--seconds", type=float, default=8, help="of one measurement with wrk")
    parser.add_argument("--markdown", action="store_true", help="print Markdown and renew RESULTS.md")
    parser.add_argument("--work", type=Path, default=default_path().parent / "bench", metavar="FOLDER")
    return parser


def main() -> None:
    """Read the command line, run and print."""
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
