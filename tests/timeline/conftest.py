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
    with launched(*DRAWN) as chromium:
        yield chromium


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    """Return a function that opens an address in a new page, 1200 by 800; `drawn=False` makes a still map."""
    pages: list[Page] = []

    def go(url: str, wait: str = "html[data-shown]", *, drawn: bool = True, **options: Any) -> Page:
        page = browser.new_page(**({"viewport": {"width": 1200, "height": 800}} | options))
        pages.append(page)
        if not drawn:
            page.add_init_script(_NO_WEBGL)
        page.goto(url)
        page.wait_for_selector(wait)
        return page

    yield go
    for page in pages:
        page.close()
