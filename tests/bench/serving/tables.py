"""The tables of a run's results."""

from collections.abc import Mapping
from statistics import median

from ..geocoding.tables import Table
from .measure import Latency
from .rounds import OURS, POSTGRES, Outcome


def rate(outcome: Outcome, kind: str, name: str) -> float | None:
    """Return the median of a server's requests per second."""
    loads = outcome.loads.get((kind, name))
    return median(load.rate for load in loads) if loads else None


def ratio(outcome: Outcome, kind: str, name: str, ours: str = OURS) -> float | None:
    """Return the median over the runs of our requests per second divided by those of another server in the same run."""
    loads, others = (outcome.loads.get((kind, server)) for server in (ours, name))
    if not loads or not others:
        return None
    return median(a.rate / b.rate for a, b in zip(loads, others, strict=True))


def times_sqlite(outcome: Outcome, name: str) -> float | None:
    """Return the median time of single requests on PostgreSQL divided by that on SQLite."""
    if name not in outcome.in_turn:
        return None
    sqlite, on_postgres = outcome.in_turn[name]
    return on_postgres.p50 / sqlite.p50


def encoded_share(outcome: Outcome, kind: str, name: str, encoding: str) -> float | None:
    """Return the median over the runs of the rate with an encoding in per cent of the rate without it."""
    plain, encoded = outcome.loads.get((kind, name)), outcome.encoded.get((kind, name, encoding))
    if not plain or not encoded:
        return None
    return median(100 * b.rate / a.rate for a, b in zip(plain, encoded, strict=True))


def _cell(value: float | None, unit: str = "", digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}{unit}"


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
    if outcome.copied:
        headings = (*headings, "on PostgreSQL we are")
        rows = [(*row, _cell(_times_on_postgres(outcome, row[0], row[1]), " ×", 1)) for row in rows]
    return Table(headings, rows, frozenset({0, 1}))


def _times_on_postgres(outcome: Outcome, kind: str, name: str) -> float | None:
    return None if name in (OURS, POSTGRES) else ratio(outcome, kind, name, POSTGRES)


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
    rows += [
        (kind, "same SQL in a plain loop", f"{rate:,.0f}", "–", "–", "–")
        for kind, rate in outcome.loops.items()
    ]
    return Table(headings, rows, frozenset({0, 1}))


def cold(outcome: Outcome) -> Table:
    """Return the latencies of requests that are made once: counts and pages."""
    rows = [
        (name, str(seen.requests), *(f"{value:.1f}" for value in (seen.p50, seen.mean, seen.p95, seen.p99)))
        for name, seen in [*outcome.views.items(), *outcome.pages.items()]
    ]
    return Table(("query", "requests", "p50 ms", "mean ms", "p95 ms", "p99 ms"), rows)


def in_turn(outcome: Outcome) -> Table:
    """Return the latencies of single requests on SQLite and PostgreSQL, and how many times SQLite's time they take."""
    rows = []
    for name, (sqlite, on_postgres) in outcome.in_turn.items():
        p50, p95 = (
            (f"{sqlite.p50:.2f}", f"{on_postgres.p50:.2f}"),
            (f"{sqlite.p95:.2f}", f"{on_postgres.p95:.2f}"),
        )
        ratios = (f"{on_postgres.p50 / sqlite.p50:.2f} ×", f"{on_postgres.p95 / sqlite.p95:.2f} ×")
        rows.append((name, str(sqlite.requests), *p50, ratios[0], *p95, ratios[1]))
    headings = ("SQLite p50 ms", "PostgreSQL p50 ms", "ratio", "SQLite p95 ms", "PostgreSQL p95 ms", "ratio")
    return Table(("query", "requests", *headings), rows)


def encoded(outcome: Outcome) -> Table:
    """Return pages with Accept-Encoding: requests a second without and with it, their ratio, kilobytes."""
    rows = []
    for (kind, server, encoding), loads in outcome.encoded.items():
        rates = (rate(outcome, kind, server), median(load.rate for load in loads))
        share = encoded_share(outcome, kind, server, encoding)
        size, errors = f"{loads[0].size / 1000:,.1f}", str(sum(load.errors for load in loads))
        rows.append((kind, server, encoding, *map(_cell, rates), _cell(share, " %"), size, errors))
    headings = ("query", "server", "encoding", "requests/s without", "with", "share", "kB", "failed")
    return Table(headings, rows, frozenset({0, 1, 2}))


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
    for workers, memory in outcome.workers.items():
        rows.append((f"memory of {workers} worker(s), own", f"{memory.own / 1e6:,.0f} MB"))
        rows.append((f"memory of {workers} worker(s), mapped files", f"{memory.mapped / 1e6:,.0f} MB"))
    rows.append(("start to first page, median", f"{median(outcome.started):.2f} s"))
    rows.append(("first summary after that, median", f"{median(outcome.first_summaries):.2f} s"))
    if outcome.copied:
        copied = outcome.copied
        cpu = f"{copied.own_cpu:,.1f} s, and {copied.server_cpu:,.1f} s of PostgreSQL"
        rows.append(("copy from SQLite to PostgreSQL, events a second", f"{events / copied.seconds:,.0f}"))
        rows.append(("copy from SQLite to PostgreSQL, CPU", cpu))
    rows += [(f"bytes an event, {name}", f"{size / events:,.0f}") for name, size in outcome.sizes.items()]
    return Table(("what", "measured"), rows)


def growth(smaller: Mapping[str, Latency], outcome: Outcome, times: float) -> Table:
    """Return how much slower single requests are than with fewer events; four times the events may take 4.0 ×."""
    rows = []
    for name, seen in [*outcome.pages.items(), *outcome.views.items()]:
        before = smaller.get(name)
        if before:
            rows.append((name, f"{seen.p50 / before.p50:.1f} ×", f"{seen.mean / before.mean:.1f} ×"))
    return Table((f"{times:g} × the events", "median", "mean"), rows)
