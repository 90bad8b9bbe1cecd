"""Beyond 20,000 events the page draws from tiles and summaries, and behaves as with few."""

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

from db.columns.index import MOST
from db.dates.edtf import When
from db.events.draft import Draft, Figure
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

COUNT = MOST + 300
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
    tab.goto("about:blank")  # what the page still asks is not the next one's


def _go(page: Page, many: Server, query: str = "") -> None:
    page.goto(f"{many.url}/?lang=en{query}")
    page.wait_for_selector(".map[data-ready]")
    page.wait_for_selector("html[data-shown]")


def _matched(many: Server, query: str) -> int:
    found: int = many.get(f"/events/summary?{query}").json()["matched"]
    return found


def _said(page: Page, count: int) -> None:
    expect(page.locator(".count h2")).to_have_text(f"{count:,} event{'s' if count != 1 else ''}")


def _rested(page: Page, many: Server) -> None:
    """Wait until the address, which is written when the hand rests, stays for a while, and the count agrees with it."""
    limit, address, since = time.monotonic() + 30, "", 0.0
    while time.monotonic() < limit and (page.url != address or time.monotonic() < since + 2):
        if page.url != address:
            address, since = page.url, time.monotonic()
        page.wait_for_timeout(100)
    _said(page, _matched(many, address.split("?")[1].replace("lang=en", "")))


def _spot(page: Page) -> tuple[float, float]:
    box = page.locator(".map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _asked(page: Page) -> list[str]:
    found: list[str] = []
    page.on("response", lambda answer: found.append(answer.url.split("/", 3)[3]))
    return found


# Both sources asked the same, and their answers brought into one form.
_BOTH = """async ([queries, views, box]) => {
    const facts = JSON.parse(document.getElementById('facts').textContent);
    const load = (name) => import(`${facts.assets}/app/${name}.js`);
    const [{ Local }, { Remote }] = await Promise.all(['data/local', 'data/remote'].map(load));
    const raw = await (await fetch('/events/index?q=harbour&measure=arrests')).json();
    const told = async (source, params) => {
        await source.ready(params, false);
        const some = (pairs) => Object.fromEntries(pairs.filter(([, n]) => n).sort());
        const named = (numbers) => some(source.slugs.map((slug, at) => [slug, numbers[at]]));
        const bars = await source.bars(params, 170);
        const heights = bars.edges.slice(0, -1).map((edge, b) => [edge, named(bars.stacks.map((stack) => stack[b]))]);
        const rows = async (box) => {
            const { rows, total, more } = await source.rows(params, 0, 30, box);
            return [total, more, rows.map((row) => [row.id, row.title, row.date, row.category])];
        };
        const marks = [];
        for (const view of views) {
            const found = await source.marks(view);
            const all = { count: 0, vague: 0, by: source.slugs.map(() => 0), boxes: [180, 90, -180, -90] };
            for (const mark of found) {
                all.count += mark.count;
                all.vague += mark.vague;
                mark.by.forEach((n, at) => (all.by[at] += n));
                all.boxes = all.boxes.map((side, at) => (at < 2 ? Math.min : Math.max)(side, mark.box[at]).toFixed(1));
                if (mark.count === 1) (all.titles ??= []).push(mark.title);
            }
            marks.push([all.count, all.vague, named(all.by), all.boxes.map(Number), all.titles?.sort() ?? []]);
        }
        return {
            unit: bars.edges.length > 1 && bars.unit,
            bars: heights.filter(([, own]) => Object.keys(own).length),
            list: await rows(null),
            inside: await rows(box),
            tallies: some(Object.entries(await source.tallies(params))),
            bare: await source.bare(),
            marks,
        };
    };
    const found = [];
    for (const query of queries) {
        const params = Object.fromEntries(new URLSearchParams(query));
        const far = { ...params, q: 'harbour', measure: 'arrests' };
        found.push([await told(new Local(raw), params), await told(new Remote(), far)]);
    }
    return found;
}"""
_QUERIES = [
    "",
    "datetime=2019/2020",
    "datetime=2019-03-05/2021-06-30&match=certain",
    "category=raid,death",
    "category=study&datetime=../2020-02",
    "country=BE",
    "country=BE,FJ&precision=city",
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
def test_tiles_and_summaries_say_what_the_index_says(page: Page, many: Server) -> None:
    _go(page, many)
    both = page.evaluate(_BOTH, [_QUERIES, [_WORLD, _NEAR, _TURN], [-10, 45, 4.6, 52]])
    for query, (few, far) in zip(_QUERIES, both, strict=True):
        for part, said in few.items():
            assert far[part] == said, (query, part)
    assert both[0][0]["marks"][0][0] > 2000
    assert 0 < both[0][0]["marks"][1][1] < both[0][0]["marks"][1][0]


def test_the_page_asks_for_tiles_and_one_summary(page: Page, many: Server) -> None:
    page.route("**/*", lambda route: route.continue_())  # with a cache the browser asks on its own
    asked = _asked(page)
    with page.expect_response("**/tiles/**"):
        _go(page, many)
    _said(page, COUNT)
    own = [path for path in asked if re.match("events|tiles", path)]
    assert sorted({path.split("?")[0].split("/")[0] for path in own}) == ["events", "tiles"]
    assert len([path for path in own if path.startswith("events/summary")]) == 1
    assert not [path for path in own if re.match("events/(index|clusters)", path)]


def test_a_brush_filters_counts_list_and_map(page: Page, many: Server) -> None:
    _go(page, many)
    bars = page.locator(".stage-bars").bounding_box()
    assert bars
    asked = _asked(page)
    page.mouse.move(bars["x"] + bars["width"] * 0.3, bars["y"] + 20)
    page.mouse.down()
    page.mouse.move(bars["x"] + bars["width"] * 0.7, bars["y"] + 20, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile("datetime="))
    _rested(page, many)
    query = page.url.split("?")[1].replace("lang=en", "")
    pill = page.locator(".pill[data-slug=raid] .tally")
    expect(pill).to_have_text(f"{many.get(f'/events/summary?{query}').json()['categories']['raid']:,}")
    assert any(path.startswith("tiles/") and "datetime=" in path for path in asked)
    page.go_back()
    _said(page, COUNT)
    page.go_forward()
    _said(page, _matched(many, query))


def test_categories_countries_and_what_lacks_a_date_or_a_place_are_chosen(page: Page, many: Server) -> None:
    _go(page, many)
    page.locator(".pill", has_text="Study").click()
    _said(page, _matched(many, "category=study"))
    page.locator(".pill", has_text="Study").click()
    page.locator(".filters summary").click()
    page.locator("#country").select_option("AR")
    _said(page, _matched(many, "country=AR"))
    page.locator(".filters summary").click()
    page.locator(".chip").click()
    page.get_by_role("link", name=re.compile(r"undated$")).click()
    _said(page, _matched(many, "undated=only"))
    page.locator(".chip").click()
    page.get_by_role("link", name=re.compile(r"without a place$|unplaced$|no place$")).click()
    _said(page, _matched(many, "unplaced=only"))


def test_a_search_that_leaves_few_is_filtered_in_the_browser_and_back(page: Page, many: Server) -> None:
    _go(page, many, "&q=south")
    _said(page, 1)
    page.locator(".chip").click()
    _said(page, COUNT)
    page.locator(".filters summary").click()
    with page.expect_response(re.compile("/events/index")):
        page.get_by_role("searchbox").fill("harbour")
        page.keyboard.press("Enter")
    _said(page, _matched(many, "q=harbour"))


def test_a_single_mark_opens_its_event_and_a_cluster_is_entered_or_listed(page: Page, many: Server) -> None:
    _go(page, many, "&map=6/-54.8/-68.3")
    page.wait_for_timeout(400)
    page.mouse.click(*_spot(page))
    expect(page.locator(".card h1")).to_have_text("Far south")
    expect(page).to_have_url(re.compile("event=alone"))
    page.keyboard.press("Escape")
    _go(page, many, "&map=13/50.85/4.35")
    page.wait_for_timeout(400)
    page.mouse.click(*_spot(page))
    here = many.get("/events?bbox=4.34,50.84,4.36,50.86&unplaced=exclude&limit=1").json()["numberMatched"]
    expect(page.locator(".card h1")).to_have_text(f"{here:,} events")
    page.locator(".card").get_by_role("button", name="Show more").click()
    expect(page.locator(".card li")).to_have_count(100)


def test_the_list_grows_and_keeps_to_the_view(page: Page, many: Server) -> None:
    _go(page, many, "&map=6/-54.8/-68.3&inview=1")
    _said(page, 1)
    _go(page, many)
    expect(page.locator("ol.events li")).to_have_count(40)
    # Without scrolling to the button, which would let the list grow by itself.
    page.get_by_role("button", name="Show more").dispatch_event("click")
    expect(page.locator("ol.events li")).to_have_count(80)
    shown = [row.get_attribute("data-id") for row in page.locator("ol.events li").all()]
    assert shown == [one["id"] for one in many.get("/events?limit=80").json()["features"]]


def test_a_figure_is_summed_by_one_question(page: Page, many: Server) -> None:
    _go(page, many)
    with page.expect_response(re.compile("/events/summary.*measure=arrests")) as caught:
        page.get_by_label("Bars show").select_option("arrests")
    answer: Response = caught.value
    assert sum(bar["sum"] for bar in answer.json()["histogram"]) > 1000
    page.go_back()
    expect(page.get_by_label("Bars show")).to_have_value("")


def test_it_plays_and_rests(page: Page, many: Server) -> None:
    _go(page, many)
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile("datetime="))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    _rested(page, many)


def test_what_is_chosen_is_shared(page: Page, many: Server) -> None:
    _go(page, many, "&category=raid&datetime=2020")
    page.get_by_role("button", name="Share").click()
    shared = page.locator("dialog[open]")
    assert "category=raid" in (shared.locator("input, textarea").first.input_value() or "")


@pytest.mark.parametrize(
    "view",
    ["/tiles/", *(pytest.param(view, marks=pytest.mark.slow) for view in ("/events/summary", "/events?"))],
)
def test_a_view_that_fails_is_told_and_tried_again(page: Page, many: Server, view: str) -> None:
    _go(page, many)
    rows = page.locator("ol.events li").count()
    page.route(lambda url: view in url, lambda route: route.fulfill(status=500, body="{}"))
    page.locator(".pill", has_text="Study").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("ol.events li").count() >= min(rows, 40)
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    _said(page, _matched(many, "category=study"))
    tallies = page.locator(".pill[data-slug=raid] .tally")
    expect(tallies).to_have_text(f"{many.get('/events/summary').json()['categories']['raid']:,}")
