"""The queries: drawn like the events, so that most of them match, and written for each server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from urllib.parse import urlencode

from db.query.filter import Filter
from geo.place import Place
from timeline.api.params.reading import parse_filter, parse_limit, parse_query_string
from timeline.api.params.tables import LIST

from .generate import SEED, World, draw_day

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """A query for a page, independent of any server; `box` is west, south, east, north in degrees."""

    box: Box | None = None
    days: tuple[date, date] | None = None
    country: str | None = None
    limit: int = 100
    id: str | None = None


class Kind(NamedTuple):
    """A kind of query: its name in the tables, a function that draws one, and the target ratio to each peer.

    On PostgreSQL, it may take `postgres` times SQLite's time, and must be `postgres_peers` times as fast as each peer.
    """

    name: str
    draw: Callable[[Random, World, int], PageQuery]
    tipg: int
    pygeoapi: int
    postgres: int
    postgres_peers: int


def _city(random: Random, world: World) -> Place:
    return world.cities.draw(random)


def box_around(place: Place, degrees: float, random: Random) -> Box:
    """Return a box of `degrees` on each side (west, south, east, north) with the place at a random position in it."""
    west = max(-180.0, min(180.0 - degrees, place.lon - random.random() * degrees))
    south = max(-90.0, min(90.0 - degrees, place.lat - random.random() * degrees))
    return (round(west, 4), round(south, 4), round(west + degrees, 4), round(south + degrees, 4))


def _boxed(random: Random, world: World, _events: int) -> PageQuery:
    first = draw_day(random)
    return PageQuery(
        box=box_around(_city(random, world), 2.0, random), days=(first, first + timedelta(days=364))
    )


def _by_country(random: Random, world: World, _events: int) -> PageQuery:
    first = draw_day(random)
    return PageQuery(
        country=_city(random, world).country, days=(first, first + timedelta(days=121)), limit=1000
    )


def _by_id(random: Random, _world: World, events: int) -> PageQuery:
    return PageQuery(id=f"event-{random.randrange(events):07}")


KINDS = (
    Kind("page of 100, 2°×2° box, one year", _boxed, 40, 40, 2, 10),
    Kind("page of 1,000, country, four months", _by_country, 40, 12, 2, 4),
    Kind("one event by id", _by_id, 15, 15, 5, 3),
)


def page_queries(kind: Kind, world: World, events: int, count: int) -> list[PageQuery]:
    """Return random queries of a kind, the same ones every time."""
    random = Random(f"{SEED} {kind.name}")
    return [kind.draw(random, world, events) for _ in range(count)]


def our_path(query: PageQuery, everything: bool = False) -> str:
    """Return a query as a path of Dateline; undated and unplaced events are left out, as the peers do, by default."""
    if query.id:
        return f"/collections/events/items/{query.id}"
    left_out = {} if everything else {"undated": "exclude", "unplaced": "exclude"}
    days = {"datetime": f"{query.days[0]}/{query.days[1]}"} if query.days else {}
    country = {"country": query.country} if query.country else {}
    return "/events?" + _encoded({**_box(query), **days, **country, "limit": query.limit, **left_out})


def tipg(query: PageQuery) -> str:
    """Return a query as a path of tipg, which compares only the start of an event."""
    return _peer(query, "/collections/public.events/items")


def pygeoapi(query: PageQuery) -> str:
    """Return a query as a path of pygeoapi, which compares only the start of an event."""
    return _peer(query, "/collections/events/items", f="json")


def _peer(query: PageQuery, path: str, **more: str) -> str:
    if query.id:
        return f"{path}/{query.id}?{_encoded(more)}".rstrip("?")
    days = {"datetime": f"{query.days[0]}T00:00:00Z/{query.days[1]}T23:59:59Z"} if query.days else {}
    country = {"country": query.country} if query.country else {}
    return f"{path}?" + _encoded({**_box(query), **days, **country, "limit": query.limit, **more})


def _box(query: PageQuery) -> dict[str, str]:
    return {"bbox": ",".join(map(str, query.box))} if query.box else {}


def _encoded(values: dict[str, object] | dict[str, str]) -> str:
    return urlencode(values, safe=",:/")


def filter_of(path: str) -> tuple[Filter, int]:
    """Return the filter and the limit of one of our paths, read as the server does."""
    values = parse_query_string(path.partition("?")[2].encode(), LIST)
    return parse_filter(values), parse_limit(values)


class View(NamedTuple):
    """A view of counts: its name, a function that draws a path, the target (ms, p95) and the moonshot."""

    name: str
    draw: Callable[[Random, World], str]
    target: int
    moonshot: int | None = None


def _period(random: Random) -> str:
    first, second = sorted((draw_day(random), draw_day(random)))
    return f"{first}/{second}"


def _any_filter(random: Random, world: World) -> dict[str, str]:
    """Return a random period, and in half of the cases a category."""
    category = {"category": world.categories.draw(random)} if random.random() < 0.5 else {}
    return {"datetime": _period(random), **category}


def _world(random: Random, world: World) -> str:
    return "/events/summary?" + _encoded(_any_filter(random, world))


def _town(random: Random, world: World) -> str:
    box = box_around(_city(random, world), 0.5, random)
    return "/events/summary?" + _encoded({"bbox": ",".join(map(str, box)), **_any_filter(random, world)})


def _clusters_world(random: Random, world: World) -> str:
    return "/events/clusters?" + _encoded({"zoom": "2", **_any_filter(random, world)})


def _clusters_viewport(random: Random, world: World) -> str:
    # 1,400 by 800 pixels at zoom 8, with tiles of 256 pixels.
    west, south, _, _ = box_around(_city(random, world), 4.0, random)
    box = f"{west},{south},{min(180.0, west + 7.7):.4f},{min(90.0, south + 3.0):.4f}"
    return "/events/clusters?" + _encoded({"zoom": "8", "bbox": box, **_any_filter(random, world)})


def _tile(random: Random, world: World) -> str:
    zoom = random.choice((0, 1, 2, 3, 4, 6, 8, 10, 12))
    return tile_of(_city(random, world), zoom) + "?" + _encoded(_any_filter(random, world))


def tile_of(place: Place, zoom: int) -> str:
    """Return the path of the tile that contains a place (https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames)."""
    from math import asinh, pi, radians, tan

    across = 2**zoom
    x = int((place.lon + 180.0) / 360.0 * across)
    y = int((1.0 - asinh(tan(radians(place.lat))) / pi) / 2.0 * across)
    return f"/tiles/{zoom}/{min(x, across - 1)}/{min(max(y, 0), across - 1)}"


VIEWS = (
    View("summary, whole world", _world, 16, 5),
    View("summary, city box of 0.5°", _town, 8),
    View("clusters, world, zoom 2", _clusters_world, 12, 5),
    View("clusters, viewport, zoom 8", _clusters_viewport, 10),
    View("tile, zoom 0 to 12", _tile, 60),
)


def addresses(view: View, world: World, seed: object) -> Iterator[str]:
    """Yield random paths of a view without end; another seed gives other paths."""
    random = Random(f"{seed} {view.name}")
    while True:
        yield view.draw(random, world)
