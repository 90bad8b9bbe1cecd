"""axe-core in a page whose scripts are off."""

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

# Where a page may run no script, the browser's own evaluation still does, and promises with it; timers never ring.
# axe passes over what stands in a <noscript>, which is just what is shown here: it is taken out of it.
_RUN = """() => {
  for (const one of document.querySelectorAll("noscript")) one.replaceWith(...one.childNodes);
  window.setTimeout = (ring) => { ring(); return 0; };
  axe.run(document, { preload: false }, (error, found) => { window.audited = error ? String(error) : found; });
}"""


def audit(page: Page) -> dict[str, Any]:
    """Run axe-core in a page without JavaScript, in which it otherwise waits for ever; give its whole answer."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    page.evaluate(_RUN)
    found: dict[str, Any] | str = page.evaluate("window.audited")
    if isinstance(found, str):
        raise RuntimeError(found)
    return found
