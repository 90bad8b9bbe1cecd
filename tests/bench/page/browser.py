"""Chromium for the measurements, and drags on the page."""

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
    """Start Chromium with WebGL in software, and close it at the end."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *DRAWN])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Page]:
    """Open a page with an empty cache, and wait until its map is idle."""
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".map[data-idle]", timeout=60_000)
    page.wait_for_timeout(500)
    yield page
    context.close()


def stage(page: Page) -> dict[str, float]:
    """Return the box of the timeline's bars, in pixels."""
    box = page.locator(".stage-bars").bounding_box()
    assert box
    return dict(box)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], steps: int, pause: float) -> None:
    """Press the mouse, and move it in steps with a pause of seconds after each; the caller releases it."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(*(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
        time.sleep(pause)


def median(measure: Callable[[], float], rounds: int) -> float:
    """Return the median of several measurements."""
    return statistics.median(measure() for _ in range(rounds))


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of all values does not exceed; 0 for none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def row(*cells: Any) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"
