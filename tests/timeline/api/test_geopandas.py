"""geopandas reads every event that matches, with the right types, from the address of a file or of the API."""

from typing import Any

import geopandas
import pandas
import pytest
from databases import Databases

from db.dates.edtf import When
from db.events.draft import Draft, Figure
from db.store import Store
from geo.place import Place, Precision

COUNT = 240  # more than a page
DATES = [None, "2019", "2022-12-31", "2023-01-01", "2023-05-03", "2021/2024", "../2023", "2023~"]
# The countries of the pins of an event, by turns; a table shows the first.
COUNTRIES: list[list[str]] = [[], ["NL"], ["BE"], ["BE", "NL"], ["DE"]]
FILES = ["events.geojsonl", "events.geojson?limit=10000", "events.jsonfg?limit=10000"]


def _date(number: int) -> str | None:
    return DATES[number % len(DATES)]


def _countries(number: int) -> list[str]:
    return COUNTRIES[number % len(COUNTRIES)]


def _draft(number: int) -> Draft:
    date = _date(number)
    places = [
        Place(name=f"p{number}", lon=4 + pin, lat=51, precision=Precision("city"), country=country)
        for pin, country in enumerate(_countries(number))
    ]
    return Draft(
        id=f"e{number}", title=f"Event {number}", category="raid", status="published", tags=("a", "b"),
        when=When.parse(date) if date else None, places=tuple(places), figures=(Figure.named("arrests", number),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def several_pages(serve: Any, databases: Databases) -> Any:
    database = databases.new()
    store = Store(database)
    store.add([_draft(number) for number in range(COUNT)])
    store.close()
    return serve(database)


def _read(server: Any, path: str, **options: Any) -> Any:
    return geopandas.read_file(f"{server.url}/{path}", **options).set_index("id")


def _read_api(server: Any, **options: Any) -> Any:
    return geopandas.read_file(f"OAPIF:{server.url}", layer="events", **options).set_index("id")


def _ids(accepts: Any) -> set[str]:
    return {f"e{number}" for number in range(COUNT) if accepts(number)}


@pytest.mark.parametrize("path", FILES)
def test_as_many_rows_are_read_as_match(several_pages: Any, path: str) -> None:
    assert set(_read(several_pages, path).index) == _ids(lambda _number: True)
    dutch = _read(several_pages, f"{path}{'&' if '?' in path else '?'}country=NL")
    assert set(dutch.index) == _ids(lambda number: "NL" in _countries(number))
    assert len(dutch) == several_pages.get("/events/summary?country=NL").json()["matched"] == 96


@pytest.mark.parametrize("path", ["events.geojson", "events.jsonfg"])
def test_without_a_limit_a_page_of_the_first_hundred_is_read(several_pages: Any, path: str) -> None:
    assert len(_read(several_pages, path)) == 100


def test_all_pages_of_the_api_are_read(several_pages: Any) -> None:
    assert set(_read_api(several_pages).index) == _ids(lambda _number: True)


@pytest.mark.parametrize("path", [*FILES, "OAPIF"])
def test_every_column_has_its_type_and_its_values(several_pages: Any, path: str) -> None:
    table = _read_api(several_pages) if path == "OAPIF" else _read(several_pages, path)
    assert table.crs.to_epsg() == 4326
    for name in ("earliest", "latest", "created", "updated"):
        assert pandas.api.types.is_datetime64_any_dtype(table[name]), name
    for number in range(COUNT):
        row, date, countries = table.loc[f"e{number}"], _date(number), _countries(number)
        assert (row["title"], row["category"]) == (f"Event {number}", "raid")
        assert row["date"] == date if date else pandas.isna(row["date"])
        bounds = (When.parse(date).earliest, When.parse(date).latest) if date else (None, None)
        for name, day in zip(("earliest", "latest"), bounds, strict=True):
            assert str(row[name].date()) == str(day) if day else pandas.isna(row[name]), (number, name)
        assert row["country"] == countries[0] if countries else pandas.isna(row["country"])
        assert list(row["countries"]) == sorted(set(countries))
        assert (list(row["tags"]), row["figures"]["arrests"]) == (["a", "b"], number)


@pytest.mark.parametrize("path", FILES)
def test_an_unplaced_event_has_no_geometry_and_the_others_all_their_pins(
    several_pages: Any, path: str
) -> None:
    table = _read(several_pages, path)
    for number in range(COUNT):
        geometry, pins = table.geometry[f"e{number}"], len(_countries(number))
        if pins == 0:
            assert geometry is None
        else:
            wanted = [(4.0 + pin, 51.0) for pin in range(pins)]
            assert [(point.x, point.y) for point in getattr(geometry, "geoms", [geometry])] == wanted


@pytest.mark.parametrize(
    ("where", "countries"),
    [("country = 'NL'", {"NL"}), ("country = 'NL' OR country = 'DE'", {"NL", "DE"})],
)
def test_where_is_sent_to_the_api_and_compares_the_column_of_a_file(
    several_pages: Any, where: str, countries: set[str]
) -> None:
    sent = _read_api(several_pages, where=where)
    assert set(sent.index) == _ids(lambda number: countries & set(_countries(number)))
    compared = _read(several_pages, "events.geojsonl", where=where)
    assert set(compared.index) == _ids(lambda number: countries & set(_countries(number)[:1]))


def test_a_list_of_values_is_compared_with_the_first_pin_by_gdal_itself(several_pages: Any) -> None:
    table = _read_api(several_pages, where="country IN ('NL', 'DE')")
    assert set(table.index) == _ids(lambda number: {"NL", "DE"} & set(_countries(number)[:1]))


@pytest.mark.parametrize("path", [*FILES, "OAPIF"])
def test_where_compares_dates(several_pages: Any, path: str) -> None:
    where = "earliest >= '2023-01-01'"
    table = (
        _read_api(several_pages, where=where) if path == "OAPIF" else _read(several_pages, path, where=where)
    )
    assert set(table.index) == _ids(lambda number: _date(number) in ("2023-01-01", "2023-05-03", "2023~"))


@pytest.mark.parametrize("date", ["2019", "2023-05-03", "2023~"])
def test_where_compares_the_text_of_a_date(several_pages: Any, date: str) -> None:
    # The first 20 events have days, from which GDAL without a schema concludes that every date is a day.
    assert set(_read_api(several_pages, where=f"date = '{date}'").index) == _ids(
        lambda number: _date(number) == date
    )


def test_a_box_is_read_from_the_api(several_pages: Any) -> None:
    table = _read_api(several_pages, bbox=(4.5, 50, 5.5, 52))
    placed = table[~table.geometry.isna()]
    assert set(placed.index) == _ids(lambda number: len(_countries(number)) == 2)
