"""What readers do on the live page: play, move the map, open clusters, hear counts, print."""

import re
from typing import Any

import pytest
from chromium import CHROMIUM
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")


def _days(page: Page) -> list[int]:
    return [int(hand.get_attribute("aria-valuenow") or 0) for hand in page.get_by_role("slider").all()]


def test_play_moves_the_window_until_it_is_paused(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?datetime=2000/2001&undated=exclude", drawn=False)
    before = _days(page)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_timeout(1200)
    page.get_by_role("button", name="Pause").click()
    after = _days(page)
    assert after[0] > before[0]
    assert after[1] > before[1]
    window = re.search(r"datetime=([^&]+)", page.url)
    assert window
    matched = server.get(f"/events?datetime={window[1]}&undated=exclude&limit=1").json()["numberMatched"]
    expect(page.locator(".count h2")).to_have_text(re.compile(rf"^{matched} event"))


def test_after_play_the_bars_fit_another_width(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("link", name="All dates").click()
    expect(page.locator(".timeline h2")).to_contain_text("January")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".timeline h2")).to_have_text(re.compile(r"^2000–2023$"))


def test_the_list_of_what_the_map_shows_follows_the_map(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?map=4/-12/-48")
    page.wait_for_selector(".map[data-ready]")
    page.get_by_label("Only in map view").check()
    expect(page).to_have_url(re.compile("inview=1"))
    features = server.get("/events?country=BR,PE&limit=100").json()["features"]
    ids = {feature["id"] for feature in features}
    expect(page.locator("ol.events li")).not_to_have_count(38)
    listed = {row.get_attribute("data-id") for row in page.locator("ol.events li").all()}
    assert listed
    assert listed <= ids
    for _ in range(4):
        page.get_by_role("button", name="Zoom out").click()
        page.wait_for_timeout(400)
    placed = server.get("/events?unplaced=exclude&limit=1").json()["numberMatched"]
    expect(page.locator("ol.events li")).to_have_count(placed)


def test_a_click_on_a_cluster_zooms_in_and_the_address_follows(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?map=1/48/10")
    page.wait_for_selector(".map[data-idle]")
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tip")).to_contain_text("events")
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"map=([2-9]|1\d)"))


def test_screen_readers_announce_the_count(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.locator(".pill", has_text="Raid").click()
    expect(page.get_by_role("status").first).to_have_text("6 events")


def test_on_paper_there_is_the_map_and_the_whole_list_without_buttons(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?theme=dark")
    page.wait_for_selector(".map[data-ready]")
    page.emulate_media(media="print")
    for selector in (".band", ".play", ".dates", ".hand", ".sharing", ".maplibregl-ctrl-group"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator(".map").bounding_box()["height"] > 200
    last = page.locator("ol.events li").last.bounding_box()
    side = page.locator(".side").bounding_box()
    assert last["y"] + last["height"] <= side["y"] + side["height"] + 1
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
