"""What tests of the page share: a browser that draws maps, and pages of it that are closed again."""

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import DRAWN, launched
from playwright.sync_api import Browser, Page

_NO_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return String(kind).startsWith("webgl") ? null : get.call(this, kind, ...rest);
};
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium with WebGL in software."""
    with launched(*DRAWN) as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    """Open an address in a page of its own, 1200 by 800; `drawn` is False where the map may be a still one, at once."""
    opened: list[Page] = []

    def go(url: str, wait: str = "html[data-shown]", *, drawn: bool = True, **options: Any) -> Page:
        page = browser.new_page(**({"viewport": {"width": 1200, "height": 800}} | options))
        opened.append(page)
        if not drawn:
            page.add_init_script(_NO_WEBGL)
        page.goto(url)
        page.wait_for_selector(wait)
        return page

    yield go
    for page in opened:
        page.close()
