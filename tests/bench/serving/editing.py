"""Reads, imports and memory while events are edited, on a copy of the database."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ..imports.run import ROOT, command, write_table
from . import measure, queries
from .editor import Editor, Saves, editing
from .generate import World
from .measure import Failed, Load, Server, Wrk

READERS = 20
READS = ("summary", "clusters", "pages", "mixed")
_PATHS = 9_000
_SAVES_BETWEEN_SUMMARIES = 20
_UNTIL_STOPPED = 3_600.0  # seconds


@dataclass(frozen=True, kw_only=True)
class EditingPlan:
    """What is measured: a copy of the database, its events, seconds of each measurement, edits, rows to import."""

    database: Path
    events: int
    seconds: float
    edits: int
    rows: int
    world: World


@dataclass
class EditingOutcome:
    """Results by name: reads (what, when), saves and imports (rows a second) by when, memory of the worker by when."""

    reads: dict[tuple[str, str], Load] = field(default_factory=dict)
    saves: dict[str, Saves] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)


AT_REST, EDITED = "at rest", "5 saves a second"
HALF_AT_REST, HALF_EDITED = f"half load, {AT_REST}", f"half load, {EDITED}"
IMPORT, IMPORT_EDITED, IMPORT_READ = "import", f"import, {EDITED}", f"import, {EDITED}, readers of "
IMPORT_HALF_READ = f"import, {EDITED}, half load of "
MANY_EDITS = "edits without a pause"


def measure_editing(plan: EditingPlan, outcome: EditingOutcome, log_step: Callable[[str], None]) -> None:
    """Run all measurements, in an order in which no one changes what the next one measures."""
    key = create_key(plan.database)
    server = measure.dateline(plan.database)
    try:
        measure.wait_for_columns(server)
        log_step("readers at rest, and while an editor saves")
        for name in READS:
            _reads(plan, outcome, server, name, key)
        outcome.memory["at rest"] = server.anonymous()
        log_step(f"{plan.edits:,} edits")
        outcome.saves[MANY_EDITS] = _edit(plan, server, key)
        outcome.memory[f"after {plan.edits:,} edits"] = server.anonymous()
        log_step(f"imports of {plan.rows:,} rows, with and without an editor and readers")
        _imports(plan, outcome, server, key)
    finally:
        server.stop()


def create_key(database: Path) -> str:
    """Create a key that may change published events; return it."""
    process = command(
        ROOT, database, "keys", "create", "--role", "reviewer", "--name", f"bench {time.time()}"
    )
    output, _ = process.communicate()
    keys = [word for word in output.split() if word.startswith("dateline_")]
    if process.returncode or not keys:
        raise Failed(f"timeline keys create: {output[-300:]}")
    return keys[0]


def _reads(plan: EditingPlan, outcome: EditingOutcome, server: Server, name: str, key: str) -> None:
    """Measure one kind of reads at full speed and at half of that, each at rest and while an editor saves."""
    paths = reading_paths(name, plan.world, plan.events, _PATHS)
    pause = 0.0
    for at_rest, edited in ((AT_REST, EDITED), (HALF_AT_REST, HALF_EDITED)):
        load = Wrk(server, paths, plan.seconds, pause=pause, connections=READERS).finish()
        editor = Editor(server, key, plan.world, plan.events, f"{name} {edited}")
        with editing(editor) as saves:
            during = Wrk(server, paths[::-1], plan.seconds, pause=pause, connections=READERS).finish()
        outcome.reads[name, at_rest], outcome.reads[name, edited] = load, during
        outcome.saves[f"{name}, {edited}"] = saves[0]
        pause = _half_load_pause(load)


def _edit(plan: EditingPlan, server: Server, key: str) -> Saves:
    """Save without a pause; request a summary now and then, so that the columns follow."""
    editor, began = Editor(server, key, plan.world, plan.events, "many"), time.perf_counter()
    for number in range(plan.edits):
        editor.save()
        if number % _SAVES_BETWEEN_SUMMARIES == 0:
            measure.get(server.port, f"/events/summary?datetime=1990/{1991 + number}")
    return editor.result(time.perf_counter() - began)


def _imports(plan: EditingPlan, outcome: EditingOutcome, server: Server, key: str) -> None:
    """Import new rows alone, with an editor, and with an editor and readers at full speed and at half of that."""
    cases = [(IMPORT, "", 0.0), (IMPORT_EDITED, "", 0.0)]
    for name in ("summary", "pages"):
        half = _half_load_pause(outcome.reads[name, AT_REST])
        cases += [(IMPORT_READ + name, name, 0.0), (IMPORT_HALF_READ + name, name, half)]
    with TemporaryDirectory(prefix="dateline-bench-") as folder:
        for number, (when, name, pause) in enumerate(cases):
            table = Path(folder) / "rows.csv"
            write_table(table, plan.rows, placed=True, first=number * plan.rows)
            with ExitStack() as stack:
                saves: list[Saves] = []
                if when != IMPORT:
                    editor = Editor(server, key, plan.world, plan.events, when)
                    saves = stack.enter_context(editing(editor))
                if name:
                    paths = reading_paths(name, plan.world, plan.events, _PATHS)
                    readers = Wrk(server, paths, _UNTIL_STOPPED, pause=pause, connections=READERS)
                outcome.imports[when] = _import(plan, table)
                if name:
                    outcome.reads[name, when] = readers.stop()
            outcome.saves.update((when, result) for result in saves)


def _half_load_pause(at_rest: Load) -> float:
    """Return the milliseconds that each reader waits for half of the load; the requests take little of the time."""
    return 2000 * READERS / at_rest.rate


def _import(plan: EditingPlan, table: Path) -> float:
    """Import a table with the command; return rows per second, its start included."""
    began = time.perf_counter()
    output, _ = command(ROOT, plan.database, "import", str(table), "--publish").communicate()
    seconds = time.perf_counter() - began
    if f"{plan.rows:,} created" not in output:
        raise Failed(f"timeline import: {output[-300:]}")
    return plan.rows / seconds


def reading_paths(name: str, world: World, events: int, count: int) -> list[str]:
    """Return random paths of `summary`, `clusters`, `pages` (of 100 events), or `mixed`: a third of each."""
    views = {"summary": queries.VIEWS[0], "clusters": queries.VIEWS[2]}
    if name in views:
        addresses = queries.addresses(views[name], world, "while edited")
        return [next(addresses) for _ in range(count)]
    if name == "pages":
        return list(map(queries.our_path, queries.page_queries(queries.KINDS[0], world, events, count)))
    columns = [reading_paths(kind, world, events, count // 3) for kind in ("summary", "clusters", "pages")]
    return [path for paths in zip(*columns, strict=True) for path in paths]
