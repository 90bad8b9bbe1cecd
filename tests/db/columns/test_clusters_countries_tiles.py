"""Clusters, countries and tiles agree with a filter written in plain Python."""

from collections import Counter
from dataclasses import replace

import mapbox_vector_tile
import pytest
from chance import examples
from filled_store import filled
from filter_oracle import events, filters, matches, selects
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from db.columns.clusters import MAX_ZOOM
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from geo.place import Place, Precision


def pins(drafts: list[Draft], filter_: Filter) -> list[tuple[Draft, Place]]:
    """Return the selected pins of the matching events."""
    wanted = [event for event in drafts if matches(event, filter_)]
    return [(event, place) for event in wanted for place in event.places if selects(filter_, place)]


@given(events(), filters, st.integers(0, MAX_ZOOM))
@examples(200)
def test_each_selected_pin_is_in_exactly_one_cluster(
    shared_store: Store, drafts: list[Draft], filter_: Filter, zoom: int
) -> None:
    clusters, _ = filled(shared_store, drafts).clusters(filter_, zoom)
    selected = pins(drafts, filter_)
    assert sum(cluster.count for cluster in clusters) == len(selected) == shared_store.summary(filter_).pins
    tally = Counter[str]()
    for cluster in clusters:
        tally.update(cluster.categories)
        assert sum(cluster.categories.values()) == cluster.count
        assert (cluster.id is not None) == (cluster.count == 1)
    assert tally == Counter(event.category for event, _ in selected)
    kinds = Counter({"country": 0, "place": 0})
    for cluster in clusters:
        kinds[cluster.kind] += cluster.count
    assert kinds["country"] == sum(place.precision is Precision.COUNTRY for _, place in selected)


@given(events(), filters, st.integers(0, MAX_ZOOM))
@examples(200)
@pytest.mark.slow
def test_the_box_of_a_cluster_contains_its_pins_and_single_pins_have_names(
    shared_store: Store, drafts: list[Draft], filter_: Filter, zoom: int
) -> None:
    clusters, _ = filled(shared_store, drafts).clusters(filter_, zoom)
    expected = Counter(
        (event.id, event.title, place.lon, place.lat) for event, place in pins(drafts, filter_)
    )
    for cluster in clusters:
        west, south, east, north = cluster.bbox
        if cluster.count == 1:
            assert expected[(cluster.id, cluster.title, west, south)] > 0
        inside = [spot for spot in expected if west <= spot[2] <= east and south <= spot[3] <= north]
        assert sum(expected[spot] for spot in inside) >= cluster.count


def test_clusters_do_not_change_when_the_map_pans(shared_store: Store) -> None:
    spots = [(4.1 + n / 7, 50.1 + n / 11) for n in range(20)]
    store = filled(shared_store, [draft(f"e{n}", [at(*spot)]) for n, spot in enumerate(spots)])
    coarse, _ = store.clusters(Filter(), 6)
    finer, _ = store.clusters(Filter(ids=tuple(f"e{n}" for n in range(20))), 6)
    assert coarse == finer


def test_too_many_clusters_become_those_of_a_lower_zoom(
    shared_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(shared_store, [draft(f"e{n}", [at(4 + n / 7, 50)]) for n in range(40)])
    everywhere, _ = store.clusters(Filter(), MAX_ZOOM)
    coarse = [store.clusters(Filter(), zoom)[0] for zoom in range(MAX_ZOOM)]
    assert len(everywhere) == 40
    monkeypatch.setattr("db.columns.clusters.MAX_CLUSTERS", 30)
    limited, _ = store.clusters(Filter(), MAX_ZOOM)
    assert sum(cluster.count for cluster in limited) == 40
    assert limited == [clusters for clusters in coarse if len(clusters) <= 30][-1]


def at(lon: float, lat: float, precision: Precision = Precision.CITY) -> Place:
    return Place(name="x", lon=lon, lat=lat, precision=precision, country="NL")


def draft(id_: str, places: list[Place]) -> Draft:
    return Draft(id=id_, title=id_, category="raid", places=tuple(places), status="published")


@given(events(), filters)
@examples(150)
def test_the_countries_are_those_of_the_summary(
    shared_store: Store, drafts: list[Draft], filter_: Filter
) -> None:
    store = filled(shared_store, drafts)
    counts, _ = store.countries(filter_)
    assert counts == store.summary(filter_).countries
    for code, count in counts.items():
        assert count == store.find(replace(filter_, countries=(code,))).matched


def decoded(raw: bytes) -> list[dict]:  # type: ignore[type-arg]
    return mapbox_vector_tile.decode(raw)["events"]["features"] if raw else []


@given(events(), filters, st.integers(0, 3))
@examples(100)
def test_each_pin_is_in_exactly_one_tile_of_a_zoom(
    shared_store: Store, drafts: list[Draft], filter_: Filter, zoom: int
) -> None:
    store, counts = filled(shared_store, drafts), Counter[str]()
    for x in range(2**zoom):
        for y in range(2**zoom):
            rows = decoded(store.tile(filter_, zoom, x, y)[0])
            counts.update(row["properties"]["id"] for row in rows)
    assert counts == Counter(event.id for event, _ in pins(drafts, filter_))


def test_a_pin_on_the_edge_of_two_tiles_is_in_one_of_them(shared_store: Store) -> None:
    edges = [
        (0.0, 0.0),
        (180.0, 0.0),
        (-180.0, 10.0),
        (90.0, 85.0),
        (0.0, 90.0),
        (0.0, -90.0),
        (45.0, 66.51326),
    ]
    store = filled(shared_store, [draft(f"e{n}", [at(*spot)]) for n, spot in enumerate(edges)])
    for zoom in (0, 1, 5):
        hits = Counter[str]()
        for x in range(2**zoom):
            for y in range(2**zoom):
                rows = decoded(store.tile(Filter(), zoom, x, y)[0])
                hits.update(row["properties"]["id"] for row in rows)
        assert hits == Counter(f"e{n}" for n in range(len(edges)))


def test_a_pin_in_a_tile_is_at_its_degrees(shared_store: Store) -> None:
    store = filled(shared_store, [draft("e", [at(4.35, 50.85)])])
    (row,) = decoded(store.tile(Filter(), 0, 0, 0)[0])
    x, y = row["geometry"]["coordinates"]
    assert x == pytest.approx((4.35 + 180) / 360 * 4096, abs=1)
    # The decoder turns y round, from the south; Brussels is at 0.3355 of the square from the north.
    assert 4096 - y == pytest.approx(0.3355 * 4096, abs=2)


def test_a_tile_with_too_many_pins_has_clusters_that_count_every_pin(shared_store: Store) -> None:
    drafts = [draft(f"e{n:04}", [at(n % 300 - 150, n // 300 * 8 - 50)]) for n in range(3200)]
    drafts += [draft("far", [at(0, 0, Precision.COUNTRY)])]
    raw, _ = filled(shared_store, drafts).tile(Filter(), 0, 0, 0)
    rows = decoded(raw)
    assert len(rows) <= 3000
    assert len(raw) < 200_000
    assert sum(row["properties"].get("count", 1) for row in rows) == 3201
    assert [row["properties"]["id"] for row in rows if row["properties"].get("precision") == "country"] == [
        "far"
    ]


@given(events(), filters, st.integers(0, 3))
@examples(100)
def test_the_clusters_of_a_grouped_tile_count_their_categories(
    shared_store: Store, drafts: list[Draft], filter_: Filter, zoom: int
) -> None:
    store, counts = filled(shared_store, drafts), Counter[tuple[str, bool]]()
    for x in range(2**zoom):
        for y in range(2**zoom):
            for row in decoded(store.tile(filter_, zoom, x, y, grouped=True)[0]):
                properties = row["properties"]
                parts = {name[11:]: n for name, n in properties.items() if name.startswith("categories.")}
                if "id" in properties:
                    parts = {properties["category"]: 1}
                    assert properties["bbox"].count(",") == 3
                assert sum(parts.values()) == properties.get("count", 1)
                coarse = properties.get(
                    "coarse", properties.get("precision") in ("admin2", "admin1", "country")
                )
                counts.update({(slug, coarse): n for slug, n in parts.items()})
    wanted = pins(drafts, filter_)
    assert counts == Counter((event.category, place.precision.rank >= 3) for event, place in wanted)


@pytest.mark.parametrize("rank", [Precision.ADMIN2, Precision.ADMIN1, Precision.COUNTRY])
def test_pins_of_whole_regions_have_clusters_of_their_own(shared_store: Store, rank: Precision) -> None:
    drafts = [draft(f"{n}", [at(4, 50, kind)]) for n, kind in enumerate([rank, Precision.CITY] * 2)]
    rows = decoded(filled(shared_store, drafts).tile(Filter(), 0, 0, 0, grouped=True)[0])
    assert [(row["properties"]["count"], row["properties"].get("coarse")) for row in rows] == [
        (2, None),
        (2, True),
    ]


def test_a_cluster_of_a_grouped_tile_has_the_box_of_its_pins(shared_store: Store) -> None:
    spots = [(4.35, 50.85), (4.36001, 50.84), (-120.5, -10.25)]
    raw, _ = filled(shared_store, [draft(f"e{n}", [at(*spot)]) for n, spot in enumerate(spots)]).tile(
        Filter(), 3, 4, 2, grouped=True
    )
    (row,) = decoded(raw)
    assert row["properties"]["bbox"] == "4.35000,50.84000,4.36001,50.85000"
    assert row["properties"]["count"] == 2


def test_dates_before_1970_are_numbers_in_a_tile(shared_store: Store) -> None:
    from db.dates.edtf import When

    old = structs.replace(draft("e", [at(4, 50)]), when=When.parse("1916-04-24"))
    (row,) = decoded(filled(shared_store, [old]).tile(Filter(), 0, 0, 0)[0])
    assert row["properties"]["earliest"] == row["properties"]["latest"] == -19610
