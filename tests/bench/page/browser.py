"""Chromium for the measurements, and a hand that drags on the page."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from ...chromium import CHROMIUM, DRAWN, FLAGS

WIDE, HIGH = 1200, 800


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with WebGL in software, and end it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *DRAWN])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Page]:
    """Open a page in a context of its own, so that nothing is in a cache, until its map is idle."""
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".map[data-idle]", timeout=60_000)
    page.wait_for_timeout(500)
    yield page
    context.close()


def stage(page: Page) -> dict[str, float]:
    """Find the bars of the timeline."""
    box = page.locator(".stage-bars").bounding_box()
    assert box
    return dict(box)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], steps: int, pause: float) -> None:
    """Press, move in steps with a pause of seconds between, and rest before letting go."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(*(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
        time.sleep(pause)


def median(measure: Callable[[], float], rounds: int) -> float:
    """Measure several times."""
    return statistics.median(measure() for _ in range(rounds))


def percentile(values: list[float], share: float) -> float:
    """Give the value that a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def row(*cells: Any) -> str:
    """Write a row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"
