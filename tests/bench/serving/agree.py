"""What CI checks: every view gives the numbers of one plain loop over the events, and no page reads all rows."""

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

_ALL_IDS = 3000


class Disagreement(Exception):
    """Two views, or a view and the events, give different numbers; or a plan reads every row."""


def questions(made: World, count: int) -> Iterator[str]:
    """Draw query strings: boxes, times, categories and countries, alone and together."""
    random = Random("agreement")
    for number in range(count):
        values: dict[str, str] = {}
        if number % 2:
            degrees = random.choice((0.5, 2.0, 10.0, 60.0))
            box = queries.box_around(made.cities.draw(random), degrees, random)
            values["bbox"] = ",".join(map(str, box))
        if number % 3:
            days = sorted((draw_day(random), draw_day(random)))
            values["datetime"] = f"{days[0]}/{days[1]}"
        if number % 5 == 0:
            values["category"] = made.categories.draw(random)
        if number % 7 == 0:
            values["country"] = made.cities.draw(random).country or "FR"
        for name in ("undated", "unplaced"):
            values |= random.choice(({}, {}, {name: "exclude"}, {name: "only"}))
        values |= {"match": "certain"} if number % 11 == 5 else {}
        yield urlencode(values, safe=",/:")


def check_views(server: measure.Server, events: list[Draft], asked: Iterable[str]) -> Counter[str]:
    """Compare every view that the server has with a plain loop over the events; raise Disagreement.

    Gives how many comparisons were made of each view.
    """
    made: Counter[str] = Counter()
    for question in asked:
        filter_, _ = queries.filter_of("/events?" + question)
        wanted = [event for event in events if matches(event, filter_)]
        for name, seen, should in _numbers(server, question, filter_, wanted):
            if seen != should:
                raise Disagreement(f"{name} of ?{question}: {seen!r}, and the events say {should!r}")
            made[name] += 1
    return made


def _numbers(
    server: measure.Server, question: str, filter_: Filter, wanted: list[Draft]
) -> Iterator[tuple[str, Any, Any]]:
    """Give pairs that must be equal: what a view says, what the events say."""
    page = _read(server, f"/events?limit=1000&{question}")
    yield "numberMatched", page["numberMatched"], len(wanted)
    if len(wanted) <= _ALL_IDS:
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
            counts = [one["properties"].get("count", 1) for one in clusters["features"]]
            yield f"clusters, zoom {zoom}", sum(counts), pins
    countries = _read(server, f"/events/countries?geometry=none&{question}")
    if countries:
        by_code = {one["id"]: one["properties"]["events"] for one in countries["features"]}
        yield "countries", by_code, dict(codes)


def _read(server: measure.Server, path: str) -> Any:
    """Read a JSON answer; None where the server has no such view."""
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


def matches(event: Draft, asked: Filter) -> bool:
    """Tell whether an event is among those asked for, by box, time, category and country."""
    if asked.categories and event.category not in asked.categories:
        return False
    if not _timely(event, asked):
        return False
    if not event.places:
        return asked.unplaced != "exclude" and not asked.countries
    return asked.unplaced != "only" and any(selects(asked, place) for place in event.places)


def _timely(event: Draft, asked: Filter) -> bool:
    certain = asked.certain and asked.interval is not None
    if event.when is None:
        return asked.undated != "exclude" and not certain
    if asked.interval is None or asked.undated == "only":
        return asked.undated != "only"
    overlaps = event.when.certainly if certain else event.when.possibly
    return overlaps(*asked.interval)


def selects(asked: Filter, place: Place) -> bool:
    """Tell whether a pin lies in the box and in one of the countries asked for."""
    inside = asked.box is None or asked.box.holds(place.lon, place.lat)
    return inside and (not asked.countries or bool(set(place.codes) & set(asked.countries)))


# What the plan of a kind of question must name: the index that makes it fast.
_MUST = {
    queries.KINDS[0].name: ("pin_index VIRTUAL TABLE INDEX",),
    queries.KINDS[1].name: ("USING PRIMARY KEY (country=?)",),
    queries.KINDS[2].name: ("SEARCH e USING INDEX sqlite_autoindex_event_1",),
}
# Tables, by name or alias, that no page may go through from end to end, by an index or without.
_BIG = {"e", "event", "p", "place"}


def plans(database: Path, made: World, events: int) -> dict[str, list[str]]:
    """Explain the plans of a few questions of each kind; raise Disagreement for one that uses no index."""
    store, found = Store(f"sqlite:///{database}"), {}
    for kind in queries.KINDS:
        asks = queries.asks(kind, made, events, 5)
        # With undated and unplaced events a plan is shown and not judged: the planner may well choose a scan.
        for name, everything in (
            (f"{kind.name}, with undated and unplaced events", True),
            (kind.name, False),
        ):
            asked = [queries.ours(ask, everything) for ask in asks]
            for path, said in zip(asked, measure.statements(store, asked), strict=True):
                found[name] = list(_explain(database, said))
                _check(name, path, found[name])
    store.close()
    return found


def _explain(database: Path, said: list[measure.Statement]) -> Iterator[str]:
    with sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True) as connection:
        connection.create_function("moment", 0, lambda: 0, deterministic=True)
        for sql, params in said:
            for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params):
                yield row[3]


def _check(kind: str, path: str, steps: list[str]) -> None:
    if kind not in _MUST:
        return
    whole = [step for step in steps if step.startswith("SCAN ") and step.split()[1] in _BIG]
    lacking = [name for name in _MUST[kind] if not any(name in step for step in steps)]
    if whole or lacking:
        wrong = f"reads all rows ({whole})" if whole else f"does not use {lacking}"
        raise Disagreement(f"the plan of {path} {wrong}: {steps}")


def check(server: measure.Server, database: Path, made: World, events: list[Draft], count: int) -> list[str]:
    """Run every check, and say in a line each what was checked."""
    views = check_views(server, events, islice(questions(made, count), count))
    explained = plans(database, made, len(events))
    return [
        f"{count} questions, each compared with a plain loop over {len(events):,} events: "
        + ", ".join(f"{name} {times}" for name, times in views.items()),
        *(f"plan of {name}: {'; '.join(steps)}" for name, steps in explained.items()),
    ]
