"""The tinted countries of the live map, and the layout of the page in windows of any shape."""

import re
import time
from itertools import combinations, product
from typing import Any

import pytest
from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

EVENT = "ndrangheta-action-day"
FRAME = {"width": 600, "height": 400}


def _expect_tinted(page: Page, count: int) -> None:
    expect(page.locator(".map")).to_have_attribute("data-shaded", str(count))


def _count_vague(server: Any, query: str) -> int:
    """Return the number of countries with an event that has no more precise place there."""
    every, precise = (
        {area["id"]: area["properties"]["events"] for area in server.get(path).json()["features"]}
        for path in (
            f"/events/countries?geometry=none&{query}",
            f"/events/countries?geometry=none&min_precision=admin1&{query}",
        )
    )
    return sum(events > precise.get(code, 0) for code, events in every.items())


@pytest.mark.slow
def test_countries_are_tinted_where_events_have_no_more_precise_place(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?category=raid")
    _expect_tinted(page, _count_vague(server, "category=raid"))
    page.locator(".pill", has_text="Raid").click()
    _expect_tinted(page, _count_vague(server, ""))


@pytest.mark.slow
def test_no_country_is_tinted_if_every_place_is_more_precise(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?min_precision=city")
    page.wait_for_selector(".map[data-idle]")
    _expect_tinted(page, 0)


def test_a_still_map_tints_countries_too(browser: Browser, server: Any) -> None:
    flags = [*FLAGS, "--disable-gpu", "--disable-3d-apis"]
    with browser.browser_type.launch(executable_path=CHROMIUM, args=flags) as plain:
        page = plain.new_page()
        page.goto(f"{server.url}/?category=raid")
        _expect_tinted(page, _count_vague(server, "category=raid"))


def test_a_click_on_a_tinted_country_filters_by_it_and_a_second_removes_the_filter(
    visit: Any, server: Any
) -> None:
    page = visit(f"{server.url}/?map=3/-14/-56")
    page.wait_for_selector(".map[data-idle]")
    _expect_tinted(page, _count_vague(server, ""))
    box = page.locator(".map").bounding_box()
    spot = (box["x"] + box["width"] / 2 - 10, box["y"] + box["height"] / 2 - 50)
    for step in range(50):  # until the area is drawn
        page.mouse.move(spot[0] + step % 2, spot[1])
        if page.locator(".tip").is_visible():
            break
        page.wait_for_timeout(100)
    expect(page.locator(".tip")).to_have_text("Brazil")
    page.mouse.click(*spot)
    expect(page).to_have_url(re.compile("country=BR"))
    expect(page.locator("ol.events li")).to_have_count(
        server.get("/events?country=BR&limit=1").json()["numberMatched"]
    )
    page.mouse.click(*spot)
    expect(page).not_to_have_url(re.compile("country="))


def test_symbols_keep_names_out_from_under_the_marks(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/")
    drawn = page.evaluate(
        """async () => {
          const { assets } = JSON.parse(document.querySelector("#facts").textContent);
          const { LabelRoom } = await import(`${assets}/app/map/label_room.js`);
          let features = null, layer = null;
          const map = { getSource: () => null, isStyleLoaded: () => true, hasImage: () => true,
            addSource: (_, source) => (features = source.data.features), addLayer: (added) => (layer = added) };
          const marks = [{ x: 0.5, y: 0.5, count: 4, vague: 0 }, { x: 0.25, y: 0.5, count: 9, vague: 9 }];
          new LabelRoom({ ground: { map }, layer: { marks, pins: [] } }).draw();
          return { points: features.map((feature) => feature.geometry.coordinates), layer };
        }"""
    )
    assert drawn["points"] == [[0, 0], [-90, 0]]
    assert drawn["layer"]["type"] == "symbol"
    assert drawn["layer"]["layout"]["icon-allow-overlap"]


def test_an_empty_frame_offers_to_clear_the_filter(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed?q=zzzz", viewport=FRAME)
    expect(page.get_by_text("No event matches these filters.")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.get_by_text("No event matches these filters.")).to_be_hidden()
    page.get_by_role("button", name="List").click()
    expect(page.locator("ol.events li")).to_have_count(38)


def test_in_a_small_frame_the_skip_link_unfolds_the_list(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed", viewport=FRAME, drawn=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("ol.events")).to_be_visible()
    expect(page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#content")).to_be_focused()


def test_in_a_small_frame_most_of_the_card_is_text(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed?event={EVENT}", viewport=FRAME)
    expect(page.locator(".card article")).to_be_visible()
    card, body = (page.locator(name).bounding_box()["height"] for name in (".card", ".card-body"))
    assert body / card > 0.75
    page.get_by_role("button", name="Next event").click()
    expect(page).not_to_have_url(re.compile(EVENT))


def _are_separate(a: Any, b: Any) -> bool:
    return any(
        low[side] + low[length] <= high[side] + 1
        for low, high in ((a, b), (b, a))
        for side, length in (("x", "width"), ("y", "height"))
    )


@pytest.mark.slow
def test_in_a_window_of_any_shape_no_part_covers_another(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?datetime=2020/2022")
    for width, height in product((300, 390, 600, 719, 720, 820, 1000, 1600), (400, 700, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(60)
        boxes = [page.locator(name).bounding_box() for name in (".map", ".page > .timeline", ".side")]
        assert all(box["width"] > 250 and box["height"] > 100 for box in boxes), (width, height)
        assert all(_are_separate(a, b) for a, b in combinations(boxes, 2)), (width, height)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height)


@pytest.mark.parametrize("path", ["/embed", f"/embed?event={EVENT}"])
def test_controls_of_a_frame_are_large_enough_for_fingers(visit: Any, server: Any, path: str) -> None:
    page = visit(f"{server.url}{path}", viewport=FRAME, has_touch=True, is_mobile=True)
    page.wait_for_selector(".map[data-ready]")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, .pill, [role=slider], .row, .masthead a")]
        .filter((element) => element.checkVisibility() && !element.closest(".skip"))
        .map((element) => [element.className || element.tagName, element.getBoundingClientRect()])
        .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
        .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_titles_get_their_font_however_late_the_script_is(visit: Any, server: Any) -> None:
    page = visit("about:blank", wait="html")
    page.route("**/app/page/controller.js", lambda route: (time.sleep(0.8), route.continue_()))
    page.goto(f"{server.url}/", wait_until="load")
    page.wait_for_selector("html[data-shown]")
    page.wait_for_function("document.fonts.check(\"600 16px 'Dateline Serif'\") && document.fonts.size > 2")
