"""The page in somebody's frame: heights, sandboxes, the element, and who may frame it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from timeline.web.content_security import ancestor

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
SECRET = "Yq3vK8sLd1"
HEARD = "<script>window.heard = []; addEventListener('message', event => heard.push(event.data))</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Host:
    """Somebody else's site: serves whatever article it was given, from an origin of its own."""

    def __init__(self) -> None:
        host = self
        self.article = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(204 if self.path == "/favicon.ico" else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(host.article.encode())

            def log_message(self, *said: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def open(self, browser: Browser, body: str, head: str = HEARD, **options: Any) -> tuple[Page, list[str]]:
        """Open an article in a page of its own, and collect what goes wrong in it and in its frames."""
        self.article = f"<!doctype html><html lang='en'><title>Article</title>{head}<body>{body}"
        page, faults = browser.new_page(**options), list[str]()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(self.url + "article", wait_until="load")
        return page, faults


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _frame(server: Any, rest: str = "", sandbox: str = "allow-scripts") -> str:
    return f'<iframe src="{server.url}/embed{rest}" sandbox="{sandbox}" width="700" height="333"></iframe>'


@needs_browser
def test_wordpress_is_told_a_height_with_its_secret(browser: Browser, server: Any, host: Host) -> None:
    page, faults = host.open(browser, _frame(server, f"?country=NL#?secret={SECRET}"))
    page.wait_for_function("heard.some(said => said.message === 'height')")
    said = page.evaluate("heard.find(said => said.message === 'height')")
    assert said["secret"] == SECRET
    assert 200 <= said["value"] <= 1000
    assert faults == []
    page.close()


@needs_browser
def test_wordpress_that_comes_late_is_answered(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, _frame(server, f"#?secret={SECRET}"))
    page.wait_for_function("heard.length > 0")
    page.evaluate(
        "s => { heard.length = 0; document.querySelector('iframe').contentWindow"
        ".postMessage({message: 'ready', secret: s}, '*') }",
        SECRET,
    )
    page.wait_for_function("heard.some(said => said.message === 'height')")
    page.close()


@needs_browser
@pytest.mark.parametrize("hash_", ["", "#?secret=", "#?secret=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"])
def test_without_a_secret_nothing_is_said_in_wordpress_tongue(
    browser: Browser, server: Any, host: Host, hash_: str
) -> None:
    page, faults = host.open(browser, _frame(server, hash_))
    page.wait_for_function("heard.some(said => said.type === 'dateline:height')")
    assert not page.evaluate("heard.some(said => said.message || said.secret !== undefined)")
    assert faults == []
    page.close()


@needs_browser
def test_the_height_does_not_follow_the_frames_own(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, _frame(server))
    page.wait_for_function("heard.length > 0")
    first = page.evaluate("heard.at(-1).height")
    page.evaluate("document.querySelector('iframe').height = 900")
    page.wait_for_timeout(100)
    page.evaluate("document.querySelector('iframe').height = 250")
    page.wait_for_timeout(100)
    assert page.evaluate("heard.at(-1).height") == first
    page.close()


@needs_browser
def test_the_frame_works_without_an_origin_and_leaves_no_cookie(
    browser: Browser, server: Any, host: Host
) -> None:
    page, faults = host.open(browser, _frame(server, "?country=NL&lang=ca"))
    frame = page.frames[1]
    assert frame.evaluate("self.origin") == "null"
    frame.wait_for_selector("html.live", state="attached")
    assert frame.get_by_text("700 kg").count() > 0
    assert page.context.cookies() == []
    assert faults == []
    page.close()


@needs_browser
def test_a_link_that_the_sandbox_will_not_open_is_shown(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, _frame(server, "?country=NL"))
    frame = page.frames[1]
    frame.evaluate(
        "() => { const link = document.createElement('a'); link.href = 'https://source.example/a';"
        "link.textContent = 'Source'; document.body.prepend(link); link.click() }"
    )
    assert frame.locator("dialog[open] input").input_value() == "https://source.example/a"
    assert frame.url.startswith(server.url)
    page.keyboard.press("Escape")
    page.close()


@needs_browser
def test_wordpress_is_asked_to_open_a_link_of_our_own(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, _frame(server, f"#?secret={SECRET}"))
    frame = page.frames[1]
    frame.evaluate(
        "() => { const link = document.createElement('a'); link.href = '/?country=NL';"
        "document.body.prepend(link); link.click() }"
    )
    page.wait_for_function("heard.some(said => said.message === 'link')")
    said = page.evaluate("heard.find(said => said.message === 'link')")
    assert said == {"message": "link", "value": f"{server.url}/?country=NL", "secret": SECRET}
    page.close()


def _element(server: Any, attributes: str, inside: str = "<a href='#'>The map</a>") -> str:
    script = f'<script type="module" src="{server.url}/embed.js"></script>'
    return f"{script}<event-map {attributes}>{inside}</event-map>"


@needs_browser
def test_the_element_makes_one_lazy_sandboxed_frame_of_its_attributes(
    browser: Browser, server: Any, host: Host
) -> None:
    attributes = (
        'country="NL,BE" q="a &amp; b" filter-lang="cql2-text" theme="dark" event="ndrangheta-action-day"'
        ' onclick="1" limit="3"'
    )
    page, _ = host.open(browser, _element(server, attributes))
    frame = page.locator("event-map iframe")
    assert frame.get_attribute("src") == (
        f"{server.url}/embed?country=NL%2CBE&q=a+%26+b&filter-lang=cql2-text&event=ndrangheta-action-day&theme=dark&lang=en"
    )
    assert frame.get_attribute("loading") == "lazy"
    assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "")
    assert frame.get_attribute("title") == "Map and timeline"
    page.close()


@needs_browser
def test_the_element_is_as_high_as_its_content_asks(browser: Browser, server: Any, host: Host) -> None:
    page, faults = host.open(browser, HEARD + _element(server, 'country="NL"'))
    page.wait_for_function("heard.some(said => said.type === 'dateline:height')")
    wanted = page.evaluate("heard.at(-1).height")
    assert page.locator("event-map iframe").get_attribute("height") == str(wanted)
    assert not page.get_by_text("The map").is_visible()
    assert faults == []
    page.close()


@needs_browser
def test_a_fixed_height_stays(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, HEARD + _element(server, 'height="444"'))
    page.wait_for_function("heard.length > 0")
    assert page.locator("event-map iframe").get_attribute("height") == "444"
    page.close()


@needs_browser
def test_another_frame_cannot_speak_for_ours(browser: Browser, server: Any, host: Host) -> None:
    lie = "<script>parent.postMessage({type: 'dateline:height', height: 987}, '*')</script>"
    liar = f'<iframe srcdoc="{lie}"></iframe>'
    page, _ = host.open(browser, HEARD + _element(server, 'height=""') + liar)
    page.wait_for_function("heard.some(said => said.height === 987)")
    page.evaluate("postMessage({type: 'dateline:height', height: 986}, '*')")
    page.wait_for_timeout(100)
    assert page.locator("event-map iframe").get_attribute("height") not in ("987", "986")
    page.close()


@needs_browser
@pytest.mark.parametrize("src", ["http://127.0.0.1:9/map", "javascript:alert(1)", "http://["])
def test_what_the_element_holds_stays_where_no_map_answers(
    browser: Browser, server: Any, host: Host, src: str
) -> None:
    page, _ = host.open(browser, _element(server, f'src="{src}"'))
    assert page.get_by_text("The map").is_visible()
    page.close()


@needs_browser
def test_the_element_follows_its_attributes_and_the_language_around(
    browser: Browser, server: Any, host: Host
) -> None:
    page, _ = host.open(browser, f"<div lang='ar'>{_element(server, 'country=NL')}</div>")
    frame = page.locator("event-map iframe")
    assert (frame.get_attribute("src") or "").endswith("/embed?country=NL&lang=ar")
    frame.content_frame.locator("html[dir=rtl]").wait_for(state="attached")
    page.evaluate("document.querySelector('event-map').setAttribute('country', 'BE')")
    page.wait_for_function(
        "document.querySelector('event-map').shadowRoot.querySelector('iframe').src.includes('BE')"
    )
    page.close()


@needs_browser
@pytest.mark.parametrize("path", ["/", "/embed", "/embed/"])
def test_the_element_takes_an_address_of_the_page_as_it_was_copied(
    browser: Browser, server: Any, host: Host, path: str
) -> None:
    page, _ = host.open(
        browser, _element(server, f'src="{server.url}{path}?country=NL&amp;lang=fr#x" theme="dark"')
    )
    src = page.locator("event-map iframe").get_attribute("src")
    assert src == f"{server.url}/embed?country=NL&lang=fr&theme=dark"
    page.close()


@needs_browser
@pytest.mark.parametrize(
    "name",
    [
        "index",
        "element",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("oembed", "frame", "arabic")),
    ],
)
def test_an_example_works_without_an_error(browser: Browser, server: Any, name: str) -> None:
    page, faults = browser.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{server.url}/static/examples/{name}.html", wait_until="networkidle")
    assert len(page.frames) == (1 if name == "index" else 2)
    assert all("/embed" in frame.url for frame in page.frames[1:])
    assert faults == []
    page.close()


@needs_browser
def test_the_snippets_show_the_same_view_and_escape_it(browser: Browser, server: Any) -> None:
    page = browser.new_page()
    page.goto(f"{server.url}/static/examples/index.html")
    made = page.evaluate(
        "async () => (await import('/static/app/embed/share_panel.js')).snippets("
        "'https://events.example.org/map/?q=%22%3Cb%3E&country=NL,BE&cursor=x#a', 'A <title>', '/map')"
    )
    assert made["address"] == "https://events.example.org/map/?q=%22%3Cb%3E&country=NL,BE"
    assert '<event-map q="&quot;&lt;b&gt;" country="NL,BE">' in made["element"]
    assert 'src="https://events.example.org/map/embed.js"' in made["element"]
    assert 'src="https://events.example.org/map/embed?q=%22%3Cb%3E&amp;country=NL,BE"' in made["frame"]
    page.close()


@needs_browser
def test_the_share_panel_shows_the_view_in_the_language_of_the_page(browser: Browser, server: Any) -> None:
    page = browser.new_page(locale="ca")
    page.goto(f"{server.url}/?country=NL")
    page.get_by_role("button", name="Comparteix").click()
    page.locator("dialog[open]").wait_for()
    fields = [field.input_value() for field in page.locator("dialog textarea").all()]
    assert fields[0] == f"{server.url}/?country=NL&lang=ca"
    assert f'<event-map country="NL" lang="ca"><a href="{server.url}/?country=NL&amp;lang=ca">' in fields[1]
    assert f'src="{server.url}/embed?country=NL&amp;lang=ca"' in fields[2]
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.close()


@needs_browser
def test_the_whole_page_opens_with_what_the_frame_shows_now(
    browser: Browser, server: Any, host: Host
) -> None:
    page, _ = host.open(browser, _frame(server, "?country=NL", "allow-scripts allow-popups"))
    page.frames[1].evaluate("history.replaceState(null, '', '?country=BE&theme=dark')")
    with page.expect_popup() as opened:
        page.frames[1].locator(".masthead a[target=_blank]").evaluate("link => link.click()")
    assert opened.value.url == f"{server.url}/?country=BE&theme=dark"
    page.close()


@needs_browser
def test_only_those_that_the_setting_names_may_frame_it(
    browser: Browser, serve: Callable[..., Any], seeded: Path, host: Host
) -> None:
    server = serve(seeded, TIMELINE_FRAME_ANCESTORS="self,https://*.example.org")
    page, faults = host.open(browser, _frame(server))
    assert any("frame-ancestors" in fault for fault in faults)
    page.close()


def test_the_frame_may_stand_anywhere_and_other_pages_only_here(server: Any) -> None:
    html = {"accept": "text/html"}
    for path in ("/embed", "/embed?datetme=2020"):
        assert "frame-ancestors *" in server.get(path, headers=html).headers["content-security-policy"]
    for path in ("/", "/docs", "/nothing", "/collections/events/items/ndrangheta-action-day"):
        assert "frame-ancestors 'self'" in server.get(path, headers=html).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/embed", "/docs", "/nothing"])
def test_a_page_sets_no_cookie_and_says_little_of_where_its_reader_was(server: Any, path: str) -> None:
    headers = server.get(path, headers={"accept": "text/html"}).headers
    assert "set-cookie" not in headers
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "'unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path", ["/embed.js", "/static/app/embed/frame_messages.js", "/static/site.css", "/events", "/tiles.json"]
)
def test_what_a_frame_without_origin_fetches_is_open_to_it(server: Any, path: str) -> None:
    answer = server.get(path, headers={"origin": "null"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/embed.js", "/static/app/embed/frame_messages.js"])
def test_a_module_is_sent_as_one(server: Any, path: str) -> None:
    assert server.get(path).headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("header", "asked", "lang"),
    [("fr-CH,fr;q=0.9", "", "fr-CH"), ("ar", "lang=ca", "ca"), ("zh", "", "en"), ("ar", "lang=de", "ar")],
)
def test_a_page_speaks_the_address_language_else_the_browsers(
    server: Any, header: str, asked: str, lang: str
) -> None:
    answer = server.get(f"/embed?{asked}", headers={"accept-language": header})
    assert f'<html lang="{lang}"' in answer.text
    assert "Accept-Language" in answer.headers["vary"]


def test_json_never_looks_at_the_browsers_language(server: Any) -> None:
    answer = server.get("/events?ids=ndrangheta-action-day", headers={"accept-language": "fr"})
    assert answer.json()["features"][0]["properties"]["display_date"] == "3 May 2023"
    assert "Accept-Language" not in answer.headers["vary"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("*", "*"), ("self", "'self'"), ("'none'", "'none'"), ("https://*.example.org", "https://*.example.org"),
        ("example.org:8443", "example.org:8443"), ("https:", "https:"), ("http://localhost:8000", "http://localhost:8000"),
    ],
)  # fmt: skip
def test_a_source_of_frames_is_read(text: str, source: str) -> None:
    assert ancestor(text) == source


@pytest.mark.parametrize(
    "text", ["a b", "x; script-src *", "'unsafe-inline'", "https://*", "javascript:", "*.*", "é.org"]
)
def test_a_source_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        ancestor(text)
