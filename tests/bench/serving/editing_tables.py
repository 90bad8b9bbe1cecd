"""The tables of the measurements while events are edited."""

from ..geocoding.tables import Cells, Table
from .editing import AT_REST, EDITED, HALF_AT_REST, HALF_EDITED, EditingOutcome
from .measure import Latency, Load

_AT_REST = {EDITED: AT_REST, HALF_EDITED: HALF_AT_REST}


def reads(outcome: EditingOutcome) -> Table:
    """Return the load of 20 readers by what they read and what happens meanwhile."""
    rows = []
    for (name, when), load in outcome.reads.items():
        at_rest = outcome.reads.get((name, _AT_REST.get(when, AT_REST)))
        share = f"{100 * load.rate / at_rest.rate:.0f} %" if at_rest and at_rest is not load else "–"
        rows.append((name, when, f"{load.rate:,.0f}", share, *_times(load), str(load.errors)))
    headings = ("readers of", "meanwhile", "requests/s", "of at rest", "p50 ms", "p99 ms", "max ms", "failed")
    return Table(headings, rows, frozenset({0, 1}))


def saves(outcome: EditingOutcome) -> Table:
    """Return the latencies of saves, and of the first summary that counts a save, by what happens meanwhile."""
    rows = []
    for when, result in outcome.saves.items():
        counted = f"{result.counted.p95:.0f}" if result.counted else "–"
        saved = (str(result.latency.requests), f"{result.rate:.1f}", *_times(result.latency))
        rows.append((when, *saved, counted, str(result.errors)))
    headings = ("meanwhile", "saves", "a second", "p50 ms", "p99 ms", "max ms", "counted, p95 ms", "failed")
    return Table(headings, rows)


def imports(outcome: EditingOutcome) -> Table:
    """Return the rows a second of imports, and the memory before and after the edits."""
    rows = [(when, f"{rate:,.0f} rows/s") for when, rate in outcome.imports.items()]
    rows += [(f"anonymous memory {when}", f"{size / 1e6:,.0f} MB") for when, size in outcome.memory.items()]
    return Table(("what", "measured"), rows)


def _times(latencies: Load | Latency) -> Cells:
    return tuple(f"{value:,.1f}" for value in (latencies.p50, latencies.p99, latencies.maximum))
