"""How many bytes the first load takes, how many of them before the list can be read, and how soon."""

import statistics
from typing import Any

from playwright.sync_api import Browser

from .browser import HIGH, WIDE, row

_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def load(browser: Browser, url: str, rounds: int) -> list[str]:
    """Load the page with nothing in a cache, several times; give a table of medians."""
    found = [_once(browser, url) for _ in range(rounds)]
    rows = [row("what", "median", "target"), row("---", "---:", "---:")]
    for at, (what, unit, target) in enumerate(
        (
            ("whole first load, compressed", "kB", 700),
            ("before the list can be read", "kB", 60),
            ("list can be read", "ms", 600),
            ("map idle", "ms", 2500),
        )
    ):
        rows.append(
            row(what, f"{statistics.median(one[at] for one in found):.0f} {unit}", f"{target} {unit}")
        )
    return rows


def _once(browser: Browser, url: str) -> tuple[float, float, float, float]:
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    came: list[tuple[float, float]] = []
    begun: list[float] = []
    wire.on("Network.requestWillBeSent", lambda said: begun.append(said["timestamp"]))
    wire.on("Network.dataReceived", lambda said: came.append(_part(said)))
    page.goto(url)
    page.wait_for_selector(".map[data-idle]", timeout=60_000)
    idle = page.evaluate("performance.now()")
    page.wait_for_timeout(1500)
    painted = page.evaluate(_PAINTED)
    context.close()
    early = sum(size for when, size in came if (when - begun[0]) * 1000 <= painted)
    return sum(size for _, size in came) / 1000, early / 1000, painted, idle


def _part(said: Any) -> tuple[float, float]:
    return said["timestamp"], said["encodedDataLength"]
