"""The measurements: what is asked of whom, in which order, how often."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

from db.store import Store

from . import measure, peers, queries
from .generate import World
from .measure import Latency, Load, NotToBeHad, Server

ADDRESSES = 20_000
_OURS = "dateline"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured: events, runs, seconds a measurement; where things are kept."""

    events: int
    runs: int = 3
    seconds: float = 8.0
    database: Path
    folder: Path
    world: World


class Found(NamedTuple):
    """What a server finds for a kind of question, in the mean: matched and returned events, bytes."""

    matched: float
    returned: float
    size: float


@dataclass
class Outcome:
    """All that a run found; what could not be had is named in `skipped`."""

    versions: dict[str, str] = field(default_factory=dict)
    loads: dict[tuple[str, str], list[Load]] = field(default_factory=dict)
    finds: dict[tuple[str, str], Found] = field(default_factory=dict)
    everything: dict[str, Load] = field(default_factory=dict)
    half: dict[str, Load] = field(default_factory=dict)
    loops: dict[str, float] = field(default_factory=dict)
    pages: dict[str, Latency] = field(default_factory=dict)
    views: dict[str, Latency] = field(default_factory=dict)
    unchanged: dict[str, list[Load]] = field(default_factory=dict)
    busy: tuple[Load, int] | None = None
    started: list[float] = field(default_factory=list)
    first_summary: float = 0.0
    memory: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def measured(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run every measurement that can be had here."""
    outcome = Outcome()
    with ExitStack() as stack:
        _starts(plan, outcome)
        server = measure.dateline(plan.database)
        stack.callback(server.stop)
        say("our server alone")
        _alone(plan, outcome, server)
        say("PostGIS is filled")
        beside = stack.enter_context(_peers(plan, outcome))
        say(f"pages, beside {', '.join(beside) or 'nobody'}")
        _beside(plan, outcome, server, beside)
    return outcome


@contextmanager
def skipping(outcome: Outcome, what: str) -> Iterator[None]:
    """Note what cannot be had, and go on."""
    try:
        yield
    except (NotToBeHad, measure.Failed) as error:
        outcome.skipped.append(f"{what}: {error}")


def _starts(plan: Plan, outcome: Outcome) -> None:
    """Start our server anew a few times: to the first page, and to the first counts of the whole world."""
    for _ in range(plan.runs):
        server = measure.dateline(plan.database)
        try:
            outcome.started.append(server.started)
            outcome.memory["after the first page"] = server.anonymous()
            seen = measure.cold(server, iter(("/events/summary", "/events/summary?limit=1")), 2, 60)
            outcome.first_summary = seen.p99 / 1000
        finally:
            server.stop()


def _alone(plan: Plan, outcome: Outcome, server: Server) -> None:
    """Measure what no peer has: aggregates, answers that did not change, and pages while aggregates run."""
    for view in queries.VIEWS:
        with skipping(outcome, view.name):
            asked = queries.addresses(view, plan.world, "cold")
            outcome.views[view.name] = measure.cold(server, asked, 1000, plan.seconds * 3)
    outcome.memory["after all aggregates"] = server.anonymous()
    for kind in queries.KINDS:
        asked = iter(_paths(plan, kind)[-1000:])
        outcome.pages[kind.name] = measure.cold(server, asked, 1000, plan.seconds)
    with skipping(outcome, "If-None-Match"):
        _unchanged(plan, outcome, server)
    with skipping(outcome, "pages while summaries run"):
        outcome.busy = _busy(plan, server)
    outcome.memory["after everything"] = server.anonymous()


def _paths(plan: Plan, kind: queries.Kind, everything: bool = False) -> list[str]:
    return [queries.ours(ask, everything) for ask in queries.asks(kind, plan.world, plan.events, ADDRESSES)]


def _unchanged(plan: Plan, outcome: Outcome, server: Server) -> None:
    """Ask for what did not change: a page of ours, and the same bytes as a file of nginx, in turn."""
    path = _paths(plan, queries.KINDS[0])[0]
    _, body, ours = measure.get(server.port, path)
    with peers.nginx(body) as static:
        _, _, theirs = measure.get(static.port, "/page")
        for _ in range(plan.runs):
            for one, asked, tag in ((server, path, ours), (static, "/page", theirs)):
                header = f"If-None-Match: {tag}"
                load = measure.wrk(one, [asked], plan.seconds / 2, header=header)
                if load.size > 1000:
                    raise measure.Failed(f"{one.name} sends the page again")
                outcome.unchanged.setdefault(one.name, []).append(load)


def _busy(plan: Plan, server: Server) -> tuple[Load, int]:
    """Measure pages while another client asks for counts of the whole world without a pause."""
    asked = queries.addresses(queries.VIEWS[0], plan.world, "busy")
    stop, count = threading.Event(), [0]

    def ask() -> None:
        while not stop.is_set():
            measure.cold(server, islice(asked, 2), 2, 60)
            count[0] += 2

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        return measure.wrk(server, _paths(plan, queries.KINDS[0]), plan.seconds, pause=50), count[0]
    finally:
        stop.set()
        thread.join()


@contextmanager
def _peers(plan: Plan, outcome: Outcome) -> Iterator[dict[str, peers.Peer]]:
    """Start the peers that can be had."""
    found: dict[str, peers.Peer] = {}
    with ExitStack() as stack:
        with skipping(outcome, "tipg and pygeoapi"):
            url = stack.enter_context(peers.postgis(plan.events))
            outcome.versions["database"], outcome.sizes["PostGIS"] = peers.described(url)
            for name, start in peers.START.items():
                with skipping(outcome, name):
                    found[name] = start(url, plan.folder)
                    stack.callback(found[name].server.stop)
                    bin_ = peers.environment(name, plan.folder)
                    outcome.versions[name] = peers.version(bin_, name)
        yield found


def _beside(plan: Plan, outcome: Outcome, server: Server, beside: dict[str, peers.Peer]) -> None:
    """Ask every server the same pages in turn, run after run; then ours at half load and in a plain loop."""
    every = {_OURS: peers.Peer(server, queries.ours), **beside}
    for kind in queries.KINDS:
        asks = queries.asks(kind, plan.world, plan.events, ADDRESSES)
        for name, peer in every.items():
            outcome.finds[kind.name, name] = _finds(peer, asks[:30])
        with skipping(outcome, kind.name):
            for _ in range(plan.runs):
                for name, peer in every.items():
                    load = measure.wrk(peer.server, map(peer.write, asks), plan.seconds)
                    outcome.loads.setdefault((kind.name, name), []).append(load)
            _more(plan, outcome, server, kind)


def _more(plan: Plan, outcome: Outcome, server: Server, kind: queries.Kind) -> None:
    rate = median(load.rate for load in outcome.loads[kind.name, _OURS])
    pause = 1000 * measure.CONNECTIONS / (rate / 2) - outcome.pages[kind.name].p50
    outcome.half[kind.name] = measure.wrk(server, _paths(plan, kind), plan.seconds, pause)
    if kind.name != queries.KINDS[-1].name:
        paths = _paths(plan, kind, everything=True)
        outcome.everything[kind.name] = measure.wrk(server, paths, plan.seconds)
    store = Store(f"sqlite:///{plan.database}")
    said = measure.statements(store, _paths(plan, kind)[:300])
    store.close()
    outcome.loops[kind.name] = measure.loop(plan.database, said, plan.seconds)


def _finds(peer: peers.Peer, asks: list[queries.Ask]) -> Found:
    """Look at a few answers, so that it can be seen that the servers were asked the same."""
    matched, returned, sizes = [], [], []
    for ask in asks:
        status, body, _ = measure.get(peer.server.port, peer.write(ask))
        if status != 200:
            raise measure.Failed(f"{peer.server.name} {peer.write(ask)}: {status} {body[:300]!r}")
        said = json.loads(body)
        matched.append(said.get("numberMatched", 1))
        returned.append(len(said.get("features", [said])))
        sizes.append(len(body))
    return Found(fmean(matched), fmean(returned), fmean(sizes))
