"""With more than 20,000 events the page uses tiles and summaries, and behaves as with few."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from chromium import CHROMIUM, DRAWN, launched
from conftest import Server
from playwright.sync_api import Page, Response, expect

from db.columns.index import MAX_EVENTS
from db.dates.edtf import When
from db.events.draft import Draft, Figure
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

COUNT = MAX_EVENTS + 300
SLUGS = ("raid", "raid", "raid", "arrest", "study", "death")
SPOTS = [
    Place(name=f"p{n}", lon=lon, lat=lat, country=country, precision=precision)
    for n, (lon, lat, country, precision) in enumerate(
        [
            (4.35, 50.85, "BE", Precision.CITY),
            (4.9, 52.37, "NL", Precision.CITY),
            (5.3, 51.0, "BE", Precision.ADMIN2),
            (4.5, 50.6, "BE", Precision.COUNTRY),
            (-0.12, 51.5, "GB", Precision.POINT),
            (178.4, -18.1, "FJ", Precision.CITY),
            (-178.4, -18.2, "FJ", Precision.CITY),
            (-58.4, -34.6, "AR", Precision.NEIGHBOURHOOD),
        ]
    )
]
ALONE = Place(name="Ushuaia", lon=-68.3, lat=-54.8, country="AR", precision=Precision.CITY)


def _drafts() -> Iterator[Draft]:
    random = Random(7)
    for n in range(COUNT - 2):
        day = f"{random.randrange(2015, 2025)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        date = (
            None if n % 500 == 1 else random.choice([day, day, day, day[:7], day[:4], f"{day}?", f"{day}/.."])
        )
        places = () if n % 400 == 2 else tuple(random.sample(SPOTS, random.choice((1, 1, 1, 2))))
        yield Draft(
            id=f"e{n:05}",
            title=f"Event {n}{' harbour' if n % 8 == 0 else ''}",
            category=random.choice(SLUGS),
            when=When.parse(date) if date else None,
            places=places,
            figures=(Figure.named("arrests", float(n % 7)),) if n % 3 == 0 else (),
            status="published",
        )
    canary = Place(name="Canaries", lon=-15.6, lat=28.0, country="ES", precision=Precision.ADMIN1)
    yield Draft(id="isle", title="harbour", category="death", places=(canary,), status="published")
    yield Draft(
        id="alone",
        title="Far south",
        category="study",
        when=When.parse("2024-12-31"),
        places=(ALONE,),
        status="published",
    )


@pytest.fixture(scope="module")
def many(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Server:
    file: Path = tmp_path_factory.mktemp("many") / "events.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.add(_drafts())
    store.close()
    served: Server = serve(file)
    return served


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with launched(*DRAWN) as browser:
        yield browser.new_page(viewport={"width": 1200, "height": 800})


@pytest.fixture
def page(tab: Page, many: Server) -> Iterator[Page]:
    yield tab
    tab.unroute_all()
    tab.goto("about:blank")  # end open requests, which the next test would see


def _go(page: Page, many: Server, query: str = "") -> None:
    page.goto(f"{many.url}/?lang=en{query}")
    page.wait_for_selector(".map[data-ready]")
    page.wait_for_selector("html[data-shown]")


def _matched(many: Server, query: str) -> int:
    matched: int = many.get(f"/events/summary?{query}").json()["matched"]
    return matched


def _expect_count(page: Page, count: int) -> None:
    expect(page.locator(".count h2")).to_have_text(f"{count:,} event{'s' if count != 1 else ''}")


def _wait_for_rest(page: Page, many: Server) -> None:
    """Wait until the address has stayed the same for two seconds, and the count matches it."""
    limit, address, since = time.monotonic() + 30, "", 0.0
    while time.monotonic() < limit and (page.url != address or time.monotonic() < since + 2):
        if page.url != address:
            address, since = page.url, time.monotonic()
        page.wait_for_timeout(100)
    _expect_count(page, _matched(many, address.split("?")[1].replace("lang=en", "")))


def _spot(page: Page) -> tuple[float, float]:
    box = page.locator(".map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _record_paths(page: Page) -> list[str]:
    """Return a list to which the path of every later response is appended."""
    paths: list[str] = []
    page.on("response", lambda response: paths.append(response.url.split("/", 3)[3]))
    return paths


# Asks both sources the same, and returns their answers in one form.
_COMPARE = """async ([queries, views, box]) => {
    const facts = JSON.parse(document.getElementById('facts').textContent);
    const load = (name) => import(`${facts.assets}/app/${name}.js`);
    const [{ LocalSource }, { RemoteSource }] = await Promise.all(['data/local', 'data/remote'].map(load));
    const index = await (await fetch('/events/index?q=harbour&measure=arrests')).json();
    const answersOf = async (source, params) => {
        await source.select(params, false);
        const nonZero = (pairs) => Object.fromEntries(pairs.filter(([, n]) => n).sort());
        const bySlug = (numbers) => nonZero(source.slugs.map((slug, i) => [slug, numbers[i]]));
        const bars = await source.bars(params, 170);
        const heights = bars.edges.slice(0, -1).map((edge, b) => [edge, bySlug(bars.stacks.map((stack) => stack[b]))]);
        const rows = async (box) => {
            const { rows, total, more } = await source.rows(params, 0, 30, box);
            return [total, more, rows.map((row) => [row.id, row.title, row.date, row.category])];
        };
        const marks = [];
        for (const view of views) {
            const sum = { count: 0, vague: 0, by: source.slugs.map(() => 0), box: [180, 90, -180, -90], titles: [] };
            for (const mark of await source.marks(view)) {
                sum.count += mark.count;
                sum.vague += mark.vague;
                mark.by.forEach((n, i) => (sum.by[i] += n));
                sum.box = sum.box.map((side, i) => (i < 2 ? Math.min : Math.max)(side, mark.box[i]).toFixed(1));
                if (mark.count === 1) sum.titles.push(mark.title);
            }
            marks.push([sum.count, sum.vague, bySlug(sum.by), sum.box.map(Number), sum.titles.sort()]);
        }
        return {
            unit: bars.edges.length > 1 && bars.unit,
            bars: heights.filter(([, counts]) => Object.keys(counts).length),
            list: await rows(null),
            inside: await rows(box),
            categories: nonZero(Object.entries(await source.countCategories(params))),
            bare: await source.countBare(),
            vague: [...await source.vagueCountries(params)].sort(),
            marks,
        };
    };
    const answers = [];
    for (const query of queries) {
        const params = Object.fromEntries(new URLSearchParams(query));
        const remote = { ...params, q: 'harbour', measure: 'arrests' };
        answers.push([await answersOf(new LocalSource(index), params), await answersOf(new RemoteSource(), remote)]);
    }
    return answers;
}"""
_QUERIES = [
    "",
    "datetime=2019/2020",
    "datetime=2019-03-05/2021-06-30&match=certain",
    "category=raid,death",
    "category=study&datetime=../2020-02",
    "country=BE",
    "country=BE,FJ&min_precision=city",
    "country=BE,FJ&precision=admin1,country",
    "bbox=170,-30,-170,0",
    "bbox=0,50,5,53&unplaced=exclude&undated=exclude",
    "undated=only",
    "unplaced=only",
    "sortby=date&datetime=2024",
    "sortby=title",
]
_WORLD = {"zoom": 1.2, "west": -0.1, "east": 1.1, "north": 0.0, "south": 1.0}
_NEAR = {"zoom": 6.5, "west": 0.495, "east": 0.52, "north": 0.32, "south": 0.35}
_TURN = {"zoom": 4, "west": 0.97, "east": 1.03, "north": 0.5, "south": 0.6}


@pytest.mark.slow
def test_both_sources_give_the_same_answers(page: Page, many: Server) -> None:
    _go(page, many)
    both = page.evaluate(_COMPARE, [_QUERIES, [_WORLD, _NEAR, _TURN], [-10, 45, 4.6, 52]])
    for query, (local, remote) in zip(_QUERIES, both, strict=True):
        for part, answer in local.items():
            assert remote[part] == answer, (query, part)
    assert both[0][0]["marks"][0][0] > 2000
    assert 0 < both[0][0]["marks"][1][1] < both[0][0]["marks"][1][0]


def test_the_page_requests_tiles_and_one_summary(page: Page, many: Server) -> None:
    page.route("**/*", lambda route: route.continue_())  # turns off the cache of the browser
    paths = _record_paths(page)
    with page.expect_response("**/tiles/**"):
        _go(page, many)
    _expect_count(page, COUNT)
    own = [path for path in paths if re.match("events|tiles", path)]
    assert sorted({path.split("?")[0].split("/")[0] for path in own}) == ["events", "tiles"]
    assert len([path for path in own if path.startswith("events/summary")]) == 1
    assert not [path for path in own if re.match("events/(index|clusters)", path)]


def test_a_brush_filters_counts_list_and_map(page: Page, many: Server) -> None:
    _go(page, many)
    bars = page.locator(".stage-bars").bounding_box()
    assert bars
    paths = _record_paths(page)
    page.mouse.move(bars["x"] + bars["width"] * 0.3, bars["y"] + 20)
    page.mouse.down()
    page.mouse.move(bars["x"] + bars["width"] * 0.7, bars["y"] + 20, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile("datetime="))
    _wait_for_rest(page, many)
    query = page.url.split("?")[1].replace("lang=en", "")
    pill = page.locator(".pill[data-slug=raid] .tally")
    expect(pill).to_have_text(f"{many.get(f'/events/summary?{query}').json()['categories']['raid']:,}")
    assert any(path.startswith("tiles/") and "datetime=" in path for path in paths)
    page.go_back()
    _expect_count(page, COUNT)
    page.go_forward()
    _expect_count(page, _matched(many, query))


def test_categories_countries_undated_and_unplaced_events_can_be_chosen(page: Page, many: Server) -> None:
    _go(page, many)
    page.locator(".pill", has_text="Study").click()
    _expect_count(page, _matched(many, "category=study"))
    page.locator(".pill", has_text="Study").click()
    page.locator(".filters summary").click()
    page.locator("#country").select_option("AR")
    _expect_count(page, _matched(many, "country=AR"))
    page.locator(".filters summary").click()
    page.locator(".chip").click()
    page.get_by_role("link", name=re.compile(r"undated$")).click()
    _expect_count(page, _matched(many, "undated=only"))
    page.locator(".chip").click()
    page.get_by_role("link", name=re.compile(r"without a place$|unplaced$|no place$")).click()
    _expect_count(page, _matched(many, "unplaced=only"))


def test_the_browser_filters_the_few_results_of_a_search(page: Page, many: Server) -> None:
    _go(page, many, "&q=south")
    _expect_count(page, 1)
    page.locator(".chip").click()
    _expect_count(page, COUNT)
    page.locator(".filters summary").click()
    with page.expect_response(re.compile("/events/index")):
        page.get_by_role("searchbox").fill("harbour")
        page.keyboard.press("Enter")
    _expect_count(page, _matched(many, "q=harbour"))


def test_a_mark_opens_its_event_and_a_cluster_its_list(page: Page, many: Server) -> None:
    _go(page, many, "&map=6/-54.8/-68.3")
    page.wait_for_timeout(400)
    page.mouse.click(*_spot(page))
    expect(page.locator(".card h1")).to_have_text("Far south")
    expect(page).to_have_url(re.compile("event=alone"))
    page.keyboard.press("Escape")
    _go(page, many, "&map=13/50.85/4.35")
    page.wait_for_timeout(400)
    page.mouse.click(*_spot(page))
    count = many.get("/events?bbox=4.34,50.84,4.36,50.86&unplaced=exclude&limit=1").json()["numberMatched"]
    expect(page.locator(".card h1")).to_have_text(f"{count:,} events")
    page.locator(".card").get_by_role("button", name="Show more").click()
    expect(page.locator(".card li")).to_have_count(100)


def test_the_list_grows_and_follows_the_map(page: Page, many: Server) -> None:
    _go(page, many, "&map=6/-54.8/-68.3&inview=1")
    _expect_count(page, 1)
    _go(page, many)
    expect(page.locator("ol.events li")).to_have_count(40)
    # Not a click, which would scroll to the button, and the list grows when it is scrolled.
    page.get_by_role("button", name="Show more").dispatch_event("click")
    expect(page.locator("ol.events li")).to_have_count(80)
    shown = [row.get_attribute("data-id") for row in page.locator("ol.events li").all()]
    assert shown == [feature["id"] for feature in many.get("/events?limit=80").json()["features"]]


def test_a_figure_is_summed_by_one_request(page: Page, many: Server) -> None:
    _go(page, many)
    with page.expect_response(re.compile("/events/summary.*measure=arrests")) as caught:
        page.get_by_label("Bars show").select_option("arrests")
    response: Response = caught.value
    assert sum(bar["sum"] for bar in response.json()["histogram"]) > 1000
    page.go_back()
    expect(page.get_by_label("Bars show")).to_have_value("")


def test_play_moves_the_window_and_pause_stops_it(page: Page, many: Server) -> None:
    _go(page, many)
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile("datetime="))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    _wait_for_rest(page, many)


def test_the_shared_address_has_the_filter(page: Page, many: Server) -> None:
    _go(page, many, "&category=raid&datetime=2020")
    page.get_by_role("button", name="Share").click()
    dialog = page.locator("dialog[open]")
    assert "category=raid" in (dialog.locator("input, textarea").first.input_value() or "")


@pytest.mark.parametrize(
    "view",
    ["/tiles/", *(pytest.param(view, marks=pytest.mark.slow) for view in ("/events/summary", "/events?"))],
)
def test_a_view_that_fails_is_reported_and_can_be_tried_again(page: Page, many: Server, view: str) -> None:
    _go(page, many)
    rows = page.locator("ol.events li").count()
    page.route(lambda url: view in url, lambda route: route.fulfill(status=500, body="{}"))
    page.locator(".pill", has_text="Study").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("ol.events li").count() >= min(rows, 40)
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    _expect_count(page, _matched(many, "category=study"))
    tallies = page.locator(".pill[data-slug=raid] .tally")
    expect(tallies).to_have_text(f"{many.get('/events/summary').json()['categories']['raid']:,}")
