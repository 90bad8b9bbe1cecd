"""The tables of a run's results, with the targets."""

from collections.abc import Iterator, Mapping
from statistics import median

from ..geocoding.tables import Table
from . import queries
from .measure import Latency
from .rounds import Outcome

OURS = "dateline"
_PEERS = ("tipg", "pygeoapi")


def rate(outcome: Outcome, kind: str, name: str) -> float | None:
    """Return the median of a server's requests per second."""
    loads = outcome.loads.get((kind, name))
    return median(load.rate for load in loads) if loads else None


def ratio(outcome: Outcome, kind: str, name: str) -> float | None:
    """Return the median over the runs of our requests per second divided by a peer's in the same run."""
    ours, theirs = (outcome.loads.get((kind, server)) for server in (OURS, name))
    if not ours or not theirs:
        return None
    return median(a.rate / b.rate for a, b in zip(ours, theirs, strict=True))


def _cell(value: float | None, unit: str = "", digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}{unit}"


def _met(value: float | None, limit: float, least: bool) -> str:
    if value is None:
        return "not measured"
    return "yes" if (value >= limit if least else value <= limit) else "no"


Target = tuple[str, str, float | None, float, bool, str, int]


def targets(outcome: Outcome, events: int) -> Table:
    """Return every target with its measurement."""
    rows = [
        (
            what,
            f"{'≥' if least else '≤'} {limit:g}{unit}{more}",
            _cell(value, unit, digits),
            _met(value, limit, least),
        )
        for what, more, value, limit, least, unit, digits in _targets(outcome, events)
    ]
    return Table(("what", "target", "measured", "met"), rows, frozenset({0}))


def _targets(outcome: Outcome, events: int) -> Iterator[Target]:
    for kind in queries.KINDS:
        for name, least in zip(_PEERS, (kind.tipg, kind.pygeoapi), strict=True):
            yield f"{kind.name}: × {name}", "", ratio(outcome, kind.name, name), least, True, " ×", 1
    first = queries.KINDS[0].name
    half, loop = outcome.half.get(first), outcome.loops.get(first)
    yield f"{first}: p99 at half load", "", half and half.p99, 15, False, " ms", 1
    ours = rate(outcome, first, OURS)
    share = 100 * ours / loop if ours and loop else None
    yield f"{first}: share of the plain loop", "", share, 50, True, " %", 0
    for view in queries.VIEWS:
        seen = outcome.views.get(view.name)
        more = f" (moonshot {view.moonshot})" if view.moonshot else ""
        yield f"{view.name}, cold: p95", more, seen and seen.p95, view.target, False, " ms", 1
    yield "If-None-Match: share of nginx", "", _unchanged(outcome), 35, True, " %", 1
    busy = outcome.busy[0].p99 if outcome.busy else None
    yield "page of 100 while world summaries run: p99", "", busy, 50, False, " ms", 1
    yield "anonymous memory of the worker", "", max(outcome.memory.values()) / 1e6, 350, False, " MB", 0
    yield "start to first page", "", median(outcome.started), 3, False, " s", 2
    yield "database, bytes an event", "", outcome.sizes[OURS] / events / 1000, 2.0, False, " kB", 2


def _unchanged(outcome: Outcome) -> float | None:
    ours, theirs = outcome.unchanged.get(OURS), outcome.unchanged.get("nginx")
    if not ours or not theirs:
        return None
    return median(100 * a.rate / b.rate for a, b in zip(ours, theirs, strict=True))


def pages(outcome: Outcome) -> Table:
    """Return the results for pages: each kind of query on each server."""
    headings = (
"query", "server", "requests/s", "we are", "p50 ms", "p99 ms", "matched", "returned", "kB", "failed",
    )  # fmt: skip
    rows = []
    for (kind, name), loads in outcome.loads.items():
        mean_answer = outcome.finds[kind, name]
        times = ratio(outcome, kind, name) if name != OURS else None
        rows.append(
            (
                kind, name, _cell(median(load.rate for load in loads), "", 0), _cell(times, " ×", 1),
                _cell(median(load.p50 for load in loads), "", 1), _cell(median(load.p99 for load in loads), "", 1),
                _cell(mean_answer.matched, "", 1), _cell(mean_answer.returned, "", 1),
                _cell(mean_answer.size / 1000, "", 1),
                str(sum(load.errors for load in loads)),
            )
        )  # fmt: skip
    return Table(headings, rows, frozenset({0, 1}))


def own(outcome: Outcome) -> Table:
    """Return our own results for pages: half load, with undated and unplaced events, and the plain loop."""
    headings = ("query", "how", "requests/s", "p50 ms", "p95 ms", "p99 ms")
    rows = []
    for kind, half in outcome.half.items():
        every = outcome.everything.get(kind)
        for how, load in (("half load", half), ("with undated and unplaced events", every)):
            if load:
                figures = (f"{load.rate:,.0f}", f"{load.p50:.1f}", f"{load.p95:.1f}", f"{load.p99:.1f}")
                rows.append((kind, how, *figures))
        rows.append((kind, "same SQL in a plain loop", f"{outcome.loops[kind]:,.0f}", "–", "–", "–"))
    return Table(headings, rows, frozenset({0, 1}))


def cold(outcome: Outcome) -> Table:
    """Return the latencies of requests that are made once: counts and pages."""
    rows = [
        (name, str(seen.requests), *(f"{value:.1f}" for value in (seen.p50, seen.mean, seen.p95, seen.p99)))
        for name, seen in [*outcome.views.items(), *outcome.pages.items()]
    ]
    return Table(("query", "requests", "p50 ms", "mean ms", "p95 ms", "p99 ms"), rows)


def other_figures(outcome: Outcome, events: int) -> Table:
    """Return the other figures: unchanged responses, memory, start, sizes."""
    rows = [
        (f"304 a second, {name}", f"{median(load.rate for load in loads):,.0f}")
        for name, loads in outcome.unchanged.items()
    ]
    if outcome.busy:
        load, count = outcome.busy
        rows.append(("pages while world summaries run: a second", f"{load.rate:,.0f}"))
        rows.append(("pages while world summaries run: p50", f"{load.p50:.1f} ms"))
        rows.append(("world summaries meanwhile", str(count)))
    rows += [(f"anonymous memory {when}", f"{size / 1e6:,.0f} MB") for when, size in outcome.memory.items()]
    rows.append(("start to first page, median", f"{median(outcome.started):.2f} s"))
    rows.append(("first summary of the world after that", f"{outcome.first_summary:.2f} s"))
    rows += [(f"bytes an event, {name}", f"{size / events:,.0f}") for name, size in outcome.sizes.items()]
    return Table(("what", "measured"), rows)


def growth(smaller: Mapping[str, Latency], outcome: Outcome, times: float) -> Table:
    """Return how much slower single requests are than with fewer events."""
    rows = []
    for name, seen in [*outcome.pages.items(), *outcome.views.items()]:
        before = smaller.get(name)
        if before:
            rows.append((name, f"{seen.p50 / before.p50:.1f} ×", f"{seen.mean / before.mean:.1f} ×"))
    return Table((f"{times:g} × the events", "median", "mean"), rows)
