"""oEmbed: the frame that editors make of a pasted address of this site, and the refusal of other addresses."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
import pytest

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")
PACKAGE = "@extractus/oembed-extractor"
# WordPress (wp-includes/embed.php, wp_filter_oembed_result) keeps these of a frame and drops all others.
WORDPRESS = {"src", "width", "height", "frameborder", "marginwidth", "marginheight", "scrolling", "title"}


def _request_oembed(server: Any, url: str, **arguments: str) -> httpx.Response:
    response: httpx.Response = server.get("/oembed", params={"url": url, **arguments})
    return response


def _frame(response: httpx.Response) -> dict[str, str]:
    frame = re.fullmatch(r"<iframe((?: [a-z]+=\"[^\"<>]*\")+)></iframe>", response.json()["html"])
    assert frame
    return {name: unescape(value) for name, value in re.findall(r" ([a-z]+)=\"([^\"]*)\"", frame[1])}


def test_the_response_is_a_frame_of_type_rich(server: Any) -> None:
    response = _request_oembed(server, f"{server.url}/")
    embed = response.json()
    assert response.headers["content-type"] == "application/json"
    assert (embed["version"], embed["type"]) == ("1.0", "rich")
    assert embed["html"].count("<iframe") == 1
    assert _frame(response)["src"] == f"{server.url}/embed"


def test_the_frame_works_with_the_attributes_that_wordpress_keeps(server: Any) -> None:
    frame = {
        name: value
        for name, value in _frame(_request_oembed(server, f"{server.url}/")).items()
        if name in WORDPRESS
    }
    assert frame["src"]
    assert frame["title"] == "Map and timeline: Dateline"
    assert (frame["width"], frame["height"]) == ("800", "560")


def test_filters_language_and_theme_of_the_pasted_address_are_kept(server: Any) -> None:
    pasted = (
        f"{server.url}/?country=NL,BE&q=%22a+b%22&theme=dark&lang=ca&map=5/52/5&inview=1&measure=arrests"
        "&utm_source=x&cursor=abc&limit=10&f=html#list"
    )
    response = _request_oembed(server, pasted)
    src = urlsplit(_frame(response)["src"])
    assert not re.search("&(?!amp;|quot;)", response.json()["html"])
    assert src.path == "/embed"
    assert parse_qs(src.query) == {
        "country": ["NL,BE"], "q": ['"a b"'], "theme": ["dark"], "lang": ["ca"], "map": ["5/52/5"],
        "inview": ["1"], "measure": ["arrests"],
    }  # fmt: skip


@pytest.mark.parametrize("path", ["", "/", "/embed", "/embed/", "/events", "/collections/events/items"])
def test_every_address_of_the_page_can_be_embedded(server: Any, path: str) -> None:
    assert (
        _frame(_request_oembed(server, f"{server.url}{path}?country=NL"))["src"]
        == f"{server.url}/embed?country=NL"
    )


def test_an_event_is_embedded_with_its_card_open(server: Any) -> None:
    response = _request_oembed(
        server, f"{server.url}/collections/events/items/ndrangheta-action-day?f=html&lang=fr"
    )
    assert _frame(response)["src"].endswith(
        "/embed?lang=fr&ids=ndrangheta-action-day&event=ndrangheta-action-day"
    )
    assert "132 arrested" in response.json()["title"]
    assert _frame(response)["title"].startswith("Carte et frise chronologique")


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ({}, (800, 560)),
        ({"maxwidth": "600"}, (600, 560)),
        ({"maxwidth": "320", "maxheight": "240"}, (320, 240)),
        ({"maxwidth": "5000", "maxheight": "5000"}, (800, 560)),
        ({"maxwidth": "", "maxheight": ""}, (800, 560)),
        ({"maxwidth": "0000000320"}, (320, 560)),
    ],
)
def test_the_frame_is_never_larger_than_requested(
    server: Any, arguments: dict[str, str], size: tuple[int, int]
) -> None:
    response = _request_oembed(server, f"{server.url}/", **arguments)
    frame = _frame(response)
    assert (response.json()["width"], response.json()["height"]) == size
    assert (int(frame["width"]), int(frame["height"])) == size


def test_a_picture_of_the_view_is_included_where_it_fits(server: Any) -> None:
    pasted = f"{server.url}/?country=NL&theme=dark&event=x&map=5/52/5"
    response = _request_oembed(server, pasted).json()
    assert (response["thumbnail_width"], response["thumbnail_height"]) == (1200, 630)
    assert response["thumbnail_url"] == f"{server.url}/events.png?country=NL&theme=dark"
    assert httpx.get(response["thumbnail_url"], timeout=30).headers["content-type"] == "image/png"
    assert "thumbnail_url" not in _request_oembed(server, pasted, maxwidth="600").json()


def test_xml_has_the_same_content(server: Any) -> None:
    pasted = f"{server.url}/?q=%3Cb%3E%26&lang=ar"
    response = _request_oembed(server, pasted, format="xml")
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    fields = {element.tag: element.text for element in ElementTree.fromstring(response.content)}
    assert fields == {name: str(value) for name, value in _request_oembed(server, pasted).json().items()}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "javascript:alert(1)",
        "data:text/html,<b>",
        "http://127.0.0.1:1/",
        "http://{host}@evil.example/",
        "http://evil.example/@{host}/",
        "http://{host}\\@evil.example/",
        "http://{host}.evil.example/",
        "//{host}/",
        "ftp://{host}/",
        "http://[::1/",
        "",
        "\x00",
        "http://{host}/docs",
        "http://{host}/events/summary",
        "http://{host}/../etc/passwd",
        "http://{host}/collections/events/items/no-such-event",
    ],
)
def test_addresses_of_other_sites_are_refused(server: Any, url: str) -> None:
    response = _request_oembed(server, url.replace("{host}", urlsplit(server.url).netloc))
    if url == "":
        assert response.status_code == 400
        return
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"format": "yaml"}, 501),
        ({"maxwidth": "abc"}, 400),
        ({"maxwidth": "0"}, 400),
        ({"maxheight": "-5"}, 400),
        ({"maxheight": "٣"}, 400),
        ({"maxheight": "1" * 400}, 200),
        ({"dnt": "1", "omit_script": "true"}, 200),
    ],
)
def test_a_bad_value_is_a_problem_and_an_unknown_argument_is_ignored(
    server: Any, arguments: dict[str, str], status: int
) -> None:
    assert _request_oembed(server, f"{server.url}/", **arguments).status_code == status


@pytest.mark.parametrize(
    "query", ["datetme=2020", "country=XX", "category=raaid", "theme=pink", "map=1/2", "lang=zz"]
)
def test_an_address_that_the_page_would_refuse_is_refused_here(server: Any, query: str) -> None:
    response = _request_oembed(server, f"{server.url}/?{query}")
    assert response.status_code == 400
    assert response.json()["parameter"] == query.split("=")[0]
    assert server.get(f"/embed?{query}").status_code == 400


def test_an_address_of_ten_thousand_letters_is_not_truncated(server: Any) -> None:
    assert len(_frame(_request_oembed(server, f"{server.url}/?q={'a' * 10_000}"))["src"]) > 10_000


def test_a_pasted_address_cannot_break_out_of_its_attribute(server: Any) -> None:
    response = _request_oembed(server, server.url + "/?q=\"><script>alert(1)</script>&tag='onload=x")
    assert "<script" not in response.json()["html"]
    assert parse_qs(urlsplit(_frame(response)["src"]).query)["q"] == ['"><script>alert(1)</script>']


def test_the_configured_address_is_accepted_and_its_prefix_is_kept(
    serve: Callable[..., Any], seeded: str
) -> None:
    server = serve(seeded, TIMELINE_BASE_URL="https://events.example.org/map")
    for pasted in (
        "https://events.example.org/map/?country=NL",
        "http://EVENTS.example.org/map/embed?country=NL",
        "https://events.example.org:443/map?country=NL",
    ):
        assert (
            _frame(_request_oembed(server, pasted))["src"]
            == "https://events.example.org/map/embed?country=NL"
        )
    assert _request_oembed(server, "https://events.example.org/mapper/").status_code == 404


@pytest.mark.parametrize("path", ["/?country=NL&lang=ca", "/collections/events/items/ndrangheta-action-day"])
def test_a_page_links_to_its_oembed_document(server: Any, path: str) -> None:
    page = server.get(path, headers={"accept": "text/html"}).text
    for kind in ("application/json+oembed", "text/xml+oembed"):
        href = unescape(
            re.findall(rf'<link rel="alternate" type="{re.escape(kind)}" href="([^"]+)"', page)[0]
        )
        response = httpx.get(href)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(kind.removesuffix("+oembed"))


def _extractor() -> dict[str, str] | None:
    """Return the environment in which node finds the consumer; None if it is not installed."""
    if NODE is None:
        return None
    env = {
        **os.environ,
        "NODE_PATH": os.pathsep.join((os.environ.get("NODE_PATH", ""), str(ROOT / "node_modules"))),
    }
    installed = subprocess.run(
        [NODE, "-e", f"require.resolve('{PACKAGE}')"], env=env, capture_output=True, check=False
    )
    return env if installed.returncode == 0 else None


@pytest.mark.parametrize(
    "path", ["/?country=NL&theme=dark&lang=ca", "/", "/?lang=ar", "/embed?lang=ar", "/?f=html&q=x"]
)
def test_a_real_consumer_finds_the_frame_from_the_address(server: Any, path: str) -> None:
    env = _extractor()
    if env is None or NODE is None:
        pytest.skip(f"needs node and `npm install --no-save {PACKAGE}`")
    script = (
        f"require('{PACKAGE}').extract(process.argv[1], {{maxwidth: 600}})"
        ".then(found => console.log(JSON.stringify(found)))"
    )
    command = [NODE, "-e", script, server.url + path]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    embed = json.loads(done.stdout)
    assert (embed["type"], embed["width"]) == ("rich", 600)
    query = urlsplit(path).query.replace("f=html&", "")
    assert f"/embed{'?' if query else ''}{query}".replace("&", "&amp;") + '"' in embed["html"]


def test_a_client_that_accepts_anything_gets_the_page_with_a_filter_and_the_document_without(
    server: Any,
) -> None:
    anything, json_only = {"accept": "*/*"}, {"accept": "application/json"}
    assert server.get("/?country=NL", headers=anything).headers["content-type"].startswith("text/html")
    assert server.get("/?lang=ca", headers=anything).headers["content-type"] == "application/json"
    assert server.get("/?country=NL", headers=json_only).status_code == 400
    assert server.get("/?countri=NL", headers=anything).status_code == 400
    assert 'type="application/json+oembed"' in server.get("/", headers=anything).headers["link"]
