"""The live page in a real browser: its views filter each other, and stay as they are when a request fails."""

import re
from typing import Any

import pytest
from axe import audit
from axe_playwright_python.sync_playwright import Axe
from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

EVENT = "ndrangheta-action-day"
TITLE = "132 arrested as ten countries strike at the 'Ndrangheta"
EVIL = "<img src=x onerror=document.title='owned'>\u202e" + "x" * 300


def _expect_count(page: Page, text: str) -> None:
    expect(page.locator(".count h2")).to_have_text(text)


def test_after_a_drag_the_counts_and_the_whole_list_are_those_of_the_window(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?undated=exclude", drawn=False)
    box = page.locator(".stage-bars").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + 20, steps=8)
    page.wait_for_timeout(300)
    page.mouse.up()
    page.wait_for_timeout(500)
    query = page.url.split("?")[1]
    summary = server.get(f"/events/summary?{query}").json()
    assert 12 < summary["matched"] < 27
    _expect_count(page, f"{summary['matched']} events")
    expect(page.locator("ol.events li")).to_have_count(summary["matched"])
    tallies = {
        pill.get_attribute("data-slug"): int(pill.locator(".tally").text_content() or 0)
        for pill in page.locator(".pill").all()
    }
    assert {slug: count for slug, count in tallies.items() if count} == summary["categories"]


def test_a_category_filters_every_view_and_back_removes_it(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/")
    page.locator(".pill", has_text="Raid").click()
    _expect_count(page, "6 events")
    assert "category=raid" in page.url
    assert page.locator("ol.events li").count() == 6
    page.go_back()
    _expect_count(page, "38 events")


def test_a_handle_moves_by_keyboard_and_the_list_follows(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?undated=exclude", drawn=False)
    first = page.get_by_role("slider", name="First day")
    first.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"datetime=2023-10-01/\.\."))
    assert first.get_attribute("aria-valuetext") == "1 October 2023"
    features = server.get("/events?undated=exclude&datetime=2023-10-01/..").json()["features"]
    ids = {feature["id"] for feature in features}
    expect(page.locator("ol.events li")).to_have_count(len(ids))
    assert {row.get_attribute("data-id") for row in page.locator("ol.events li").all()} == ids


def test_without_a_window_a_drag_draws_one(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    box = page.locator(".stage-bars").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"datetime=20\d\d-\d\d-01/20\d\d-\d\d-\d\d"))
    page.get_by_role("link", name="All dates").click()
    _expect_count(page, "38 events")


def test_the_card_takes_the_focus_and_gives_it_back(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.locator(f"[data-id={EVENT}] a").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=TITLE)).to_be_focused()
    expect(page.locator(".card")).to_contain_text("Arrests: 132")
    expect(page.locator(".card")).to_contain_text("location known by country only")
    assert f"event={EVENT}" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    expect(page.locator(f"[data-id={EVENT}] a")).to_be_focused()


def test_the_server_answers_a_search_which_can_be_removed(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.locator(".filters summary").click()
    page.get_by_role("searchbox").fill("cocaine")
    page.keyboard.press("Enter")
    matched = server.get("/events?q=cocaine&limit=1").json()["numberMatched"]
    _expect_count(page, f"{matched} events")
    page.locator(".chip").click()
    _expect_count(page, "38 events")


def test_the_form_filters_by_verification_in_the_browser(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator(".filters summary").click()
    page.get_by_label("Verification").select_option("confirmed")
    matched = server.get("/events?verification=confirmed&limit=1").json()["numberMatched"]
    _expect_count(page, f"{matched} event{'s' if matched != 1 else ''}")
    expect(page).to_have_url(re.compile("verification=confirmed"))
    expect(page.locator(".chip bdi")).to_have_text("Confirmed")
    assert not [url for url in requests if "/events/index" in url]


def test_undated_events_are_counted_and_can_be_listed(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?datetime=2023", drawn=False)
    page.get_by_role("link", name=re.compile(r"^\d+ undated")).click()
    _expect_count(page, f"{server.get('/events?undated=only&limit=1').json()['numberMatched']} events")


def test_the_bars_sum_the_chosen_figure(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    with page.expect_response(re.compile("/events/index.*measure=arrests")):
        page.get_by_label("Bars show").select_option("arrests")
    expect(page).to_have_url(re.compile("measure=arrests"))
    _expect_count(page, "38 events")
    page.go_back()
    expect(page.get_by_label("Bars show")).to_have_value("")


def test_an_unknown_event_in_the_address_leaves_the_page_as_it_is(visit: Any, server: Any) -> None:
    messages: list[str] = []
    page = visit("about:blank", wait="html")
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{server.url}/?event=nobody-knows-it&category=raid")
    expect(page).to_have_url(re.compile(r"\?category=raid$"))
    assert page.locator(".card").is_hidden()
    assert messages == []


def test_a_failing_server_is_reported_and_can_be_tried_again(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.route("**/events/index*", lambda route: route.fulfill(status=500))
    page.goto(f"{server.url}/?q=cocaine", wait_until="load")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("ol.events li").count() > 0
    page.unroute("**/events/index*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.wait_for_selector("html.live")


def test_a_page_with_many_events_works_the_same(visit: Any, browser: Browser, server: Any) -> None:
    page = browser.new_page()

    def make_large(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace('"large":false', '"large":true'))

    page.route(f"{server.url}/?*", make_large)
    page.goto(f"{server.url}/?lang=en")
    page.wait_for_selector("html[data-shown]")
    page.locator(".pill", has_text="Raid").click()
    _expect_count(page, "6 events")
    expect(page.locator("ol.events li")).to_have_count(6)
    page.locator("ol.events a.row").first.click()
    expect(page.locator(".card h1")).to_be_focused()
    page.close()


IMPORT_PAGE = """async () => {
  const { assets } = JSON.parse(document.querySelector("#facts").textContent);
  window.module = await import(`${assets}/app/page/controller.js`);
}"""


def test_the_page_works_from_its_start_to_its_stop(visit: Any, server: Any) -> None:
    page = visit("about:blank", wait="html", drawn=False)
    page.route("**/app/start.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto(f"{server.url}/")
    page.evaluate(IMPORT_PAGE)
    assert page.locator("html.live").count() == 0
    page.evaluate("(window.page = new window.module.Page()).start()")
    page.locator(".pill", has_text="Raid").click()
    expect(page.locator("ol.events li")).to_have_count(6)
    assert page.evaluate("window.module !== undefined")
    page.evaluate("window.page.stop()")
    page.locator(".pill", has_text="Raid").click()
    page.wait_for_function("window.module === undefined")  # the link has loaded another document


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_no_day_shifts_in_any_time_zone(visit: Any, server: Any, zone: str) -> None:
    page = visit(f"{server.url}/?datetime=2023-05-03", timezone_id=zone, drawn=False)
    expect(page.locator(".timeline h2")).to_have_text("3 May 2023")
    assert page.locator(".dates input").first.input_value() == "2023-05-03"


STATES = {
    "whole": ("/", {}),
    "card": (f"/?event={EVENT}", {}),
    "dark": ("/?theme=dark&datetime=2022", {}),
    "phone": ("/", {"viewport": {"width": 390, "height": 844}, "has_touch": True}),
    "sheet": (f"/?event={EVENT}", {"viewport": {"width": 390, "height": 844}}),
    "frame": ("/embed", {"viewport": {"width": 600, "height": 400}}),
    "arabic": ("/?lang=ar", {}),
    "empty": ("/?q=zzzz", {}),
    "zoomed": ("/", {"viewport": {"width": 600, "height": 400}, "device_scale_factor": 2}),
    "measured": ("/?measure=arrests", {}),
    "forced colours": ("/", {"forced_colors": "active"}),
}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_no_violation(visit: Any, server: Any, name: str) -> None:
    path, options = STATES[name]
    page = visit(f"{server.url}{path}", **options)
    page.wait_for_selector(".map[data-ready]")
    page.wait_for_timeout(200)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_no_violation_when_the_server_fails(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    page.route(re.compile("/events"), lambda route: route.fulfill(status=500, body="{}"))
    page.locator(".pill", has_text="Raid").click()
    page.get_by_text("Filters").first.click()
    page.get_by_role("searchbox").fill("cocaine")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_controls_are_large_enough_for_fingers(visit: Any, server: Any) -> None:
    page = visit(
        f"{server.url}/?event={EVENT}", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page.wait_for_selector(".map[data-ready]")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, .pill, [role=slider], .row")]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.className, element.getBoundingClientRect()])
        .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
        .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_at_twice_the_size_every_part_is_visible(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", viewport={"width": 600, "height": 400}, device_scale_factor=2)
    for selector in (".pills", ".filters", ".map", ".dates", ".stage-bars", "ol.events"):
        assert page.locator(selector).is_visible(), selector
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_reaches_every_part_of_the_page_and_returns(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/")
    page.wait_for_selector(".map[data-ready]")
    focused: list[str] = []
    for _ in range(90):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.className || document.activeElement.tagName"))
        if focused[-1] == "BODY":
            break
    names = " ".join(focused)
    for name in ("skip", "sharing", "pill", "maplibregl-canvas", "row", "play", "hand"):
        assert name in names, name
    page.locator("a.row").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("a.row").nth(1)).to_be_focused()


def test_an_element_that_disappears_passes_the_focus_on(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?category=raid,arrest&country=IT&datetime=2020/2024", drawn=False)
    for count in (2, 1, 0):
        page.locator(".chip").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chip")).to_have_count(count)
        expect(page.locator(".chip").first if count else page.locator("#content")).to_be_focused()
    page.get_by_role("link", name="All dates").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="First day")).to_be_focused()
    page.goto(f"{server.url}/?country=IT&category=study&datetime=1990")
    page.locator("html.live .empty a").focus()
    page.keyboard.press("Enter")
    _expect_count(page, "38 events")
    expect(page.locator("#content")).to_be_focused()


def test_without_dated_events_every_bar_is_faint(visit: Any, server: Any) -> None:
    def max_opacity(page: Page) -> int:
        page.wait_for_timeout(300)
        opacity: int = page.evaluate(
            """() => {
              const canvas = document.querySelector(".stage-bars canvas");
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return data.reduce((max, value, i) => (i % 4 === 3 ? Math.max(max, value) : max), 0);
            }"""
        )
        return opacity

    page = visit(f"{server.url}/", drawn=False)
    assert max_opacity(page) == 255
    page.locator(".bare a").first.click()
    expect(page).to_have_url(re.compile("undated=only"))
    assert 0 < max_opacity(page) < 128


def test_nothing_moves_for_readers_who_want_less_motion(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/?event={EVENT}", reduced_motion="reduce")
    moving = page.evaluate(
        "document.getAnimations().filter((animation) => animation.playState === 'running').length"
    )
    assert moving == 0


def test_without_webgl_there_is_a_still_map_with_a_note(browser: Browser, server: Any) -> None:
    flags = [*FLAGS, "--disable-gpu", "--disable-3d-apis"]
    with browser.browser_type.launch(executable_path=CHROMIUM, args=flags) as plain:
        page = plain.new_page()
        page.goto(f"{server.url}/")
        expect(page.locator(".map .line")).to_contain_text("static")
        _expect_count(page, "38 events")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_without_javascript_there_is_the_map_the_timeline_and_the_list(browser: Browser, server: Any) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{server.url}/")
    assert page.locator(".map img").evaluate("image => image.complete && image.naturalWidth > 0")
    assert page.locator("svg.chart a").count() > 3
    assert page.locator("ol.events li").count() == 38
    page.close()


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("/", 1200),
        pytest.param("/", 390, marks=pytest.mark.slow),
        pytest.param("/?theme=dark", 1200, marks=pytest.mark.slow),
        ("/?lang=ar", 390),
        ("/?q=zzzz", 1200),
        pytest.param("/embed", 600, marks=pytest.mark.slow),
        (f"/collections/events/items/{EVENT}?f=html", 1200),
    ],
)
def test_without_javascript_axe_finds_no_violation(visit: Any, server: Any, path: str, width: int) -> None:
    size = {"width": width, "height": 800}
    page = visit(f"{server.url}{path}", wait="main", java_script_enabled=False, viewport=size)
    assert page.evaluate("matchMedia('(scripting: none)').matches")
    results = audit(page)
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in results["violations"]] == []
    assert "color-contrast" in {rule["id"] for rule in results["passes"]}
