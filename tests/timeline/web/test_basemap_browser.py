"""The base map in a real browser: MapLibre with the site's tiles, and the libraries for browsers without WebGL."""

from typing import Any

import pytest
from chromium import CHROMIUM
from playwright.sync_api import Browser, Page

MAP = """<!doctype html><meta charset="utf-8"><link rel="icon" href="/static/favicon.svg">
<link rel="stylesheet" href="/static/site.css"><div id="map" style="width:600px;height:400px"></div>
<script type="module">
import {Map} from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
const map = new Map({container: "map", style: "/basemap/style.json?theme=%s&lang=%s", center: [%s], zoom: %s,
  attributionControl: {compact: false}, fadeDuration: 0});
map.once("idle", () => { window.result = ["land", "borders", "disputed", "countries", "cities"].map(
  (layer) => [layer, map.queryRenderedFeatures({layers: [layer]}).length]); });
</script>"""
FALLBACK = """<!doctype html><meta charset="utf-8"><link rel="icon" href="/static/favicon.svg"><script type="module">
for (const name of ["d3-array", "d3-geo", "topojson-client"])
  await import(`/static/vendor/${name}/${name}.min.js`);
const atlas = await (await fetch("/static/vendor/world-atlas/countries-110m.json")).json();
window.result = d3.geoPath(d3.geoNaturalEarth1())(topojson.feature(atlas, atlas.objects.land)).length;
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")


def run_page(browser: Browser, url: str, html: str) -> tuple[Any, Page]:
    """Return the result of a page at the site's own address; fail if it logs an error or requests another host."""
    page, faults = browser.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = (url, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else faults.append(request.url))
    page.route(f"{url}/map.html", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"{url}/map.html")
    page.wait_for_function("window.result", timeout=60_000)
    assert faults == []
    return page.evaluate("window.result"), page


@pytest.mark.parametrize(
    ("theme", "lang", "centre", "zoom", "layers"),
    [
        ("light", "en", "10, 20", 0, {"land", "borders"}),
        ("dark", "fr", "10, 45", 2, {"land", "borders", "disputed", "countries"}),
        ("light", "ar", "35, 32", 5, {"land", "borders", "disputed", "countries", "cities"}),
    ],
)
def test_maplibre_draws_the_sites_tiles(
    browser: Browser, server: Any, theme: str, lang: str, centre: str, zoom: int, layers: set[str]
) -> None:
    counts, page = run_page(browser, server.url, MAP % (theme, lang, centre, zoom))
    assert layers <= {layer for layer, count in counts if count}
    assert page.get_by_text("Natural Earth · GeoNames").is_visible()
    page.close()


def test_the_libraries_for_browsers_without_webgl_draw_the_land(browser: Browser, server: Any) -> None:
    length, page = run_page(browser, server.url, FALLBACK)
    assert length > 10_000
    page.close()
