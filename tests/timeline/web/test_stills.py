"""Still pictures: drawn from counts, safe with any title, and in the size of a link preview."""

import gzip
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from db.columns.clusters import Cluster
from db.dates.edtf import When
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision
from timeline.app import create_app
from timeline.settings import Settings
from timeline.web.basemap.archive import archive
from timeline.web.basemap.label_placement import PixelBox, names
from timeline.web.basemap.mvt import decode
from timeline.web.basemap.projection import Frame, fit
from timeline.web.messages import translator_for
from timeline.web.stills.map import Looks, gathered, marks, short, shortened, svg_map, text
from timeline.web.stills.markers import symbols
from timeline.web.stills.poster import png

# Litestar 2.25 deprecates a way of declaring parameters whose successor its 2.12 does not know.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(1)</script> \x00\x1b\ud800 \u202e & \"'" + "x" * 300
LOOKS = Looks(theme="light", symbols=symbols([]), translator=translator_for("en"))
DEGREES = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    """Serve three events, one of them hostile, on both sides of the antimeridian."""
    url = f"sqlite:///{tmp_path_factory.mktemp('stills')}/events.db"
    store = Store(url)
    store.migrate()
    store.add(
        [
            Draft(id="fiji", title=HOSTILE.replace("\x00", "").replace("\ud800", ""), category="raid",
                  when=When.parse("2020-05-03"), places=(place(178.4, -18.1),), status="published"),
            Draft(id="samoa", title="Samoa", category="arrest", when=When.parse("2021"),
                  places=(place(-171.8, -13.8),), status="published"),
            Draft(id="nowhere", title="Nowhere", category="arrest", status="published"),
        ]
    )  # fmt: skip
    store.close()
    with TestClient(create_app(Settings(database_url=url, title=f"Unrest {HOSTILE}"))) as opened:
        yield opened


@pytest.fixture
def vague(store: Store, tmp_path: Path) -> Iterator[TestClient[Any]]:
    """Serve three events: one known to its country, one to its region, one to its city."""
    spots = {
        "death": place(9, 61, Precision.COUNTRY),
        "seizure": place(11.5, 48.9, Precision.ADMIN1, "DE"),
        "raid": place(10.75, 59.91),
    }
    store.add(
        Draft(id=category, title=category, category=category, places=(spot,), status="published")
        for category, spot in spots.items()
    )
    with TestClient(create_app(Settings(database_url=f"sqlite:///{tmp_path}/events.db"))) as opened:
        yield opened


def place(lon: float, lat: float, precision: Precision = Precision.CITY, country: str = "NO") -> Place:
    return Place(name="There", lon=lon, lat=lat, precision=precision, country=country)


def pin(lon: float, lat: float, count: int = 1, **more: Any) -> Cluster:
    facts = {"categories": {"raid": count}, "kind": "place", **more}
    facts["vague"] = count if facts["kind"] == "country" else 0
    return Cluster(lon=lon, lat=lat, bbox=(lon, lat, lon, lat), count=count, **facts)


def words_of(drawn: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in drawn.iter(f"{SVG}text")]


def test_the_svg_shows_the_counts_and_every_category(client: TestClient[Any]) -> None:
    response = client.get("/events.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    drawn = ET.fromstring(response.content)
    assert (drawn.get("width"), drawn.get("height")) == ("1200", "630")
    words = " ".join(words_of(drawn))
    assert "3 events · 3 May 2020 to 31 December 2021" in words
    assert "1 undated" in words
    assert "1 unplaced" in words
    assert "Arrest 2" in words


def test_hostile_titles_are_words_and_nothing_else(client: TestClient[Any]) -> None:
    drawn = ET.fromstring(client.get("/events.svg").content)
    assert {element.tag.removeprefix(SVG) for element in drawn.iter()} <= {
        "svg", "g", "rect", "path", "circle", "text", "title", "a",
    }  # fmt: skip
    assert not [name for element in drawn.iter() for name in element.attrib if name.startswith("on")]
    links = {element.get("href") for element in drawn.iter(f"{SVG}a")}
    assert links == {f"/collections/events/items/{id_}?f=html" for id_ in ("fiji", "samoa")}


def test_the_svg_document_may_run_and_load_nothing(client: TestClient[Any]) -> None:
    response = client.get("/events.svg")
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "http" not in response.text.replace("http://www.w3.org/2000/svg", "")


def test_the_png_has_the_size_of_a_link_preview(client: TestClient[Any]) -> None:
    response = client.get("/events.png", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-type"] == "image/png"
    assert "content-encoding" not in response.headers
    assert response.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)


@pytest.mark.parametrize("path", ["/events.svg", "/events.png"])
def test_a_client_with_a_current_picture_gets_304(client: TestClient[Any], path: str) -> None:
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{path}?category=raid").headers["etag"] != tag


@pytest.mark.parametrize("query", ["colour=red", "theme=sepia", "category=nonsense", "part=half", "bbox=1,2"])
def test_an_invalid_parameter_is_refused(client: TestClient[Any], query: str) -> None:
    assert client.get(f"/events.png?{query}").status_code == 400


def test_the_picture_takes_the_filter_of_every_view(client: TestClient[Any]) -> None:
    drawn = ET.fromstring(client.get("/events.svg", params={"category": "raid"}).content)
    assert "1 event" in " ".join(words_of(drawn))
    assert [link.get("href") for link in drawn.iter(f"{SVG}a")] == ["/collections/events/items/fiji?f=html"]


def test_the_map_alone_is_a_picture_of_its_own(client: TestClient[Any]) -> None:
    drawn = ET.fromstring(client.get("/events.svg", params={"part": "map", "theme": "dark"}).content)
    assert (drawn.get("width"), drawn.get("height")) == ("960", "520")
    assert "Natural Earth · GeoNames" in words_of(drawn)
    assert drawn.find(f"{SVG}rect").get("fill") == "#15181d"  # type: ignore[union-attr]  # the water


def test_an_empty_view_still_has_its_map(client: TestClient[Any]) -> None:
    drawn = ET.fromstring(client.get("/events.svg", params={"q": "zzzz"}).content)
    assert "0 events" in " ".join(words_of(drawn))
    assert len(list(drawn.iter(f"{SVG}path"))) > 2


def test_arabic_begins_on_the_right(client: TestClient[Any]) -> None:
    drawn = ET.fromstring(client.get("/events.svg", params={"lang": "ar"}).content)
    first = next(drawn.iter(f"{SVG}text"))
    assert (first.get("x"), first.get("text-anchor")) == ("1156", "end")


@given(st.text())
def test_any_text_makes_well_formed_xml(words: str) -> None:
    assert ET.fromstring(f'<a b="{text(words)}">{text(words)}</a>').get("b") is not None


@given(st.lists(DEGREES, min_size=1, max_size=12), st.integers(300, 1600), st.integers(200, 900))
def test_every_point_is_inside_its_frame(points: list[tuple[float, float]], width: int, height: int) -> None:
    frame = fit(points, width, height)
    for point in points:
        x, y = frame.xy(*point)
        assert -0.1 <= x <= width + 0.1
        assert -0.1 <= y <= height + 0.1


def test_points_on_both_sides_of_the_antimeridian_are_neighbours() -> None:
    frame = fit([(179, -18), (-179, -17)], 1200, 400)
    assert abs(frame.xy(179, -18)[0] - frame.xy(-179, -17)[0]) < 600
    assert frame.zoom > 4


@given(st.lists(st.tuples(DEGREES, st.integers(1, 5000)), max_size=40))
def test_gathering_loses_no_pin(many: list[tuple[tuple[float, float], int]]) -> None:
    pins = [pin(lon, lat, count) for (lon, lat), count in many]
    merged = gathered(pins, Frame(1200, 400, 1.0, 0, 0))
    assert sum(pin.count for pin in merged) == sum(pin.count for pin in pins)
    assert all(sum(pin.categories.values()) == pin.count for pin in merged)


def test_a_country_is_an_area_with_a_count_and_never_a_marker() -> None:
    drawn = marks([pin(10, 50, kind="country", id="a", title="A")], fit([(10, 50)], 400, 300), LOOKS)
    assert "stroke-dasharray" in drawn
    assert ">1</text>" in drawn
    assert "<path" not in drawn


def test_an_event_known_to_its_city_has_the_shape_of_its_category() -> None:
    drawn = marks([pin(10, 50)], fit([(10, 50)], 400, 300), LOOKS)
    assert f'd="{LOOKS.mark("").path}"' in drawn


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1"), (999, "999"), (1155, "1.1k"), (12_345, "12k"), (1_000_000, "1M")]
)
def test_counts_are_short(count: int, text: str) -> None:
    assert short(count, translator_for("en")) == text


def test_a_long_line_ends_in_an_ellipsis() -> None:
    assert shortened("Ünder way", 500, 20) == "Ünder way"
    assert len(shortened("x" * 300, 500, 20)) < 60
    assert shortened("x" * 300, 500, 20).endswith("…")


def test_the_ground_is_that_of_the_map() -> None:
    drawn = svg_map([], fit([(5, 52)], 400, 300), LOOKS)
    assert 'fill="#f6f3ec"' in drawn
    assert 'fill="#d9e3e8"' in drawn


def test_a_coarser_ground_is_smaller() -> None:
    frame = fit([(-9, 38), (30, 60)], 960, 520)
    assert len(svg_map([], frame, LOOKS, coarser=1)) < 0.9 * len(svg_map([], frame, LOOKS))


def test_tiles_are_read_as_the_reference_reads_them() -> None:
    body = gzip.decompress(archive().tile(3, 4, 2))
    layer = decode(body, frozenset({"borders"}))["borders"]
    reference = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["borders"]
    assert layer.extent == reference["extent"]
    assert [shape_.properties for shape_ in layer.shapes] == [
        shape_["properties"] for shape_ in reference["features"]
    ]
    for shape_, other in zip(layer.shapes, reference["features"], strict=True):
        lines = other["geometry"]["coordinates"]
        lines = lines if other["geometry"]["type"] == "MultiLineString" else [lines]
        assert [part.tolist() for part in shape_.parts] == lines


def test_points_are_read_as_the_reference_reads_them() -> None:
    body = gzip.decompress(archive().tile(3, 4, 2))
    layer = decode(body, frozenset({"countries"}))["countries"]
    reference = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["countries"][
        "features"
    ]
    assert [shape_.parts[0][0].tolist() for shape_ in layer.shapes] == [
        shape_["geometry"]["coordinates"] for shape_ in reference
    ]


@pytest.mark.parametrize(("lang", "name"), [("en", ">SPAIN<"), ("ca", ">ESPANYA<"), ("ar", ">إسبانيا<")])
def test_names_are_in_the_language_of_the_picture(lang: str, name: str) -> None:
    drawn = names(archive(), fit([(-9, 38), (20, 50)], 960, 520), "light", lang, [])
    assert name in drawn
    assert ("letter-spacing" in drawn) == (lang != "ar")


def test_no_name_covers_a_mark_or_another_name() -> None:
    frame = fit([(-9, 38), (20, 50)], 960, 520)
    everything = names(archive(), frame, "light", "en", [])
    assert names(archive(), frame, "light", "en", [PixelBox(0, 0, 960, 520)]) == ""
    x, y = frame.xy(-9.14, 38.72)
    assert ">Lisbon<" in everything
    assert ">Lisbon<" not in names(archive(), frame, "light", "en", [PixelBox(x - 9, y - 9, x + 9, y + 9)])


def test_a_countrys_count_is_joined_with_a_mark_that_would_cover_it() -> None:
    frame = fit([(10, 50)], 400, 300)
    (joined,) = gathered([pin(10, 50, 3, kind="country"), pin(10, 50)], frame)
    assert (joined.count, joined.vague) == (4, 3)
    drawn = marks([joined], frame, LOOKS)
    assert drawn.count("<text") == 1
    assert 'stroke-dasharray="3 2.6"' in drawn


def test_a_region_is_not_a_marker_either(vague: TestClient[Any]) -> None:
    drawn = vague.get("/events.svg?category=seizure&part=map").text
    assert 'stroke-dasharray="3 2.6"' in drawn
    assert f'd="{LOOKS.mark("").path}"' not in drawn


def test_a_country_is_tinted_when_an_event_names_only_the_country(vague: TestClient[Any]) -> None:
    tint = 'fill-opacity=".09"'
    assert tint in vague.get("/events.svg?category=death&part=map").text
    assert tint in vague.get("/events.svg?category=death").text
    assert tint not in vague.get("/events.svg?category=raid&part=map").text
    assert tint not in vague.get("/events.svg?category=seizure&part=map").text


def test_our_fonts_draw_arabic_without_the_systems() -> None:
    blank, drawn = (
        png(f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="30" '
            f"font-family=\"'Source Sans 3'\" font-size=\"20\">{text}</text></svg>")
        for text in ("", "مداهمة")
    )  # fmt: skip
    assert len(drawn) > len(blank)
