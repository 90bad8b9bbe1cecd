"""The filter in the browser selects the same events as the server's."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from chromium import CHROMIUM, launched
from conftest import Server
from playwright.sync_api import Page

from db.dates.edtf import When
from db.events.categories import VOCABULARY
from db.events.draft import Draft, Verification
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "datetime-oracle.json").read_text())
_PRECISIONS = [precision.value for precision in Precision]
# Loads the index once, and defines a function that returns the ids of the events that match a query string.
_LOAD = """async () => {
    const root = location.origin + '/static/app/data/';
    const [{ readIndex }, filter] = await Promise.all([import(root + 'columns.js'), import(root + 'filter.js')]);
    const index = await (await fetch('/events/index')).json();
    const columns = readIndex(index);
    window.select = (query) => {
        const params = Object.fromEntries(new URLSearchParams(query));
        const selection = filter.select(columns, params, index.precisions);
        return columns.ids.filter((_, e) => selection.events[e]).sort();
    };
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with launched() as browser:
        yield browser.new_page()


def _serve(serve: Callable[..., Server], file: Path, drafts: list[Draft]) -> Server:
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.add(drafts)
    store.close()
    return serve(file)


def _load(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/conformance?f=html")
    page.evaluate(_LOAD)


def _draft(id_: str, date: str | None, category: str = "raid", **fields: Any) -> Draft:
    when = When.parse(date) if date else None
    return Draft(id=id_, title=id_, category=category, when=when, status="published", **fields)


def _places(random: Random) -> tuple[Place, ...]:
    """Return up to three places, each at another longitude."""
    return tuple(
        {place.lon: place for place in (_place(random) for _ in range(random.randrange(4)))}.values()
    )


def test_every_case_of_the_datetime_oracle_selects_its_events(page: Page, serve: Any, tmp_path: Path) -> None:
    drafts = [_draft(event["id"], event["date"]) for event in ORACLE["events"]]
    _load(page, _serve(serve, tmp_path / "oracle.db", drafts))
    cases = [
        (f"datetime={case['datetime'].replace('+', '%2B')}{more}", sorted(case[answer]))
        for case in ORACLE["cases"]
        for answer, more in (
            ("possible", ""),
            ("possible_dated", "&undated=exclude"),
            ("certain", "&match=certain"),
        )
    ]
    selected = page.evaluate("queries => queries.map(window.select)", [query for query, _ in cases])
    assert [query for (query, ids), actual in zip(cases, selected, strict=True) if actual != ids] == []


def _place(random: Random) -> Place:
    spots = [
        (179.9, -17.0, "FJ"),
        (-179.5, -16.5, "FJ"),
        (180.0, -16.0, "FJ"),
        (-180.0, -15.0, "FJ"),
        (4.35, 50.85, "BE"),
        (5.0, 52.0, "NL"),
        (10.0, 89.9, None),
    ]
    lon, lat, country = random.choice(spots)
    precision = random.choice(list(Precision))
    return Place(name="x", lon=lon, lat=lat, country=country, precision=precision)


def _query(random: Random) -> str:
    choices = {
        "bbox": [
            "0,50,10,60",
            "170,-30,-170,0",
            "-180,-90,180,90",
            "4.35,50.85,5,52",
            "170,-90,180,90",
            "-180,-90,-170,90",
            "350,0,370,60",
            "-700,-90,20,90",
        ],
        "country": ["BE", "nl,FJ", "DE"],
        "precision": [*_PRECISIONS, "city,country", "point,admin1,admin2"],
        "min_precision": _PRECISIONS,
        "category": ["raid", "arrest,death"],
        "verification": ["confirmed", "reported,disputed"],
        "unplaced": ["exclude", "only"],
        "undated": ["exclude", "only"],
        "match": ["certain"],
        "datetime": ["2020/2021", "2021-06", "../2020", "2021-01-31/P1M", "2020-02-29T12:00:00%2B02:00/.."],
    }
    return "&".join(
        f"{name}={random.choice(values)}" for name, values in choices.items() if random.random() < 0.4
    )


def test_random_filters_select_what_the_server_selects(page: Page, serve: Any, tmp_path: Path) -> None:
    random = Random(5)
    dates = [
        None,
        "2020",
        "2020-02-29",
        "2021-06-15T10:00:00Z",
        "../2020-05",
        "2021-03/..",
        "2020?",
        "2021-05/",
        "-0044",
    ]
    slugs = [kind.slug for kind in VOCABULARY[:4]]
    drafts = [
        _draft(
            f"e{n}",
            random.choice(dates),
            random.choice(slugs),
            places=_places(random),
            verification=random.choice(get_args(Verification)),
        )
        for n in range(120)
    ]
    server = _serve(serve, tmp_path / "random.db", drafts)
    _load(page, server)
    queries = [_query(random) for _ in range(150)]
    expected = [
        sorted(feature["id"] for feature in server.get(f"/events?limit=1000&{query}").json()["features"])
        for query in queries
    ]
    selected = page.evaluate("queries => queries.map(window.select)", queries)
    assert [
        query for query, actual, ids in zip(queries, selected, expected, strict=True) if actual != ids
    ] == []
    assert len({len(ids) for ids in expected}) > 10
