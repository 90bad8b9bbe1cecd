"""The page in a frame on another site: heights, sandboxes, the element, and which sites may frame it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from chromium import CHROMIUM, launched
from playwright.sync_api import Browser, Page

from timeline.web.content_security import ancestor

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
SECRET = "Yq3vK8sLd1"
RECEIVER = (
    "<script>window.received = []; addEventListener('message', event => received.push(event.data))</script>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as chromium:
        yield chromium


class Host:
    """Another site: serves an article from its own origin."""

    def __init__(self) -> None:
        host = self
        self.article = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(204 if self.path == "/favicon.ico" else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(host.article.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def open(
        self, browser: Browser, body: str, head: str = RECEIVER, **options: Any
    ) -> tuple[Page, list[str]]:
        """Return a page with an article, and a list to which the errors of the page and its frames are appended."""
        self.article = f"<!doctype html><html lang='en'><title>Article</title>{head}<body>{body}"
        page, faults = browser.new_page(**options), list[str]()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(self.url + "article", wait_until="load")
        return page, faults


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    other_site = Host()
    yield other_site
    other_site.server.shutdown()
    other_site.server.server_close()


def _frame(server: Any, query: str = "", sandbox: str = "allow-scripts") -> str:
    return f'<iframe src="{server.url}/embed{query}" sandbox="{sandbox}" width="700" height="333"></iframe>'


@needs_browser
def test_wordpress_gets_a_height_with_its_secret(browser: Browser, server: Any, host: Host) -> None:
    page, faults = host.open(browser, _frame(server, f"?country=NL#?secret={SECRET}"))
    page.wait_for_function("received.some(message => message.message === 'height')")
    message = page.evaluate("received.find(message => message.message === 'height')")
    assert message["secret"] == SECRET
    assert 200 <= message["value"] <= 1000
    assert faults == []
    page.close()


@needs_browser
def test_wordpress_gets_the_height_when_it_asks_for_it(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, _frame(server, f"#?secret={SECRET}"))
    page.wait_for_function("received.length > 0")
    page.evaluate(
        "s => { received.length = 0; document.querySelector('iframe').contentWindow"
        ".postMessage({message: 'ready', secret: s}, '*') }",
        SECRET,
    )
    page.wait_for_function("received.some(message => message.message === 'height')")
    page.close()


@needs_browser
@pytest.mark.parametrize("hash_", ["", "#?secret=", "#?secret=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"])
def test_without_a_secret_no_message_for_wordpress_is_sent(
    browser: Browser, server: Any, host: Host, hash_: str
) -> None:
    page, faults = host.open(browser, _frame(server, hash_))
    page.wait_for_function("received.some(message => message.type === 'dateline:height')")
    assert not page.evaluate("received.some(message => message.message || message.secret !== undefined)")
    assert faults == []
    page.close()


@needs_browser
def test_the_height_does_not_depend_on_the_height_of_the_frame(
    browser: Browser, server: Any, host: Host
) -> None:
    page, _ = host.open(browser, _frame(server))
    page.wait_for_function("received.length > 0")
    first = page.evaluate("received.at(-1).height")
    page.evaluate("document.querySelector('iframe').height = 900")
    page.wait_for_timeout(100)
    page.evaluate("document.querySelector('iframe').height = 250")
    page.wait_for_timeout(100)
    assert page.evaluate("received.at(-1).height") == first
    page.close()


@needs_browser
def test_the_frame_works_without_an_origin_and_sets_no_cookie(
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
def test_the_address_of_a_link_that_the_sandbox_blocks_is_shown(
    browser: Browser, server: Any, host: Host
) -> None:
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
def test_wordpress_is_asked_to_open_a_link_of_the_same_site(
    browser: Browser, server: Any, host: Host
) -> None:
    page, _ = host.open(browser, _frame(server, f"#?secret={SECRET}"))
    frame = page.frames[1]
    frame.evaluate(
        "() => { const link = document.createElement('a'); link.href = '/?country=NL';"
        "document.body.prepend(link); link.click() }"
    )
    page.wait_for_function("received.some(message => message.message === 'link')")
    message = page.evaluate("received.find(message => message.message === 'link')")
    assert message == {"message": "link", "value": f"{server.url}/?country=NL", "secret": SECRET}
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
def test_the_element_is_as_high_as_its_content_needs(browser: Browser, server: Any, host: Host) -> None:
    page, faults = host.open(browser, RECEIVER + _element(server, 'country="NL"'))
    page.wait_for_function("received.some(message => message.type === 'dateline:height')")
    wanted = page.evaluate("received.at(-1).height")
    assert page.locator("event-map iframe").get_attribute("height") == str(wanted)
    assert not page.get_by_text("The map").is_visible()
    assert faults == []
    page.close()


@needs_browser
def test_a_fixed_height_stays(browser: Browser, server: Any, host: Host) -> None:
    page, _ = host.open(browser, RECEIVER + _element(server, 'height="444"'))
    page.wait_for_function("received.length > 0")
    assert page.locator("event-map iframe").get_attribute("height") == "444"
    page.close()


@needs_browser
def test_a_height_from_another_frame_is_ignored(browser: Browser, server: Any, host: Host) -> None:
    script = "<script>parent.postMessage({type: 'dateline:height', height: 987}, '*')</script>"
    other_frame = f'<iframe srcdoc="{script}"></iframe>'
    page, _ = host.open(browser, RECEIVER + _element(server, 'height=""') + other_frame)
    page.wait_for_function("received.some(message => message.height === 987)")
    page.evaluate("postMessage({type: 'dateline:height', height: 986}, '*')")
    page.wait_for_timeout(100)
    assert page.locator("event-map iframe").get_attribute("height") not in ("987", "986")
    page.close()


@needs_browser
@pytest.mark.parametrize("src", ["http://127.0.0.1:9/map", "javascript:alert(1)", "http://["])
def test_the_content_of_the_element_stays_if_no_map_answers(
    browser: Browser, server: Any, host: Host, src: str
) -> None:
    page, _ = host.open(browser, _element(server, f'src="{src}"'))
    assert page.get_by_text("The map").is_visible()
    page.close()


@needs_browser
def test_the_element_follows_its_attributes_and_the_surrounding_language(
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
def test_the_element_accepts_a_copied_address_of_the_page(
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
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.url}/static/examples/{name}.html", wait_until="networkidle")
    assert len(page.frames) == (1 if name == "index" else 2)
    assert all("/embed" in frame.url for frame in page.frames[1:])
    assert faults == []
    page.close()


@needs_browser
def test_the_snippets_show_the_same_view_and_escape_it(browser: Browser, server: Any) -> None:
    page = browser.new_page()
    page.goto(f"{server.url}/static/examples/index.html")
    snippets = page.evaluate(
        "async () => (await import('/static/app/embed/share_panel.js')).snippets("
        "'https://events.example.org/map/?q=%22%3Cb%3E&country=NL,BE&cursor=x#a', 'A <title>', '/map')"
    )
    assert snippets["address"] == "https://events.example.org/map/?q=%22%3Cb%3E&country=NL,BE"
    assert '<event-map q="&quot;&lt;b&gt;" country="NL,BE">' in snippets["element"]
    assert 'src="https://events.example.org/map/embed.js"' in snippets["element"]
    assert 'src="https://events.example.org/map/embed?q=%22%3Cb%3E&amp;country=NL,BE"' in snippets["frame"]
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
def test_the_link_to_the_whole_page_opens_the_view_of_the_frame(
    browser: Browser, server: Any, host: Host
) -> None:
    page, _ = host.open(browser, _frame(server, "?country=NL", "allow-scripts allow-popups"))
    page.frames[1].evaluate("history.replaceState(null, '', '?country=BE&theme=dark')")
    with page.expect_popup() as popup:
        page.frames[1].locator(".masthead a[target=_blank]").evaluate("link => link.click()")
    assert popup.value.url == f"{server.url}/?country=BE&theme=dark"
    page.close()


@needs_browser
def test_only_sites_of_the_setting_may_frame_the_page(
    browser: Browser, serve: Callable[..., Any], seeded: str, host: Host
) -> None:
    server = serve(seeded, TIMELINE_FRAME_ANCESTORS="self,https://*.example.org")
    page, faults = host.open(browser, _frame(server))
    assert any("frame-ancestors" in fault for fault in faults)
    page.close()


def test_any_site_may_frame_the_embed_page_and_no_other_page(server: Any) -> None:
    html = {"accept": "text/html"}
    for path in ("/embed", "/embed?datetme=2020"):
        assert "frame-ancestors *" in server.get(path, headers=html).headers["content-security-policy"]
    for path in ("/", "/docs", "/nothing", "/collections/events/items/ndrangheta-action-day"):
        assert "frame-ancestors 'self'" in server.get(path, headers=html).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/embed", "/docs", "/nothing"])
def test_a_page_sets_no_cookie_and_limits_the_referrer(server: Any, path: str) -> None:
    headers = server.get(path, headers={"accept": "text/html"}).headers
    assert "set-cookie" not in headers
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "'unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path", ["/embed.js", "/static/app/embed/frame_messages.js", "/static/site.css", "/events", "/tiles.json"]
)
def test_a_frame_without_an_origin_may_request_scripts_styles_and_events(server: Any, path: str) -> None:
    response = server.get(path, headers={"origin": "null"})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/embed.js", "/static/app/embed/frame_messages.js"])
def test_a_module_is_sent_as_javascript(server: Any, path: str) -> None:
    assert server.get(path).headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("header", "query", "lang"),
    [("fr-CH,fr;q=0.9", "", "fr-CH"), ("ar", "lang=ca", "ca"), ("zh", "", "en"), ("ar", "lang=de", "ar")],
)
def test_a_page_has_the_language_of_its_address_else_of_the_browser(
    server: Any, header: str, query: str, lang: str
) -> None:
    response = server.get(f"/embed?{query}", headers={"accept-language": header})
    assert f'<html lang="{lang}"' in response.text
    assert "Accept-Language" in response.headers["vary"]


def test_json_does_not_depend_on_the_language_of_the_browser(server: Any) -> None:
    response = server.get("/events?ids=ndrangheta-action-day", headers={"accept-language": "fr"})
    assert response.json()["features"][0]["properties"]["display_date"] == "3 May 2023"
    assert "Accept-Language" not in response.headers["vary"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("*", "*"), ("self", "'self'"), ("'none'", "'none'"), ("https://*.example.org", "https://*.example.org"),
        ("example.org:8443", "example.org:8443"), ("https:", "https:"), ("http://localhost:8000", "http://localhost:8000"),
    ],
)  # fmt: skip
def test_a_site_that_may_frame_the_page_is_parsed(text: str, source: str) -> None:
    assert ancestor(text) == source


@pytest.mark.parametrize(
    "text", ["a b", "x; script-src *", "'unsafe-inline'", "https://*", "javascript:", "*.*", "é.org"]
)
def test_a_wrong_site_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        ancestor(text)
