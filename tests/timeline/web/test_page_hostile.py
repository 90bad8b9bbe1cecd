"""The live page with hostile texts, crowded spots, events at the poles and the antimeridian, and a failing server."""

import re
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM
from playwright.sync_api import Page, expect

from db.dates.edtf import When
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

EVIL = (
    "<img src=x onerror=document.title='owned'></script><script>document.title='owned'</script>\u202e🎭"
    + "x" * 300
)
SPOT = "4.35,50.85"


def _draft(name: str, category: str, lon: float, lat: float, **more: Any) -> Draft:
    spot = Place(name=name, lon=lon, lat=lat, country=None, precision=Precision.POINT)
    fields = {"title": name, "when": When.parse("2021-05"), **more}
    return Draft(id=name, category=category, places=(spot,), status="published", **fields)


@pytest.fixture(scope="module")
def crowded(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file: Path = tmp_path_factory.mktemp("crowded") / "events.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    drafts = [_draft(f"e{n}", "raid", 4.35, 50.85) for n in range(1000)]
    drafts.append(_draft("evil", "death", 180.0, 90.0, title=EVIL, summary=EVIL, when=None))
    drafts.append(_draft("south", "study", -180.0, -90.0))
    drafts += [_draft("taveuni", "arrest", 179.99, -16.8), _draft("rabi", "arrest", -179.99, -16.5)]
    drafts += [_draft("east", "seizure", 180.0, 10.0), _draft("west", "seizure", -180.0, 10.0)]
    store.add(drafts)
    store.close()
    return serve(file)


def _click_the_middle(page: Page) -> None:
    page.wait_for_selector(".map[data-ready]")
    page.wait_for_timeout(300)
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.slow
def test_a_thousand_events_at_one_point_can_all_be_listed(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?map=14/50.85/4.35")
    _click_the_middle(page)
    expect(page.locator(".card h1")).to_have_text("1,000 events")
    for shown in range(100, 1050, 50):
        page.locator(".card").get_by_role("button", name="Show more").click()
        expect(page.locator(".card li")).to_have_count(shown)
    expect(page.locator(".card").get_by_role("button", name="Show more")).to_be_hidden()
    assert len({row.get_attribute("data-id") for row in page.locator(".card li").all()}) == 1000


def test_the_list_of_a_spot_is_in_the_address_and_back_closes_it(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?map=14/50.85/4.35")
    _click_the_middle(page)
    expect(page).to_have_url(re.compile(f"spot={SPOT}"))
    page.go_back()
    expect(page.locator(".card")).to_be_hidden()
    page.go_forward()
    expect(page.locator(".card h1")).to_have_text("1,000 events")


@pytest.mark.slow
def test_a_spot_in_the_address_opens_its_list_and_an_event_leads_back_to_it(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?spot={SPOT}&category=raid")
    expect(page.locator(".card h1")).to_have_text("1,000 events")
    page.locator(".card").get_by_role("button", name="Show more").click()
    row = page.locator(".card li").nth(99)
    name = row.get_attribute("data-id")
    row.locator("a").click()
    expect(page.locator(".card h1")).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(".card h1")).to_have_text("1,000 events")
    expect(page.locator(f".card [data-id={name}] a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("spot="))


@pytest.mark.parametrize("spot", ["here", "1,2,3", "4.35,95", "200,1"])
def test_a_wrong_spot_is_refused_with_an_example(crowded: Any, spot: str) -> None:
    response = crowded.get(f"/?spot={spot}&f=html")
    assert response.status_code == 400
    assert "spot=4.35,50.85" in response.text


def test_a_hostile_title_is_text(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?event=evil")
    expect(page.locator(".card h1")).to_contain_text("<img src=x")
    expect(page.locator(".card .standfirst")).to_contain_text("</script>")
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200


@pytest.mark.parametrize(
    "category", ["death", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("study", "arrest"))]
)
def test_events_at_the_ends_of_the_world_are_drawn_within_the_map(
    visit: Any, crowded: Any, category: str
) -> None:
    errors: list[str] = []
    page = visit("about:blank", wait="html")
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{crowded.url}/?category={category}")
    page.wait_for_selector(".map[data-idle]")
    assert errors == []
    assert page.locator("ol.events li").count() == (2 if category == "arrest" else 1)
    page.locator("ol.events a").first.click()
    expect(page.locator(".card article")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("drawn", [True, False])
def test_marks_at_the_poles_are_not_cut_off(visit: Any, crowded: Any, drawn: bool) -> None:
    page = visit(f"{crowded.url}/?ids=evil,south", ".map[data-ready]", drawn=drawn)
    page.wait_for_timeout(300)
    rows = page.evaluate(
        """() => {
          const canvas = document.querySelector(".marks");
          const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const isDrawn = (row) => data.subarray(row * width * 4, (row + 1) * width * 4).some((value) => value);
          return Array.from({ length: height }, (_, row) => isDrawn(row));
        }"""
    )
    half = len(rows) // 2
    assert any(rows[:half])
    assert any(rows[half:])
    assert not any(rows[:10] + rows[-40:])


def test_a_wrong_search_is_explained_and_can_be_cleared(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=raid")
    page.locator(".filters summary").click()
    page.get_by_role("searchbox").fill('"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("there is no word to search for")
    expect(page.get_by_role("alert")).to_contain_text("q=cocaine")
    assert page.locator("ol.events li").count() > 0
    page.get_by_role("alert").get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator(".count h2")).to_have_text("1,006 events")


def test_a_card_without_its_text_is_filled_at_the_second_try(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=arrest")
    page.route("**/collections/events/items/**", lambda route: route.abort())
    page.locator("ol.events a", has_text="taveuni").click()
    expect(page.locator(".card h1")).to_have_text("taveuni")
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/collections/events/items/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".card article")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_problem_is_reported_in_the_language_of_the_page(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?lang=fr&category=raid", drawn=False)
    page.locator(".filters summary").click()
    page.get_by_role("searchbox").fill('"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Le filtre n’a pas été compris")
    expect(page.get_by_role("alert").locator("[lang=en]")).to_contain_text("there is no word to search for")
    page.goto(f"{crowded.url}/?lang=fr&near=200,100")
    expect(page.get_by_role("heading", level=1)).to_have_text("La requête n’est pas valide")
    expect(page.locator("main [lang=en]").last).to_contain_text("near: longitude 200")


@pytest.mark.parametrize("status", [404, 410])
def test_an_event_that_was_retracted_is_reported_as_no_longer_published(
    visit: Any, crowded: Any, status: int
) -> None:
    page = visit(f"{crowded.url}/?category=arrest", drawn=False)
    page.route("**/collections/events/items/**", lambda route: route.fulfill(status=status))
    page.locator("ol.events a", has_text="taveuni").click()
    expect(page.get_by_role("alert")).to_contain_text("This event is no longer published.")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator(".card")).to_be_hidden()


def test_a_card_of_the_address_without_its_text_is_filled_at_the_second_try(visit: Any, crowded: Any) -> None:
    page = visit("about:blank", wait="html", drawn=False)
    page.route("**/collections/events/items/**", lambda route: route.fulfill(status=500))
    page.goto(f"{crowded.url}/?category=arrest&event=taveuni")
    page.wait_for_selector("html[data-shown]")
    expect(page.get_by_role("alert")).to_contain_text("The server did not respond.")
    page.unroute("**/collections/events/items/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".card article")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_panel_that_cannot_be_loaded_is_reported(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=arrest", drawn=False)
    page.route("**/share_panel.js", lambda route: route.abort())
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("alert")).to_contain_text("The server did not respond.")


def test_a_base_map_that_cannot_be_loaded_is_reported_and_requested_again(visit: Any, crowded: Any) -> None:
    page = visit("about:blank", wait="html")
    page.route("**/basemap/style.json*", lambda route: route.fulfill(status=500))
    page.goto(f"{crowded.url}/?category=arrest")
    expect(page.get_by_role("alert")).to_contain_text("The server did not respond.")
    page.wait_for_selector("html[data-shown]")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/basemap/style.json*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.wait_for_selector(".map[data-idle]")


def test_without_a_server_the_timeline_the_list_and_the_categories_still_work(
    visit: Any, crowded: Any
) -> None:
    page = visit(f"{crowded.url}/")
    page.wait_for_selector(".map[data-idle]")
    page.route("**/*", lambda route: route.abort())
    page.locator(".pill", has_text="Arrest").click()
    expect(page.locator(".count h2")).to_have_text("2 events")
    page.get_by_role("slider", name="First day").focus()
    page.keyboard.press("End")
    expect(page.locator(".timeline h2")).to_contain_text("2021")
    assert page.get_by_role("alert").is_hidden()


def test_a_slow_server_shows_the_loading_bar_and_the_page_stays(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=raid")
    routes: list[Any] = []
    page.route("**/events/index*", lambda route: routes.append(route))
    page.locator(".filters summary").click()
    page.get_by_role("searchbox").fill("taveuni")
    page.keyboard.press("Enter")
    expect(page.locator(".loading")).to_be_visible()
    assert page.locator("ol.events li").count() > 0
    while not routes:
        page.wait_for_timeout(50)
    routes[0].continue_()
    expect(page.locator(".loading")).to_be_hidden()
    expect(page.locator(".empty")).to_be_visible()


def test_the_page_works_without_storage(visit: Any, crowded: Any) -> None:
    page = visit("about:blank", wait="html")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
          Object.defineProperty(window, name, { get() { throw new DOMException(name, "SecurityError"); } });
        Object.defineProperty(document, "cookie", { get() { throw new DOMException("cookie", "SecurityError"); } });"""
    )
    page.goto(f"{crowded.url}/?category=arrest")
    page.wait_for_selector(".map[data-idle]")
    page.locator("ol.events a").first.click()
    expect(page.locator(".card article")).to_be_visible()
    assert errors == []
    assert page.context.cookies() == []


def test_marks_on_both_sides_of_the_antimeridian_are_joined(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=arrest&map=2/-16.65/180")
    page.wait_for_selector(".map[data-idle]")
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tip")).to_have_text("2 events")
    _click_the_middle(page)
    expect(page).to_have_url(re.compile(r"map=([3-9]|1\d)[^&]*/-16[^&]*/-?1(79|80)"))


def test_a_spot_on_the_antimeridian_lists_events_of_both_sides(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=seizure&map=14/10/180")
    _click_the_middle(page)
    expect(page.locator(".card h1")).to_have_text("2 events")
    assert {row.get_attribute("data-id") for row in page.locator(".card li").all()} == {"east", "west"}


def test_a_pin_on_the_antimeridian_is_not_in_the_first_cell_of_the_next_row(visit: Any, crowded: Any) -> None:
    page = visit(f"{crowded.url}/?category=seizure", drawn=False)
    stray = page.evaluate(
        """async () => {
          const { assets } = JSON.parse(document.getElementById("facts").textContent);
          const { Cells, regroup } = await import(`${assets}/app/map/clusters.js`);
          const view = { zoom: 2, west: 0, east: 1, north: 0, south: 1 };
          const ys = Array.from({ length: 100 }, (_, row) => (row + 0.5) / 100);
          const pins = ys.flatMap((y) => [{ x: 1, y }, { x: 0, y }]);
          const all = (name) => Float64Array.from(pins, (pin) => pin[name]);
          const zeros = new Uint8Array(pins.length), ones = zeros.map(() => 1);
          const columns = {
            x: all("x"), y: all("y"), lon: all("x"), lat: all("y"),
            rank: zeros, owner: zeros, category: [0], categories: ["raid"],
          };
          const single = { count: 1, by: [1], vague: 0, box: [0, 0, 0, 0], event: "" };
          const clusters = pins.map((pin) => ({ ...single, ...pin }));
          const marks = [...new Cells(columns, ones, view).marks([1]), ...regroup(clusters, view)];
          return marks.filter(({ x }) => x > 0.02 && x < 0.98);
        }"""
    )
    assert stray == []
