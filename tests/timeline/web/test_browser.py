"""The pages in a real browser: the form works without JavaScript, no page logs an error or requests another host."""

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import CHROMIUM, launched
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as chromium:
        yield chromium


def _open(browser: Browser, url: str, **options: Any) -> tuple[Page, list[str]]:
    """Return a page, and a list to which its errors and its requests to other hosts are appended."""
    page, faults = browser.new_page(**options), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    host = "/".join(url.split("/")[:3])
    page.on(
        "request",
        lambda request: None if request.url.startswith((host, "data:")) else faults.append(request.url),
    )
    page.goto(url, wait_until="networkidle")
    return page, faults


def test_the_form_filters_without_javascript(browser: Browser, server: Any) -> None:
    page, faults = _open(browser, f"{server.url}/", java_script_enabled=False)
    page.locator(".filters summary").click()
    page.get_by_label("Country", exact=True).select_option("NL")
    page.locator("#start").fill("2020-01-01")
    page.locator("#end").fill("2020-12-31")
    page.get_by_role("button", name="Show events").click()
    assert "country=NL" in page.url
    assert "datetime=2020-01-01/2020-12-31" in page.url
    assert page.get_by_role("heading", name="700 kg of cocaine seized in Rotterdam").is_visible()
    assert page.get_by_role("heading", name="1 event").is_visible()
    assert faults == []
    page.close()


PATHS = [
    "/embed",
    "/collections/events",
    "/collections/events/queryables",
    "/collections/events/schema",
    "/collections/events/schema/geojson",
    "/conformance",
    "/categories",
    "/events/summary",
    "/health",
    "/events.svg",
    "/static/examples/index.html",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_address_logs_an_error_or_requests_another_host(browser: Browser, server: Any, path: str) -> None:
    page, faults = _open(browser, f"{server.url}{path}")
    assert faults == []
    page.close()


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/collections", "/collections/events/items/ndrangheta-action-day"]
)
@pytest.mark.parametrize(
    "width", [390, *(pytest.param(width, marks=pytest.mark.slow) for width in (600, 1280))]
)
def test_a_page_logs_no_error_requests_no_other_host_and_fits_the_window(
    browser: Browser, server: Any, path: str, width: int
) -> None:
    page, faults = _open(browser, f"{server.url}{path}", viewport={"width": width, "height": 700})
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_browsers_of_all_time_zones_show_the_same_day(browser: Browser, server: Any, zone: str) -> None:
    page, _ = _open(browser, f"{server.url}/?ids=ndrangheta-action-day", timezone_id=zone)
    assert page.get_by_text("3 May 2023").first.is_visible()
    page.close()


def test_a_wrong_parameter_gives_a_page_that_explains_it(browser: Browser, server: Any) -> None:
    page, _ = _open(browser, f"{server.url}/?datetme=2020")
    assert page.get_by_text("did you mean 'datetime'").is_visible()
    page.close()
