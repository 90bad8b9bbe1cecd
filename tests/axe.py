"""axe-core in a page without JavaScript."""

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

# In a page without JavaScript the browser still evaluates Playwright's scripts, with their promises, but no timers.
# axe skips the content of <noscript>, which this page shows, so each one is replaced by its content.
_RUN = """() => {
  for (const element of document.querySelectorAll("noscript")) element.replaceWith(...element.childNodes);
  window.setTimeout = (callback) => { callback(); return 0; };
  axe.run(document, { preload: false }, (error, results) => { window.results = error ? String(error) : results; });
}"""


def audit(page: Page) -> dict[str, Any]:
    """Return the results of axe-core in a page without JavaScript; raise RuntimeError if it fails."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    page.evaluate(_RUN)
    results: dict[str, Any] | str = page.evaluate("window.results")
    if isinstance(results, str):
        raise RuntimeError(results)
    return results
