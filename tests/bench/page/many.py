"""Time until the map, bars and counts follow a change, with more events than the browser loads."""

import statistics
from random import Random

from playwright.sync_api import Browser, Page

from .browser import drag, row, stage, visit

# The page is up to date at its last answer, if it sends no request for a while afterwards.
_WATCH = """() => {
    window.times = { requested: 0, answered: 0 };
    const bar = document.querySelector('.loading');
    new MutationObserver(() => { times[bar.hidden ? 'answered' : 'requested'] = performance.now(); })
        .observe(bar, { attributeFilter: ['hidden'] });
    for (const name of ['pointerup', 'click', 'keydown', 'mouseup'])
        addEventListener(name, () => { times.started = performance.now(); }, true);
}"""
_SETTLED = """() => new Promise((done) => {
    const { started } = times;
    const look = () => {
        const idle = performance.now() - Math.max(started, times.answered, times.requested);
        const open = !document.querySelector('.loading').hidden;
        if (open || idle < 700) return setTimeout(look, 20);
        done(times.requested > started || times.answered > started ? times.answered - started : 0);
    };
    look();
})"""


def compare(browser: Browser, addresses: dict[str, str], rounds: int, seed: int = 5) -> list[str]:
    """Do the same on the pages of several servers in turn, and return a table of medians and their ratios."""
    times: dict[str, dict[str, list[float]]] = {name: {} for name in addresses}
    first: dict[str, list[float]] = {name: [] for name in addresses}
    for turn in range(rounds):
        for name, url in addresses.items():
            with visit(browser, f"{url}/") as page:
                first[name].append(_loaded(page))
                page.evaluate(_WATCH)
                for action, milliseconds in _session(page, Random(seed + turn)):
                    times[name].setdefault(action, []).append(milliseconds)
    rows = [row("what", *addresses, "ratio"), row("---", *("---:" for _ in addresses), "---:")]
    for action in ["first load: until all is answered", *next(iter(times.values()))]:
        medians = [
            statistics.median(first[name] if action.startswith("first load") else times[name][action])
            for name in addresses
        ]
        ratio = f"{medians[-1] / medians[0]:.2f}" if medians[0] else "–"
        rows.append(row(action, *(f"{value:.0f} ms" for value in medians), ratio))
    return rows


def _loaded(page: Page) -> float:
    """Return the milliseconds until the last response to the page's own requests."""
    milliseconds: float = page.evaluate(
        "Math.max(...performance.getEntriesByType('resource')"
        ".filter((entry) => /\\/(events|tiles)/.test(entry.name)).map((entry) => entry.responseEnd))"
    )
    return milliseconds


def _session(page: Page, random: Random) -> list[tuple[str, float]]:
    """Drag windows, choose a category, pan there and back, and zoom; return the milliseconds until each is answered."""
    times = []
    bars, map_ = stage(page), page.locator(".map").bounding_box()
    assert map_
    middle = (map_["x"] + map_["width"] / 2, map_["y"] + map_["height"] / 2)
    for _ in range(4):
        start, end = sorted((random.uniform(0.3, 0.6), random.uniform(0.65, 0.95)))
        high = bars["y"] + 20
        page.get_by_role("link", name="All dates").click() if "datetime" in page.url else None
        page.evaluate(_SETTLED)
        ends = [(bars["x"] + bars["width"] * share, high) for share in (start, end)]
        drag(page, ends[0], ends[1], 12, 0.03)
        page.mouse.up()
        times.append(("a window drawn: from its release", page.evaluate(_SETTLED)))
    page.locator(".pill").nth(random.randrange(3)).click()
    times.append(("a category", page.evaluate(_SETTLED)))
    for by in (180, -180):
        drag(page, middle, (middle[0] + by, middle[1]), 8, 0.03)
        page.wait_for_timeout(150)
        page.mouse.up()
        times.append(("pan" if by > 0 else "pan back", page.evaluate(_SETTLED)))
    for _ in range(3):
        page.locator(".maplibregl-canvas").focus()
        page.keyboard.press("=")
        times.append(("zoom in (0.3 s of it moving)", page.evaluate(_SETTLED)))
    page.keyboard.press("-")
    times.append(("zoom out (as above)", page.evaluate(_SETTLED)))
    return times
