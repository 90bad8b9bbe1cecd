"""The numbers that GDAL shows for a condition or a tile are the right ones."""

from collections.abc import Callable
from typing import Any

import httpx
import pyogrio
import pytest
from databases import Databases

from db.dates.edtf import When
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision

DATES = [None, "2019", "2022-12-31", "2023-01-01", "2023-05-03T14:30:00Z", "2021/2024", "../2023", "2023~"]
# The precisions and countries of the pins of an event, by turns.
PINS: list[list[tuple[str, str]]] = [
    [],
    [("city", "NL")],
    [("country", "BE"), ("city", "NL")],
    [("admin1", "BE")],
    [("city", "BE"), ("country", "NL")],
    [("point", "NL"), ("neighbourhood", "NL")],
    [("country", "NL")],
]
COUNT = 56


def _draft(number: int) -> Draft:
    date, pins = DATES[number % len(DATES)], PINS[number % len(PINS)]
    places = [
        Place(name=f"p{number}", lon=4 + number / 100, lat=51, precision=Precision(precision), country=code)
        for precision, code in pins
    ]
    return Draft(
        id=f"e{number}", title=f"Event {number}", category="raid", status="published",
        when=When.parse(date) if date else None, places=tuple(places),
    )  # fmt: skip


def _events_with(accepts: Callable[[str, str], bool]) -> int:
    return sum(any(accepts(*pin) for pin in PINS[number % len(PINS)]) for number in range(COUNT))


@pytest.fixture(scope="module")
def many_pins(serve: Any, databases: Databases) -> Any:
    database = databases.new()
    store = Store(database)
    store.add([_draft(number) for number in range(COUNT)])
    store.close()
    return serve(database)


def _gdal_ids(server: Any, where: str) -> set[str]:
    meta, _, _, fields = pyogrio.raw.read(f"OAPIF:{server.url}", layer="events", where=where)
    return set(fields[list(meta["fields"]).index("id")])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("precision", "city"),
        ("precision", "country"),
        ("precision", "point"),
        ("country", "NL"),
        ("country", "BE"),
    ],
)
def test_equality_counts_the_events_with_any_such_pin(many_pins: Any, name: str, value: str) -> None:
    wanted = _events_with(lambda precision, country: value in (precision, country))
    assert len(_gdal_ids(many_pins, f"{name} = '{value}'")) == wanted > 0
    # Older clients send the condition as a parameter, and trust the answer.
    assert many_pins.get(f"/events?{name}={value}").json()["numberMatched"] == wanted


def test_a_list_of_precisions_matches_any_of_them(many_pins: Any) -> None:
    wanted = _events_with(lambda precision, _country: precision in ("point", "admin1"))
    assert many_pins.get("/events?precision=point,admin1").json()["numberMatched"] == wanted


def test_min_precision_means_at_least(many_pins: Any) -> None:
    wanted = _events_with(lambda precision, _country: precision in ("point", "neighbourhood", "city"))
    assert many_pins.get("/events?min_precision=city").json()["numberMatched"] == wanted


@pytest.mark.parametrize(
    ("where", "dates"),
    [
        ("earliest >= '2023-01-01'", {"2023-01-01", "2023-05-03T14:30:00Z", "2023~"}),
        ("earliest < '2023-01-01'", {"2019", "2022-12-31", "2021/2024"}),
        ("latest <= '2022-12-31'", {"2019", "2022-12-31"}),
        ("category = 'raid' AND earliest >= '2023-01-01'", {"2023-01-01", "2023-05-03T14:30:00Z", "2023~"}),
        ("created >= '2000-01-01'", set(DATES)),
        ("updated < '2000-01-01'", set()),
    ],
)
def test_a_comparison_of_dates_counts_the_right_events(many_pins: Any, where: str, dates: set[Any]) -> None:
    wanted = {f"e{number}" for number in range(COUNT) if DATES[number % len(DATES)] in dates}
    assert _gdal_ids(many_pins, where) == wanted


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2023-01-01T/..", "2023-01-01/.."),
        ("../2022-12-31T", "../2022-12-31"),
        ("2022T/2023-01T", "2022/2023-01"),
        ("2023-01-01T00:00:00.000Z/..", "2023-01-01T00:00:00Z/.."),
        ("2023-01-01T00:00:00", "2023-01-01T00:00:00Z"),
    ],
)
def test_the_datetime_of_gdal_and_qgis_is_read(many_pins: Any, sent: str, meant: str) -> None:
    counts = [
        many_pins.get(f"/events?limit=1&datetime={text}").json()["numberMatched"] for text in (sent, meant)
    ]
    assert counts[0] == counts[1] < COUNT


def test_cql_text_is_another_name_of_cql2_text(many_pins: Any) -> None:
    filters = [
        many_pins.get("/events", params={"filter": "country = 'BE'", "filter-lang": lang}).json()[
            "numberMatched"
        ]
        for lang in ("cql-text", "cql2-text")
    ]
    assert filters[0] == filters[1] < COUNT
    operation = many_pins.get("/openapi.json").json()["paths"]["/collections/events/items"]["get"]
    (parameter,) = (row for row in operation["parameters"] if row.get("name") == "filter-lang")
    assert "cql-text" in parameter["schema"]["enum"]


def test_the_schema_names_the_roles_of_part_5(many_pins: Any) -> None:
    for document in ("schema", "queryables"):
        properties = many_pins.get(f"/collections/events/{document}").json()["properties"]
        roles = {name: row["x-ogc-role"] for name, row in properties.items() if "x-ogc-role" in row}
        assert roles == {
            "id": "id",
            "geometry": "primary-geometry",
            "earliest": "primary-interval-start",
            "latest": "primary-interval-end",
        }


@pytest.mark.parametrize("suffix", ["pbf", "mvt"])
def test_gdal_reads_every_pin_of_the_tiles(many_pins: Any, suffix: str) -> None:
    pins = many_pins.get("/events/summary").json()["pins"]
    tiles = pyogrio.raw.read(f"MVT:{many_pins.url}/tiles/0", layer="events", TILE_EXTENSION=suffix)
    assert len(tiles[3][0]) == pins == sum(len(PINS[number % len(PINS)]) for number in range(COUNT))


def test_a_tile_has_the_same_bytes_with_a_suffix_and_no_other_suffix(many_pins: Any) -> None:
    bare, pbf, mvt = (many_pins.get(f"/tiles/3/4/2{suffix}") for suffix in ("", ".pbf", ".mvt"))
    assert bare.content == pbf.content == mvt.content
    assert [httpx.get(f"{many_pins.url}/tiles/3/4/{row}").status_code for row in ("2.png", "2.pbf.mvt", ".pbf")] == [
        400, 400, 400,
    ]  # fmt: skip
