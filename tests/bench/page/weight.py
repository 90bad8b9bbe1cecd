"""Bytes of the first load, bytes before the list can be read, and the time until then."""

import statistics
from typing import Any

from playwright.sync_api import Browser

from .browser import HIGH, WIDE, row

_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def load(browser: Browser, url: str, rounds: int) -> list[str]:
    """Load the page several times with an empty cache, and return a table of medians."""
    loads = [_once(browser, url) for _ in range(rounds)]
    rows = [row("what", "median", "target"), row("---", "---:", "---:")]
    for column, (name, unit, target) in enumerate(
        (
            ("whole first load, compressed", "kB", 700),
            ("before the list can be read", "kB", 60),
            ("list can be read", "ms", 600),
            ("map idle", "ms", 2500),
        )
    ):
        rows.append(
            row(
                name,
                f"{statistics.median(figures[column] for figures in loads):.0f} {unit}",
                f"{target} {unit}",
            )
        )
    return rows


def _once(browser: Browser, url: str) -> tuple[float, float, float, float]:
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    received: list[tuple[float, float]] = []
    sent: list[float] = []
    wire.on("Network.requestWillBeSent", lambda event: sent.append(event["timestamp"]))
    wire.on("Network.dataReceived", lambda event: received.append(_part(event)))
    page.goto(url)
    page.wait_for_selector(".map[data-idle]", timeout=60_000)
    idle = page.evaluate("performance.now()")
    page.wait_for_timeout(1500)
    painted = page.evaluate(_PAINTED)
    context.close()
    early = sum(size for when, size in received if (when - sent[0]) * 1000 <= painted)
    return sum(size for _, size in received) / 1000, early / 1000, painted, idle


def _part(event: Any) -> tuple[float, float]:
    return event["timestamp"], event["encodedDataLength"]
