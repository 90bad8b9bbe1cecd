"""How soon map, bars and counts follow where the events are too many for the browser."""

import statistics
from random import Random

from playwright.sync_api import Browser, Page

from .browser import drag, row, stage, visit

# When the page has asked nothing for a while, the last answer that came is when it was up to date.
_WATCH = """() => {
    window.marks = { asked: 0, answered: 0 };
    const bar = document.querySelector('.loading');
    new MutationObserver(() => { marks[bar.hidden ? 'answered' : 'asked'] = performance.now(); })
        .observe(bar, { attributeFilter: ['hidden'] });
    for (const name of ['pointerup', 'click', 'keydown', 'mouseup'])
        addEventListener(name, () => { marks.begun = performance.now(); }, true);
}"""
_SETTLED = """() => new Promise((done) => {
    const begun = marks.begun;
    const look = () => {
        const idle = performance.now() - Math.max(begun, marks.answered, marks.asked);
        const open = !document.querySelector('.loading').hidden;
        if (open || idle < 700) return setTimeout(look, 20);
        done(marks.asked > begun || marks.answered > begun ? marks.answered - begun : 0);
    };
    look();
})"""


def compare(browser: Browser, addresses: dict[str, str], rounds: int, seed: int = 5) -> list[str]:
    """Do the same on the pages of several servers in turn; give a table of medians, and of ratios to the first."""
    taken: dict[str, dict[str, list[float]]] = {name: {} for name in addresses}
    first: dict[str, list[float]] = {name: [] for name in addresses}
    for turn in range(rounds):
        for name, url in addresses.items():
            with visit(browser, f"{url}/") as page:
                first[name].append(_loaded(page))
                page.evaluate(_WATCH)
                for what, milliseconds in _session(page, Random(seed + turn)):
                    taken[name].setdefault(what, []).append(milliseconds)
    rows = [row("what", *addresses, "ratio"), row("---", *("---:" for _ in addresses), "---:")]
    for what in ["first load: until all is answered", *next(iter(taken.values()))]:
        medians = [
            statistics.median(first[name] if what.startswith("first load") else taken[name][what])
            for name in addresses
        ]
        ratio = f"{medians[-1] / medians[0]:.2f}" if medians[0] else "–"
        rows.append(row(what, *(f"{value:.0f} ms" for value in medians), ratio))
    return rows


def _loaded(page: Page) -> float:
    """Tell when the last answer of the page's own questions came."""
    found: float = page.evaluate(
        "Math.max(...performance.getEntriesByType('resource')"
        ".filter((one) => /\\/(events|tiles)/.test(one.name)).map((one) => one.responseEnd))"
    )
    return found


def _session(page: Page, random: Random) -> list[tuple[str, float]]:
    """Brush, choose a category, pan there and back, and zoom in; milliseconds until each was answered."""
    found = []
    bars, map_ = stage(page), page.locator(".map").bounding_box()
    assert map_
    middle = (map_["x"] + map_["width"] / 2, map_["y"] + map_["height"] / 2)
    for _ in range(4):
        left, right = sorted((random.uniform(0.3, 0.6), random.uniform(0.65, 0.95)))
        high = bars["y"] + 20
        page.get_by_role("link", name="All dates").click() if "datetime" in page.url else None
        page.evaluate(_SETTLED)
        ends = [(bars["x"] + bars["width"] * share, high) for share in (left, right)]
        drag(page, ends[0], ends[1], 12, 0.03)
        page.mouse.up()
        found.append(("a window drawn: from letting go", page.evaluate(_SETTLED)))
    page.locator(".pill").nth(random.randrange(3)).click()
    found.append(("a category", page.evaluate(_SETTLED)))
    for by in (180, -180):
        drag(page, middle, (middle[0] + by, middle[1]), 8, 0.03)
        page.wait_for_timeout(150)
        page.mouse.up()
        found.append(("pan" if by > 0 else "pan back", page.evaluate(_SETTLED)))
    for _ in range(3):
        page.locator(".maplibregl-canvas").focus()
        page.keyboard.press("=")
        found.append(("zoom in (0.3 s of it moving)", page.evaluate(_SETTLED)))
    page.keyboard.press("-")
    found.append(("zoom out (as above)", page.evaluate(_SETTLED)))
    return found
