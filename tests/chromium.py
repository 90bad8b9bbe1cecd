"""Debian's Chromium for the tests and measurements of the pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# WebGL in software, which draws the map on a machine without a graphics card.
DRAWN = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """Start Chromium, with additional flags or else without a GPU, and close it at the end."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, *(flags or ["--disable-gpu"])]
        )
        yield browser
        browser.close()
