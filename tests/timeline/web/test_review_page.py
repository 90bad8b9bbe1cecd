"""The review page in a real browser: sign in, the queue, a doubtful place, a date, publishing, a conflict."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import CHROMIUM

from db.dates.edtf import When
from db.events.draft import Author, Draft, LookedUpText
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
SECRET = "Zephyrquux"
GENT = Place(name="Gent", lon=3.71667, lat=51.05, precision=Precision.CITY, country="BE")


def draft(id_: str, **fields: Any) -> Draft:
    """Return a draft in Ghent with a second, doubtful place."""
    defaults = {
        "title": f"{SECRET} {id_} <b>bold</b>",
        "category": "raid",
        "when": When.parse("2023-05"),
        "places": (GENT,),
    }
    texts = (LookedUpText(text="Springfield", country="US", place=None, doubt="ambiguous"),)
    return Draft(**{"id": id_, "texts": texts, "status": "review", "places": (GENT,), **defaults, **fields})


class Desk:
    """A server with drafts, and a key for each role."""

    def __init__(self, server: Any, database: Path) -> None:
        self.server, self.url = server, server.url
        self.store = Store(f"sqlite:///{database}")
        self.keys = {role: self.store.desk.create_key(role, role) for role in ("editor", "reviewer")}  # type: ignore[arg-type]
        self.number = 0

    def new(self, **fields: Any) -> str:
        self.number += 1
        id_ = f"e{self.number}"
        self.store.desk.create([draft(id_, **fields)], Author("setup"))
        return id_

    def read(self, id_: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.keys['reviewer']}"}
        feature: dict[str, Any] = httpx.get(
            f"{self.url}/collections/events/items/{id_}", headers=headers
        ).json()
        return feature


@pytest.fixture(scope="module")
def desk(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = tmp_path_factory.mktemp("desk") / "events.db"
    store = Store(f"sqlite:///{database}")
    store.migrate()
    store.close()
    review_desk = Desk(serve(database), database)
    yield review_desk
    review_desk.store.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    yield tab
    context.close()


def sign_in(page: Any, desk: Desk, role: str = "reviewer", hash_: str = "") -> None:
    page.goto(f"{desk.url}/review?lang=en{hash_}")
    page.fill("#key", desk.keys[role])
    page.click(".sign-in button")
    page.wait_for_selector(".part h2")


def test_a_wrong_key_is_reported_and_a_right_one_opens_the_queue(desk: Desk, page: Any) -> None:
    id_ = desk.new()
    page.goto(f"{desk.url}/review?lang=en")
    page.fill("#key", "dateline_wrong")
    page.click(".sign-in button")
    page.wait_for_selector(".trouble:not([hidden])")
    assert "wrong or was revoked" in page.inner_text(".trouble")
    sign_in(page, desk)
    assert f"{SECRET} {id_} <b>bold</b>" in page.inner_text(".rows")
    assert page.locator(".rows b").count() == 0, "the title is shown as text"


def test_the_first_kind_with_waiting_events_is_shown(
    serve: Callable[..., Any], tmp_path: Path, page: Any
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'events.db'}")
    store.migrate()
    desk = Desk(serve(tmp_path / "events.db"), tmp_path / "events.db")
    sign_in(page, desk)
    assert page.inner_text(".part h2") == "In review"
    desk.new(status="draft", texts=())
    page.reload()
    page.wait_for_selector(".rows")
    assert page.inner_text(".part h2") == "Drafts"
    page.click('a[href="#review"]')
    page.wait_for_selector(".empty")
    assert page.inner_text(".part h2") == "In review"
    for opened in (store, desk.store):
        opened.close()


def test_only_the_tab_stores_the_key(desk: Desk, page: Any) -> None:
    sign_in(page, desk)
    stored = page.evaluate("[location.href, document.cookie, JSON.stringify(localStorage)].join()")
    assert desk.keys["reviewer"] not in stored
    page.reload()
    page.wait_for_selector(".part h2")
    page.click(".sign-out")
    page.wait_for_selector("#key")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    assert SECRET not in page.content()
    assert desk.keys["reviewer"] not in desk.server.log.read_text()


def test_a_doubtful_place_is_settled_by_a_candidate(desk: Desk, page: Any) -> None:
    id_ = desk.new()
    sign_in(page, desk, hash_="#places")
    page.click(f'a[href="#event/{id_}"]')
    page.wait_for_selector("form.settle")
    page.locator("form.settle input[type=radio]").first.check()
    page.click("form.settle button")
    page.wait_for_selector("text=Place chosen")
    assert [place["name"] for place in desk.read(id_)["properties"]["places"]] == ["Gent", "Springfield"]
    assert page.locator("form.settle").count() == 0
    assert desk.store.desk.history(id_)[-1].who == "reviewer"


def test_a_date_is_read_while_it_is_typed_and_saved_as_edtf(desk: Desk, page: Any) -> None:
    id_ = desk.new()
    sign_in(page, desk, hash_=f"#event/{id_}")
    page.fill("[name=date]", "early June, maybe")
    page.wait_for_selector(".reading.wrong")
    page.fill("[name=date]", "13 December 2014")
    page.wait_for_selector("text=2014-12-13 = 13 December 2014")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved.")
    assert desk.read(id_)["properties"]["date"] == "2014-12-13"


def test_a_pin_can_be_dragged_and_moved_by_numbers(desk: Desk, page: Any) -> None:
    id_ = desk.new(texts=())
    sign_in(page, desk, hash_=f"#event/{id_}")
    page.wait_for_selector(".map[data-ready] .mark.pin")
    page.wait_for_timeout(500)
    box = page.locator(".mark.pin").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 40, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "document.querySelector('[name=lon]').value !== document.querySelector('[name=lon]').defaultValue"
    )
    page.fill("[name=lat]", "50.93")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved.")
    lon, lat = desk.read(id_)["geometry"]["coordinates"]
    assert lat == 50.93
    assert lon > 3.72


def test_a_country_has_no_sharp_pin_and_its_area_is_in_view(desk: Desk, page: Any) -> None:
    nepal = Place(
        name="Nepal", lon=83.91628, lat=28.24874, precision=Precision.COUNTRY, country="NP", radius_km=380.6
    )
    texts = (LookedUpText(text="Zzunda Bel, Nepal", place=0, doubt="missing"),)
    sign_in(page, desk, hash_=f"#event/{desk.new(places=(nepal,), texts=texts)}")
    page.wait_for_selector(".map[data-ready] .mark.candidate.vague")
    assert page.locator(".mark.pin").evaluate("pin => getComputedStyle(pin).borderStyle") == "dashed"
    assert page.inner_text(".settle label b + bdi") == "Nepal"
    page.goto(f"{desk.url}/review?lang=en#event/{desk.new(texts=())}")
    page.wait_for_selector(".map[data-ready] .mark.pin:not(.vague)")
    assert page.errors == []


def test_reviewers_can_publish_and_editors_cannot(desk: Desk, page: Any) -> None:
    id_ = desk.new(texts=())
    sign_in(page, desk, "editor", f"#event/{id_}")
    assert page.locator("button[value=published]").count() == 0
    assert page.locator("button[value=draft]").count() == 1
    page.click(".sign-out")
    sign_in(page, desk, "reviewer", f"#event/{id_}")
    page.fill("[name=why]", "two sources")
    page.click("button[value=published]")
    page.wait_for_selector("text=Saved.")
    assert desk.server.get(f"/collections/events/items/{id_}").status_code == 200
    assert "two sources" in page.inner_text(".history")


def test_a_conflict_shows_both_versions_and_loses_neither(desk: Desk, page: Any) -> None:
    id_ = desk.new(texts=())
    sign_in(page, desk, hash_=f"#event/{id_}")
    page.fill("[name=title]", "Mine")
    desk.store.desk.replace(draft(id_, texts=(), title="Theirs"), 1, Author("Bo"))
    page.click("button[value=save]")
    page.wait_for_selector(".trouble li")
    assert "Theirs" in page.inner_text(".trouble")
    assert page.input_value("[name=title]") == "Mine"
    page.click(".trouble button")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved.")
    assert desk.read(id_)["properties"]["title"] == "Mine"


@pytest.mark.parametrize("path", ["/review/queue", "/review/events/e1", "/review/date?text=2020"])
def test_without_a_key_only_the_empty_page_is_served(desk: Desk, path: str) -> None:
    assert desk.server.get(path).status_code == 401
    shell = desk.server.get("/review")
    assert (shell.status_code, SECRET in shell.text) == (200, False)
    assert "frame-ancestors 'none'" in shell.headers["content-security-policy"]
    assert (shell.headers["cache-control"], shell.headers["x-frame-options"]) == ("no-store", "DENY")


@pytest.mark.parametrize("state", ["sign-in", "queue", "event", "dark", "phone", "arabic"])
def test_axe_finds_no_violation(desk: Desk, browser: Any, state: str) -> None:
    id_ = desk.new()
    size = {"width": 390, "height": 844} if state == "phone" else {"width": 1280, "height": 900}
    dark = "dark" if state == "dark" else "light"
    context = browser.new_context(viewport=size, color_scheme=dark, bypass_csp=True)
    tab = context.new_page()
    lang = "ar" if state == "arabic" else "en"
    hash_ = "#review" if state == "queue" else f"#event/{id_}"
    tab.goto(f"{desk.url}/review?lang={lang}{hash_}")
    if state != "sign-in":
        tab.fill("#key", desk.keys["reviewer"])
        tab.click(".sign-in button")
        tab.wait_for_selector(".part h2")
        if state != "queue":
            tab.wait_for_selector(".map[data-ready]")
    results = Axe().run(tab)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_the_page_works_by_keyboard_alone(desk: Desk, page: Any) -> None:
    id_ = desk.new(texts=())
    page.goto(f"{desk.url}/review?lang=en")
    page.keyboard.type(desk.keys["reviewer"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".part h2")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.focus(f'a[href="#event/{id_}"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("form.change")
    page.focus("[name=title]")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Saved.")
    assert desk.read(id_)["properties"]["title"] == "By keyboard"
    assert page.errors == []
