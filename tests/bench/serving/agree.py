"""The checks that CI runs: every view returns the counts of a plain loop over the events, and no page scans a table."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from geo.place import Place

from . import measure, queries
from .generate import World, draw_day

MAX_IDS_COMPARED = 3000


class Disagreement(Exception):
    """Two views, or a view and the events, have different counts; or a query plan scans a table."""


def questions(world: World, count: int) -> Iterator[str]:
    """Yield random query strings: boxes, times, categories and countries, alone and combined."""
    random = Random("agreement")
    for number in range(count):
        values: dict[str, str] = {}
        if number % 2:
            degrees = random.choice((0.5, 2.0, 10.0, 60.0))
            box = queries.box_around(world.cities.draw(random), degrees, random)
            values["bbox"] = ",".join(map(str, box))
        if number % 3:
            days = sorted((draw_day(random), draw_day(random)))
            values["datetime"] = f"{days[0]}/{days[1]}"
        if number % 5 == 0:
            values["category"] = world.categories.draw(random)
        if number % 7 == 0:
            values["country"] = world.cities.draw(random).country or "FR"
        for name in ("undated", "unplaced"):
            values |= random.choice(({}, {}, {name: "exclude"}, {name: "only"}))
        values |= {"match": "certain"} if number % 11 == 5 else {}
        yield urlencode(values, safe=",/:")


def check_views(server: measure.Server, events: list[Draft], queries_asked: Iterable[str]) -> Counter[str]:
    """Compare every view that the server has with a plain loop over the events; raise Disagreement.

    Returns how many comparisons each view had.
    """
    comparisons: Counter[str] = Counter()
    for question in queries_asked:
        filter_, _ = queries.filter_of("/events?" + question)
        wanted = [event for event in events if matches(event, filter_)]
        for name, seen, should in _numbers(server, question, filter_, wanted):
            if seen != should:
                raise Disagreement(f"{name} of ?{question}: {seen!r}, and the events say {should!r}")
            comparisons[name] += 1
    return comparisons


def _numbers(
    server: measure.Server, question: str, filter_: Filter, wanted: list[Draft]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (name, value of a view, value from the events); the two values must be equal."""
    page = _read(server, f"/events?limit=1000&{question}")
    yield "numberMatched", page["numberMatched"], len(wanted)
    if len(wanted) <= MAX_IDS_COMPARED:
        yield "ids", sorted(_ids(server, page)), sorted(event.id or "" for event in wanted)
    summary = _read(server, f"/events/summary?{question}")
    yield "summary", summary["matched"], len(wanted)
    yield "summary, undated", summary["undated"], sum(event.when is None for event in wanted)
    yield "summary, unplaced", summary["unplaced"], sum(not event.places for event in wanted)
    dated = sum(bucket["count"] for bucket in summary["histogram"])
    yield "histogram", dated + summary["undated"], len(wanted)
    yield "categories", summary["categories"], dict(Counter(event.category for event in wanted))
    chosen = [[place for place in event.places if selects(filter_, place)] for event in wanted]
    pins = sum(map(len, chosen))
    yield "pins", summary["pins"], pins
    codes = Counter(code for places in chosen for code in {code for place in places for code in place.codes})
    if filter_.countries:
        codes = Counter({code: codes[code] for code in filter_.countries if code in codes})
    yield "summary, countries", summary["countries"], dict(codes)
    for zoom in (2, 8):
        clusters = _read(server, f"/events/clusters?zoom={zoom}&{question}")
        if clusters:
            counts = [feature["properties"].get("count", 1) for feature in clusters["features"]]
            yield f"clusters, zoom {zoom}", sum(counts), pins
    countries = _read(server, f"/events/countries?geometry=none&{question}")
    if countries:
        by_code = {feature["id"]: feature["properties"]["events"] for feature in countries["features"]}
        yield "countries", by_code, dict(codes)


def _read(server: measure.Server, path: str) -> Any:
    """Return a JSON response; None if the server has no such view (404)."""
    status, body, _ = measure.get(server.port, path)
    if status == 404:
        return None
    if status != 200:
        raise Disagreement(f"{path}: {status} {body[:300]!r}")
    return json.loads(body)


def _ids(server: measure.Server, page: dict[str, Any]) -> Iterator[str]:
    while True:
        yield from (feature["id"] for feature in page["features"])
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return
        page = _read(server, following[0].removeprefix(server.url))


def matches(event: Draft, filter_: Filter) -> bool:
    """Return whether an event matches a filter of box, time, category and country."""
    if filter_.categories and event.category not in filter_.categories:
        return False
    if not _timely(event, filter_):
        return False
    if not event.places:
        return filter_.unplaced != "exclude" and not filter_.countries
    return filter_.unplaced != "only" and any(selects(filter_, place) for place in event.places)


def _timely(event: Draft, filter_: Filter) -> bool:
    certain = filter_.certain and filter_.interval is not None
    if event.when is None:
        return filter_.undated != "exclude" and not certain
    if filter_.interval is None or filter_.undated == "only":
        return filter_.undated != "only"
    when, (first, last) = event.when, filter_.interval
    if certain:
        return not when.doubtful and when.start_max <= last and when.end_min >= first
    return when.start_min <= last and when.end_max >= first


def selects(filter_: Filter, place: Place) -> bool:
    """Return whether a pin is in the box and in one of the countries of a filter."""
    inside = filter_.box is None or filter_.box.contains(place.lon, place.lat)
    return inside and (not filter_.countries or bool(set(place.codes) & set(filter_.countries)))


# The index that the plan of each kind of query must use.
_REQUIRED_STEPS = {
    queries.KINDS[0].name: ("pin_index VIRTUAL TABLE INDEX",),
    queries.KINDS[1].name: ("USING PRIMARY KEY (country=?)",),
    queries.KINDS[2].name: ("SEARCH e USING INDEX sqlite_autoindex_event_1",),
}
# Tables, by name or alias, that no page may scan completely, with or without an index.
_LARGE_TABLES = {"e", "event", "p", "place"}


def plans(database: Path, world: World, events: int) -> dict[str, list[str]]:
    """Return the query plans of a few queries of each kind; raise Disagreement for one that uses no index."""
    store, steps = Store(f"sqlite:///{database}"), {}
    for kind in queries.KINDS:
        page_queries = queries.page_queries(kind, world, events, 5)
        # With undated and unplaced events the plan is only printed: the planner may well choose a scan.
        for name, everything in (
            (f"{kind.name}, with undated and unplaced events", True),
            (kind.name, False),
        ):
            paths = [queries.our_path(query, everything) for query in page_queries]
            for path, recorded in zip(paths, measure.statements(store, paths), strict=True):
                steps[name] = list(_explain(database, recorded))
                _check(name, path, steps[name])
    store.close()
    return steps


def _explain(database: Path, recorded: list[measure.Statement]) -> Iterator[str]:
    with sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True) as connection:
        connection.create_function("moment", 0, lambda: 0, deterministic=True)
        for sql, params in recorded:
            for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params):
                yield row[3]


def _check(kind: str, path: str, steps: list[str]) -> None:
    if kind not in _REQUIRED_STEPS:
        return
    scans = [step for step in steps if step.startswith("SCAN ") and step.split()[1] in _LARGE_TABLES]
    unused = [name for name in _REQUIRED_STEPS[kind] if not any(name in step for step in steps)]
    if scans or unused:
        problem = f"reads all rows ({scans})" if scans else f"does not use {unused}"
        raise Disagreement(f"the plan of {path} {problem}: {steps}")


def check(server: measure.Server, database: Path, world: World, events: list[Draft], count: int) -> list[str]:
    """Run every check, and return one line about each."""
    views = check_views(server, events, islice(questions(world, count), count))
    explained = plans(database, world, len(events))
    return [
        f"{count} questions, each compared with a plain loop over {len(events):,} events: "
        + ", ".join(f"{name} {times}" for name, times in views.items()),
        *(f"plan of {name}: {'; '.join(steps)}" for name, steps in explained.items()),
    ]
