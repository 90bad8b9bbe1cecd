"""The page and the element know every parameter of the server's table, and filter by it as the server does."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from chromium import CHROMIUM
from playwright.sync_api import expect

from geo.place import Precision
from timeline.api.params.page import SCENE
from timeline.api.params.tables import FILTER
from timeline.web.render import STATIC

# Parameters that mean nothing without another one.
COMPANIONS = {
    "match": {"datetime": "2020"},
    "radius": {"near": "4.35,50.85"},
    "filter-lang": {"filter": "category = 'raid'"},
}
FILTER_NAMES = [parameter.name for parameter in FILTER]
PAGE_NAMES = {"sortby", "lang", *(parameter.name for parameter in SCENE)}


def _list(module: str, constant: str) -> list[str]:
    """Return the texts of a constant list of a module in JavaScript."""
    script = (STATIC / module).read_text(encoding="utf-8")
    match = re.search(rf"const {constant} = (\[[^\]]*\])", script)
    assert match
    return re.findall(r'"([^"]+)"', match[1])


def test_the_page_gets_the_names_of_the_filter_from_the_server(server: Any) -> None:
    html = server.get("/?f=html").text
    match = re.search(r'<script type="application/json" id="facts">(.*?)</script>', html)
    assert match
    parameters = json.loads(match[1])["filter"]
    assert parameters == [
        {"name": parameter.name, "many": parameter.many, "local": parameter.local} for parameter in FILTER
    ]


def test_the_element_has_an_attribute_for_every_parameter() -> None:
    difference = set(_list("embed.js", "FILTER_NAMES")) ^ set(FILTER_NAMES)
    assert not difference, (
        f"add to (or remove from) FILTER_NAMES in timeline/web/static/embed.js: {difference}"
    )
    assert set(_list("embed.js", "PAGE_NAMES")) == PAGE_NAMES


def test_the_page_reads_every_parameter_of_its_address() -> None:
    assert set(_list("app/shared/address.js", "PAGE_NAMES")) == PAGE_NAMES


def test_the_page_knows_every_precision_finest_first() -> None:
    assert _list("app/shared/precision.js", "PRECISIONS") == [precision.value for precision in Precision]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_the_page_filters_by_every_parameter_as_the_server_does(visit: Any, server: Any) -> None:
    page = visit("about:blank", wait="html", drawn=False)
    counts = set()
    for parameter in FILTER:
        query = urlencode({**COMPANIONS.get(parameter.name, {}), parameter.name: parameter.example})
        count = server.get(f"/events/summary?{query}").json()["matched"]
        page.goto(f"{server.url}/?{query}")
        page.wait_for_selector("html[data-shown]")
        expect(page.locator(".count h2"), parameter.name).to_have_text(re.compile(rf"^{count} event"))
        assert page.locator("ol.events li").count() == min(count, 40), parameter.name
        counts.add(count)
    assert len(counts) > 5
