"""The measurements: which requests go to which server, in which order and how often."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from db.store import Store

from . import measure, peers, postgres, queries
from .editing import EditingOutcome, EditingPlan, measure_editing
from .generate import World
from .measure import Latency, Load, Server, Unavailable
from .workers import WorkersMemory, measure_workers

ADDRESSES = 20_000
ENCODINGS = ("gzip", "zstd", "br")
ENCODED_KINDS = tuple(kind.name for kind in queries.KINDS if kind.name != "one event by id")
OURS = "dateline"
POSTGRES = "dateline on PostgreSQL"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run measures: events, runs, seconds per measurement, edits, rows to import, and the folders it uses."""

    events: int
    runs: int = 3
    seconds: float = 8.0
    edits: int = 10_000
    rows: int = 100_000
    with_peers: bool = True
    database: Path
    folder: Path
    world: World


class MeanAnswer(NamedTuple):
    """Means over a kind of query: events matched, events returned, bytes."""

    matched: float
    returned: float
    size: float


@dataclass
class Outcome:
    """All results of a run; `skipped` names what could not be measured."""

    versions: dict[str, str] = field(default_factory=dict)
    loads: dict[tuple[str, str], list[Load]] = field(default_factory=dict)
    finds: dict[tuple[str, str], MeanAnswer] = field(default_factory=dict)
    everything: dict[str, Load] = field(default_factory=dict)
    half: dict[str, Load] = field(default_factory=dict)
    loops: dict[str, float] = field(default_factory=dict)
    pages: dict[str, Latency] = field(default_factory=dict)
    views: dict[str, Latency] = field(default_factory=dict)
    in_turn: dict[str, list[Latency]] = field(default_factory=dict)
    copied: postgres.Copied | None = None
    unchanged: dict[str, list[Load]] = field(default_factory=dict)
    busy: tuple[Load, int] | None = None
    started: list[float] = field(default_factory=list)
    first_summaries: list[float] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    encoded: dict[tuple[str, str, str], list[Load]] = field(default_factory=dict)
    workers: dict[int, WorkersMemory] = field(default_factory=dict)
    editing: EditingOutcome = field(default_factory=EditingOutcome)
    skipped: list[str] = field(default_factory=list)


def measured(plan: Plan, log_step: Callable[[str], None]) -> Outcome:
    """Run every measurement that is possible on this machine."""
    outcome = Outcome()
    with ExitStack() as stack:
        _starts(plan, outcome)
        server = measure.dateline(plan.database)
        stack.callback(server.stop)
        log_step("measuring our server alone")
        _alone(plan, outcome, server)
        _compare_all(plan, outcome, server, log_step)
    log_step("memory of one worker and of two")
    for workers in (1, 2):
        with skipping(outcome, f"memory of {workers} workers"):
            outcome.workers[workers] = measure_workers(plan.database, workers)
    with skipping(outcome, "while being edited"):
        _edited(plan, outcome, log_step)
    return outcome


def _edited(plan: Plan, outcome: Outcome, log_step: Callable[[str], None]) -> None:
    """Measure reads, imports and memory while events are edited, on a copy of the database."""
    with TemporaryDirectory(prefix="edited-", dir=plan.folder) as folder:
        database = Path(folder) / "events.db"
        shutil.copyfile(plan.database, database)
        editing_plan = EditingPlan(
            database=database,
            events=plan.events,
            seconds=plan.seconds,
            edits=plan.edits,
            rows=plan.rows,
            world=plan.world,
        )
        measure_editing(editing_plan, outcome.editing, log_step)


@contextmanager
def skipping(outcome: Outcome, what: str) -> Iterator[None]:
    """Record a measurement that is not possible, and continue."""
    try:
        yield
    except (Unavailable, measure.Failed) as error:
        outcome.skipped.append(f"{what}: {error}")


def _starts(plan: Plan, outcome: Outcome) -> None:
    """Start our server several times; measure the first page and the first summary of the whole world."""
    for _ in range(plan.runs):
        server = measure.dateline(plan.database)
        try:
            outcome.started.append(server.started)
            outcome.memory["after the first page"] = server.anonymous()
            outcome.first_summaries.append(measure.wait_for_columns(server))
        finally:
            server.stop()


def _alone(plan: Plan, outcome: Outcome, server: Server) -> None:
    """Measure what no peer offers: counts, unchanged responses, and pages while summaries run."""
    for view in queries.VIEWS:
        with skipping(outcome, view.name):
            paths = queries.addresses(view, plan.world, "cold")
            outcome.views[view.name] = measure.cold(server, paths, 1000, plan.seconds * 3)
    outcome.memory["after all aggregates"] = server.anonymous()
    for kind in queries.KINDS:
        paths = iter(_paths(plan, kind)[-1000:])
        outcome.pages[kind.name] = measure.cold(server, paths, 1000, plan.seconds)
    with skipping(outcome, "If-None-Match"):
        _unchanged(plan, outcome, server)
    with skipping(outcome, "pages while summaries run"):
        outcome.busy = _busy(plan, server)
    outcome.memory["after everything"] = server.anonymous()


def _paths(plan: Plan, kind: queries.Kind, everything: bool = False) -> list[str]:
    return [
        queries.our_path(query, everything)
        for query in queries.page_queries(kind, plan.world, plan.events, ADDRESSES)
    ]


def _unchanged(plan: Plan, outcome: Outcome, server: Server) -> None:
    """Measure conditional requests for an unchanged page of ours, and for the same bytes as a file of nginx."""
    path = _paths(plan, queries.KINDS[0])[0]
    _, body, ours = measure.get(server.port, path)
    with peers.nginx(body) as static:
        _, _, theirs = measure.get(static.port, "/page")
        for _ in range(plan.runs):
            for target, target_path, tag in ((server, path, ours), (static, "/page", theirs)):
                header = f"If-None-Match: {tag}"
                load = measure.wrk(target, [target_path], plan.seconds / 2, header=header)
                if load.size > 1000:
                    raise measure.Failed(f"{target.name} sent the page again")
                outcome.unchanged.setdefault(target.name, []).append(load)


def _busy(plan: Plan, server: Server) -> tuple[Load, int]:
    """Measure pages while another client requests summaries of the whole world without a pause."""
    paths = queries.addresses(queries.VIEWS[0], plan.world, "busy")
    stop, count = threading.Event(), [0]

    def request_summaries() -> None:
        while not stop.is_set():
            measure.cold(server, islice(paths, 2), 2, 60)
            count[0] += 2

    thread = threading.Thread(target=request_summaries)
    thread.start()
    try:
        return measure.wrk(server, _paths(plan, queries.KINDS[0]), plan.seconds, pause=50), count[0]
    finally:
        stop.set()
        thread.join()


@contextmanager
def _on_postgres(
    plan: Plan, outcome: Outcome, log_step: Callable[[str], None]
) -> Iterator[dict[str, peers.Peer]]:
    """Start what uses PostgreSQL, as far as it is available: our server on a copy of the database, and the peers."""
    started: dict[str, peers.Peer] = {}
    with ExitStack() as stack:
        with skipping(outcome, f"{POSTGRES}, tipg and pygeoapi" if plan.with_peers else POSTGRES):
            cluster = stack.enter_context(postgres.cluster())
            outcome.versions["database"] = postgres.versions(cluster.url)
            log_step("copying into PostgreSQL")
            with skipping(outcome, POSTGRES):
                outcome.copied = postgres.copied(plan.database, cluster)
                outcome.sizes[POSTGRES] = outcome.copied.size
                started[POSTGRES] = peers.Peer(postgres.serve(outcome.copied), queries.our_path)
                stack.callback(started[POSTGRES].server.stop)
            if plan.with_peers:
                log_step("filling PostGIS")
                with skipping(outcome, "tipg and pygeoapi"):
                    _start_peers(plan, outcome, cluster.url, started, stack)
        yield started


def _start_peers(
    plan: Plan, outcome: Outcome, url: str, started: dict[str, peers.Peer], stack: ExitStack
) -> None:
    """Fill the peers' table and start the peers that are available."""
    peers.fill(url, plan.events)
    outcome.sizes["PostGIS"] = peers.size_of(url)
    for name, start in peers.START.items():
        with skipping(outcome, name):
            started[name] = start(url, plan.folder)
            stack.callback(started[name].server.stop)
            bin_ = peers.environment(name, plan.folder)
            outcome.versions[name] = peers.version(bin_, name)


def _in_turn(plan: Plan, outcome: Outcome, servers: list[Server]) -> None:
    """Measure single requests to SQLite and PostgreSQL, at addresses that neither server has answered before."""
    for view in queries.VIEWS:
        with skipping(outcome, f"{view.name} on PostgreSQL"):
            paths = queries.addresses(view, plan.world, "in turn")
            outcome.in_turn[view.name] = measure.cold_in_turn(servers, paths, 1000, plan.seconds * 3)
    for kind in queries.KINDS:
        with skipping(outcome, f"{kind.name} on PostgreSQL"):
            # The last thousand were requested from SQLite alone.
            pages = iter(_paths(plan, kind)[-2000:-1000])
            outcome.in_turn[kind.name] = measure.cold_in_turn(servers, pages, 1000, plan.seconds * 3)


def _compare_all(plan: Plan, outcome: Outcome, server: Server, log_step: Callable[[str], None]) -> None:
    """Compare our server with the one on PostgreSQL, as far as it is available, and with the peers."""
    with _on_postgres(plan, outcome, log_step) as others:
        if POSTGRES in others:
            log_step("single requests to SQLite and PostgreSQL in turn")
            _in_turn(plan, outcome, [server, others[POSTGRES].server])
        log_step(f"pages, compared with {', '.join(others) or 'no other server'}")
        _compare(plan, outcome, server, others)


def _compare(plan: Plan, outcome: Outcome, server: Server, others: dict[str, peers.Peer]) -> None:
    """Request the same pages from every server in turn; then ours at half load and in a plain loop."""
    every = {OURS: peers.Peer(server, queries.our_path), **others}
    for kind in queries.KINDS:
        page_queries = queries.page_queries(kind, plan.world, plan.events, 30)
        for name, peer in every.items():
            outcome.finds[kind.name, name] = _finds(peer, page_queries)
        with skipping(outcome, kind.name):
            for _ in range(plan.runs):
                for name, peer in every.items():
                    _load(plan, outcome, kind, name, peer)
            _own_pages(plan, outcome, server, kind)
        outcome.loops[kind.name] = _plain_loop(plan, kind)


def _load(plan: Plan, outcome: Outcome, kind: queries.Kind, name: str, peer: peers.Peer) -> None:
    """Request pages of one server at full speed, without compression and with it."""
    paths = [peer.write(query) for query in queries.page_queries(kind, plan.world, plan.events, ADDRESSES)]
    load = measure.wrk(peer.server, paths, plan.seconds)
    outcome.loads.setdefault((kind.name, name), []).append(load)
    if kind.name not in ENCODED_KINDS:
        return
    for encoding in ENCODINGS if name == OURS else ENCODINGS[:1]:
        load = measure.wrk(peer.server, paths, plan.seconds / 2, header=f"Accept-Encoding: {encoding}")
        outcome.encoded.setdefault((kind.name, name, encoding), []).append(load)


def _plain_loop(plan: Plan, kind: queries.Kind) -> float:
    store = Store(f"sqlite:///{plan.database}")
    recorded = measure.statements(store, _paths(plan, kind)[:300])
    store.close()
    return measure.loop(plan.database, recorded, plan.seconds / 2)


def _own_pages(plan: Plan, outcome: Outcome, server: Server, kind: queries.Kind) -> None:
    rate = median(load.rate for load in outcome.loads[kind.name, OURS])
    pause = 1000 * measure.CONNECTIONS / (rate / 2) - outcome.pages[kind.name].p50
    outcome.half[kind.name] = measure.wrk(server, _paths(plan, kind), plan.seconds, pause)
    if kind.name != queries.KINDS[-1].name:
        paths = _paths(plan, kind, everything=True)
        outcome.everything[kind.name] = measure.wrk(server, paths, plan.seconds)


def _finds(peer: peers.Peer, page_queries: list[queries.PageQuery]) -> MeanAnswer:
    """Return the means of a few responses, which show that the servers were asked the same."""
    matched, returned, sizes = [], [], []
    for query in page_queries:
        status, body, _ = measure.get(peer.server.port, peer.write(query))
        if status != 200:
            raise measure.Failed(f"{peer.server.name} {peer.write(query)}: {status} {body[:300]!r}")
        answer = json.loads(body)
        matched.append(answer.get("numberMatched", 1))
        returned.append(len(answer.get("features", [answer])))
        sizes.append(len(body))
    return MeanAnswer(fmean(matched), fmean(returned), fmean(sizes))
