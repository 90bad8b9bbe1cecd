"""The targets, each with its measurement."""

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from ..geocoding.tables import Table
from . import postgres, queries
from .editing import AT_REST, EDITED, HALF_EDITED, IMPORT_EDITED, IMPORT_HALF_READ, IMPORT_READ
from .rounds import OURS, POSTGRES, Outcome
from .tables import encoded_share, rate, ratio, times_sqlite

TIMES_SQLITE_OF_COUNTS = (
    1.1  # counts, clusters and tiles come from columns in memory, whatever the database is
)


class Target(NamedTuple):
    """A target and its measurement, None if it was not measured; `least`: the limit is a minimum, else a maximum."""

    name: str
    value: float | None
    limit: float
    unit: str
    digits: int = 0
    least: bool = False
    moonshot: float | None = None

    def row(self) -> tuple[str, str, str, str]:
        """Return the row of the table."""
        more = f" (moonshot {self.moonshot:g})" if self.moonshot is not None else ""
        goal = f"{'≥' if self.least else '≤'} {self.limit:g}{self.unit}{more}"
        if self.value is None:
            return self.name, goal, "–", "not measured"
        met = self.value >= self.limit if self.least else self.value <= self.limit
        return self.name, goal, f"{self.value:,.{self.digits}f}{self.unit}", "yes" if met else "no"


def targets(outcome: Outcome, events: int) -> Table:
    """Return every target with its measurement."""
    parts = [_pages(outcome), _views(outcome), _edited(outcome), _imports(outcome), _sizes(outcome, events)]
    if outcome.copied:
        parts += [_on_postgres(outcome), _copied(outcome.copied, events)]
    rows = [target.row() for part in parts for target in part]
    return Table(("what", "target", "measured", "met"), rows, frozenset({0}))


def _pages(outcome: Outcome) -> Iterator[Target]:
    for kind in queries.KINDS:
        for name, limit in (("tipg", kind.tipg), ("pygeoapi", kind.pygeoapi)):
            value = ratio(outcome, kind.name, name)
            yield Target(f"{kind.name}: × {name}", value, limit, " ×", 1, least=True)
    first = queries.KINDS[0].name
    half, loop, ours = outcome.half.get(first), outcome.loops.get(first), rate(outcome, first, OURS)
    yield Target(f"{first}: p99 at half load", half and half.p99, 15, " ms", 1)
    share = 100 * ours / loop if ours and loop else None
    yield Target(f"{first}: share of the plain loop", share, 50, " %", least=True)
    gzip = encoded_share(outcome, first, OURS, "gzip")
    yield Target(f"{first}: rate with gzip, share of the rate without", gzip, 65, " %", 0, True, 90)
    busy = outcome.busy[0].p99 if outcome.busy else None
    yield Target("page of 100 while world summaries run: p99", busy, 50, " ms", 1)
    yield Target("If-None-Match: share of nginx", _unchanged(outcome), 35, " %", 1, least=True)


def _unchanged(outcome: Outcome) -> float | None:
    ours, theirs = outcome.unchanged.get(OURS), outcome.unchanged.get("nginx")
    if not ours or not theirs:
        return None
    return median(100 * a.rate / b.rate for a, b in zip(ours, theirs, strict=True))


def _views(outcome: Outcome) -> Iterator[Target]:
    for view in queries.VIEWS:
        seen = outcome.views.get(view.name)
        yield Target(
            f"{view.name}, cold: p95", seen and seen.p95, view.target, " ms", 1, False, view.moonshot
        )


def _edited(outcome: Outcome) -> Iterator[Target]:
    reads, saves = outcome.editing.reads, outcome.editing.saves
    saver = saves.get(f"pages, {HALF_EDITED}")
    counted = saver and saver.counted and saver.counted.p95
    yield Target(
        "first summary after a save: p95, 20 readers of pages at half load", counted, 60, " ms", 0, False, 16
    )
    for name, limit, moonshot in (("summary", 100, 30), ("pages", 25, 10)):
        for speed, when in (("20 readers", EDITED), ("20 readers at half load", HALF_EDITED)):
            load = reads.get((name, when))
            yield Target(
                f"{speed}, {EDITED}: {name}, p99", load and load.p99, limit, " ms", 1, False, moonshot
            )
    for name in ("summary", "pages"):
        at_rest, edited = reads.get((name, AT_REST)), reads.get((name, EDITED))
        share = 100 * edited.rate / at_rest.rate if at_rest and edited else None
        yield Target(f"20 readers, {EDITED}: {name}, share of the rate at rest", share, 70, " %", 0, True, 90)


def _imports(outcome: Outcome) -> Iterator[Target]:
    for name, limit, moonshot in (("summary", 250, 60), ("pages", 50, 20)):
        for speed, when in (("20 readers", IMPORT_READ), ("20 readers at half load", IMPORT_HALF_READ)):
            load = outcome.editing.reads.get((name, when + name))
            yield Target(
                f"{speed} during an import: {name}, p99", load and load.p99, limit, " ms", 1, False, moonshot
            )
    saves = outcome.editing.saves.get(IMPORT_EDITED)
    yield Target("a save during an import: p99", saves and saves.latency.p99, 300, " ms")


def _sizes(outcome: Outcome, events: int) -> Iterator[Target]:
    memory = [size / 1e6 for size in outcome.editing.memory.values()]
    at_rest, after_edits = memory if len(memory) == 2 else (None, None)
    yield Target("anonymous memory at rest", at_rest, 260, " MB", 0, False, 150)
    yield Target("anonymous memory after many edits", after_edits, 300, " MB", 0, False, 150)
    own = [memory.own for memory in outcome.workers.values()]
    times = own[1] / own[0] if len(own) == 2 else None
    yield Target("memory of two workers, times that of one", times, 1.3, " ×", 2)
    yield Target("start to first page", median(outcome.started) if outcome.started else None, 3, " s", 2)
    first = median(outcome.first_summaries) if outcome.first_summaries else None
    yield Target("first summary after a start", first, 2, " s", 2, False, 0.1)
    yield Target("database, bytes an event", outcome.sizes[OURS] / events / 1000, 2, " kB", 2)


def _on_postgres(outcome: Outcome) -> Iterator[Target]:
    for view in queries.VIEWS:
        value = times_sqlite(outcome, view.name)
        yield Target(f"{view.name}: time on PostgreSQL, × SQLite", value, TIMES_SQLITE_OF_COUNTS, " ×", 2)
    for kind in queries.KINDS:
        value, limit = times_sqlite(outcome, kind.name), kind.postgres
        yield Target(f"{kind.name}: time on PostgreSQL, × SQLite", value, limit, " ×", 2)
        value = ratio(outcome, kind.name, POSTGRES)
        yield Target(f"{kind.name}: the same with eight connections", value, limit, " ×", 2)
        for name in ("tipg", "pygeoapi"):
            value, limit = ratio(outcome, kind.name, name, POSTGRES), kind.postgres_peers
            yield Target(f"{kind.name}: on PostgreSQL, × {name}", value, limit, " ×", 1, least=True)


def _copied(copied: postgres.Copied, events: int) -> Iterator[Target]:
    rate_of_copy = events / copied.seconds
    yield Target("copy from SQLite to PostgreSQL, events a second", rate_of_copy, 3000, "", 0, True, 10_000)
