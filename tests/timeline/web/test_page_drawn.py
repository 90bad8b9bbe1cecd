"""What the live map says of places that are known as a region only, and how the page lies in windows of any shape."""

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


def _shaded(page: Page, count: int) -> None:
    expect(page.locator(".map")).to_have_attribute("data-shaded", str(count))


def _vague(server: Any, query: str) -> int:
    """Count the countries with an event that is known no finer there."""
    every, finer = (
        {one["id"]: one["properties"]["events"] for one in server.get(path).json()["features"]}
        for path in (
            f"/events/countries?geometry=none&{query}",
            f"/events/countries?geometry=none&precision=admin1&{query}",
        )
    )
    return sum(events > finer.get(code, 0) for code, events in every.items())


@pytest.mark.slow
def test_the_countries_that_are_all_that_is_known_are_tinted(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?category=raid")
    _shaded(page, _vague(server, "category=raid"))
    page.locator(".pill", has_text="Raid").click()
    _shaded(page, _vague(server, ""))


@pytest.mark.slow
def test_no_country_is_tinted_where_every_place_is_finer(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?precision=city")
    page.wait_for_selector(".map[data-idle]")
    _shaded(page, 0)


def test_a_still_map_tints_them_too(browser: Browser, server: Any) -> None:
    flags = [*FLAGS, "--disable-gpu", "--disable-3d-apis"]
    with browser.browser_type.launch(executable_path=CHROMIUM, args=flags) as plain:
        page = plain.new_page()
        page.goto(f"{server.url}/?category=raid")
        _shaded(page, _vague(server, "category=raid"))


def test_a_click_on_a_tinted_country_filters_by_it_and_a_second_takes_it_away(
    visit: Any, server: Any
) -> None:
    page = visit(f"{server.url}/?map=3/-14/-56")
    page.wait_for_selector(".map[data-idle]")
    _shaded(page, _vague(server, ""))
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


def test_names_are_kept_out_from_under_the_marks(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/")
    made = page.evaluate(
        """async () => {
          const { assets } = JSON.parse(document.querySelector("#facts").textContent);
          const { Room } = await import(`${assets}/app/map/label_room.js`);
          let asked = null, layer = null;
          const ground = { getSource: () => null, isStyleLoaded: () => true, hasImage: () => true,
            addSource: (_, source) => (asked = source.data.features), addLayer: (one) => (layer = one) };
          const marks = [{ x: 0.5, y: 0.5, count: 4, vague: 0 }, { x: 0.25, y: 0.5, count: 9, vague: 9 }];
          new Room({ ground, marks, pins: [] }).draw();
          return { spots: asked.map((one) => one.geometry.coordinates), layer };
        }"""
    )
    assert made["spots"] == [[0, 0], [-90, 0]]
    assert made["layer"]["type"] == "symbol"
    assert made["layer"]["layout"]["icon-allow-overlap"]


def test_an_empty_frame_says_so_and_offers_a_way_out(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed?q=zzzz", viewport=FRAME)
    expect(page.get_by_text("No event matches these filters.")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.get_by_text("No event matches these filters.")).to_be_hidden()
    page.get_by_role("button", name="List").click()
    expect(page.locator("ol.events li")).to_have_count(38)


def test_in_a_small_frame_the_link_to_the_events_unfolds_their_list(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed", viewport=FRAME, drawn=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("ol.events")).to_be_visible()
    expect(page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#content")).to_be_focused()


def test_a_card_in_a_small_frame_leaves_most_of_its_height_to_the_text(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/embed?event={EVENT}", viewport=FRAME)
    expect(page.locator(".card article")).to_be_visible()
    card, body = (page.locator(name).bounding_box()["height"] for name in (".card", ".card-body"))
    assert body / card > 0.75
    page.get_by_role("button", name="Next event").click()
    expect(page).not_to_have_url(re.compile(EVENT))


def _apart(one: Any, other: Any) -> bool:
    return any(
        low[side] + low[length] <= high[side] + 1
        for low, high in ((one, other), (other, one))
        for side, length in (("x", "width"), ("y", "height"))
    )


@pytest.mark.slow
def test_in_a_window_of_any_shape_the_parts_stand_side_by_side_or_under_each_other(
    visit: Any, server: Any
) -> None:
    page = visit(f"{server.url}/?datetime=2020/2022")
    for width, height in product((300, 390, 600, 719, 720, 820, 1000, 1600), (400, 700, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(60)
        boxes = [page.locator(name).bounding_box() for name in (".map", ".page > .timeline", ".side")]
        assert all(box["width"] > 250 and box["height"] > 100 for box in boxes), (width, height)
        assert all(_apart(one, other) for one, other in combinations(boxes, 2)), (width, height)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height)


@pytest.mark.parametrize("path", ["/embed", f"/embed?event={EVENT}"])
def test_in_a_frame_a_finger_has_room_too(visit: Any, server: Any, path: str) -> None:
    page = visit(f"{server.url}{path}", viewport=FRAME, has_touch=True, is_mobile=True)
    page.wait_for_selector(".map[data-ready]")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, .pill, [role=slider], .row, .masthead a")]
        .filter((one) => one.checkVisibility() && !one.closest(".skip"))
        .map((one) => [one.className || one.tagName, one.getBoundingClientRect()])
        .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
        .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_titles_are_set_in_their_own_face_whenever_the_script_comes(visit: Any, server: Any) -> None:
    page = visit("about:blank", wait="html")
    page.route("**/app/page/controller.js", lambda route: (time.sleep(0.8), route.continue_()))
    page.goto(f"{server.url}/", wait_until="load")
    page.wait_for_selector("html[data-shown]")
    page.wait_for_function("document.fonts.check(\"600 16px 'Dateline Serif'\") && document.fonts.size > 2")
