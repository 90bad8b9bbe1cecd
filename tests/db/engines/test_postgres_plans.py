"""PostgreSQL finds events by the indexes meant for their filter, and few of them without the index of an order."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import databases_of, run_sql, skip_reason
from sqlalchemy import Connection

from db.dates.edtf import When
from db.dates.interval import Interval
from db.engines import backend_of, connect
from db.events.draft import Draft
from db.query.filter import Filter, Near, Sort
from db.sql.filter_conditions import conditions, order_of
from db.store import Store
from geo.box import Box
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(
    skip_reason("postgres") is not None, reason=f"postgres: {skip_reason('postgres')}"
)
_EVENTS = 4_000


def _draft(number: int) -> Draft:
    lon, lat = number % 350 - 175 + 0.5, number % 170 - 85 + 0.5
    country = ("BE", "NL", "FR", "DE")[number % 4]
    return Draft(
        id=f"e{number:04}",
        title=f"Event {number}",
        category=("raid", "arrest", "study", "death")[number % 4 - number % 3],
        status="published",
        when=When.parse(f"{1990 + number % 34}-{number % 12 + 1:02}"),
        places=(Place(name="x", lon=lon, lat=lat, precision=Precision.CITY, country=country),),
        tags=(f"t{number % 40}",),
        summary=f"word{number % 300} other",
    )


@pytest.fixture(scope="module")
def connection(shared_folder: Path) -> Iterator[Connection]:
    """Yield a connection to a database with 4,000 events, whose tables are analysed."""
    databases = databases_of("postgres", shared_folder)
    url = databases.new()
    store = Store(url)
    store.add(map(_draft, range(_EVENTS)))
    store.close()
    run_sql(url, "ANALYZE")
    engine = connect(url, 30)
    with engine.connect() as opened:
        yield opened
    engine.dispose()
    databases.drop(url)


def _plan(connection: Connection, sql: str, params: tuple[object, ...]) -> str:
    with connection.begin():
        rows = backend_of(connection).rows(connection, f"EXPLAIN {sql}", params)
    return "\n".join(str(line) for (line,) in rows)


@pytest.mark.parametrize(
    ("filter_", "index"),
    [
        (Filter(box=Box(5, 50, 6, 51), unplaced="exclude"), "ix_pin_index"),
        (Filter(near=Near(5, 50, 10)), "ix_pin_index"),
        (Filter(text="word7"), "ix_event_text_words"),
        (Filter(countries=("BE",), interval=Interval.parse("2020-05")), "ix_place_country_span"),
        (Filter(ids=("e0001",)), "event_id_key"),
        (Filter(tags=("t1",)), "tag_pkey"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_filter_uses_its_index(connection: Connection, filter_: Filter, index: str) -> None:
    where = conditions(filter_, backend_of(connection)).events
    plan = _plan(connection, f"SELECT e.pk FROM event e WHERE {where.sql}", where.params)
    assert index in plan, plan


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.UPDATED, Sort.TITLE])
def test_a_page_of_many_events_is_read_in_the_order_of_an_index(connection: Connection, sort: Sort) -> None:
    plan = _page_plan(connection, sort, matched=10**6)
    # The index of titles has their first 200 characters; those with the same ones are sorted as they are read.
    assert not re.search(r"(?<!Incremental )Sort  \(cost", plan)
    assert "Index Scan" in plan


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.UPDATED, Sort.TITLE])
def test_the_first_of_few_events_are_found_and_then_sorted(connection: Connection, sort: Sort) -> None:
    assert "Sort" in _page_plan(connection, sort, matched=10)


def _page_plan(connection: Connection, sort: Sort, matched: int) -> str:
    backend = backend_of(connection)
    where = conditions(Filter(), backend).events
    candidates = backend.matching_events(where.sql, matched)
    order = order_of(sort, backend)
    rows = f"SELECT e.pk FROM {candidates} ORDER BY {order.by} LIMIT 10"
    return _plan(connection, backend.features_in_order(rows, ()), where.params)
