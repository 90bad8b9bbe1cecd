"""The review page in a real browser: sign in, the queue, a doubtful place, a date, publishing, a conflict."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import CHROMIUM

from db.dates.edtf import When
from db.events.draft import Author, Draft, Written
from db.store import Store
from geo.place import Place, Precision

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
SECRET = "Zephyrquux"
GENT = Place(name="Gent", lon=3.71667, lat=51.05, precision=Precision.CITY, country="BE")


def draft(id_: str, **fields: Any) -> Draft:
    """Make a draft in Ghent of which one place is in doubt."""
    made = {
        "title": f"{SECRET} {id_} <b>bold</b>",
        "category": "raid",
        "when": When.parse("2023-05"),
        "places": (GENT,),
    }
    texts = (Written(text="Springfield", country="US", place=None, doubt="ambiguous"),)
    return Draft(**{"id": id_, "texts": texts, "status": "review", "places": (GENT,), **made, **fields})


class Desk:
    """A server with drafts, and a key of each role."""

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
        found: dict[str, Any] = httpx.get(
            f"{self.url}/collections/events/items/{id_}", headers=headers
        ).json()
        return found


@pytest.fixture(scope="module")
def desk(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = tmp_path_factory.mktemp("desk") / "events.db"
    store = Store(f"sqlite:///{database}")
    store.migrate()
    store.close()
    made = Desk(serve(database), database)
    yield made
    made.store.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    yield opened
    context.close()


def sign_in(page: Any, desk: Desk, role: str = "reviewer", hash_: str = "") -> None:
    page.goto(f"{desk.url}/review?lang=en{hash_}")
    page.fill("#key", desk.keys[role])
    page.click(".sign-in button")
    page.wait_for_selector(".part h2")


def test_a_wrong_key_is_told_and_a_right_one_opens_the_queue(desk: Desk, page: Any) -> None:
    id_ = desk.new()
    page.goto(f"{desk.url}/review?lang=en")
    page.fill("#key", "dateline_wrong")
    page.click(".sign-in button")
    page.wait_for_selector(".trouble:not([hidden])")
    assert "wrong or was revoked" in page.inner_text(".trouble")
    sign_in(page, desk)
    assert f"{SECRET} {id_} <b>bold</b>" in page.inner_text(".rows")
    assert page.locator(".rows b").count() == 0, "a title is text"


def test_what_waits_is_shown_first(serve: Callable[..., Any], tmp_path: Path, page: Any) -> None:
    store = Store(f"sqlite:///{tmp_path / 'events.db'}")
    store.migrate()
    made = Desk(serve(tmp_path / "events.db"), tmp_path / "events.db")
    sign_in(page, made)
    assert page.inner_text(".part h2") == "In review"
    made.new(status="draft", texts=())
    page.reload()
    page.wait_for_selector(".rows")
    assert page.inner_text(".part h2") == "Drafts"
    page.click('a[href="#review"]')
    page.wait_for_selector(".empty")
    assert page.inner_text(".part h2") == "In review"
    for each in (store, made.store):
        each.close()


def test_the_key_stays_in_the_tab_alone(desk: Desk, page: Any) -> None:
    sign_in(page, desk)
    kept = page.evaluate("[location.href, document.cookie, JSON.stringify(localStorage)].join()")
    assert desk.keys["reviewer"] not in kept
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


def test_a_date_is_read_as_it_is_typed_and_saved_as_edtf(desk: Desk, page: Any) -> None:
    id_ = desk.new()
    sign_in(page, desk, hash_=f"#event/{id_}")
    page.fill("[name=date]", "early June, maybe")
    page.wait_for_selector(".reading.wrong")
    page.fill("[name=date]", "13 December 2014")
    page.wait_for_selector("text=2014-12-13 = 13 December 2014")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved.")
    assert desk.read(id_)["properties"]["date"] == "2014-12-13"


def test_a_pin_is_moved_by_numbers_and_by_the_map(desk: Desk, page: Any) -> None:
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
    found = desk.read(id_)["geometry"]["coordinates"]
    assert found[1] == 50.93
    assert found[0] > 3.72


def test_a_reviewer_publishes_and_an_editor_is_not_offered_to(desk: Desk, page: Any) -> None:
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


def test_a_conflict_shows_both_and_loses_nothing(desk: Desk, page: Any) -> None:
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
def test_without_a_key_there_is_only_the_shell(desk: Desk, path: str) -> None:
    assert desk.server.get(path).status_code == 401
    shell = desk.server.get("/review")
    assert (shell.status_code, SECRET in shell.text) == (200, False)
    assert "frame-ancestors 'none'" in shell.headers["content-security-policy"]
    assert (shell.headers["cache-control"], shell.headers["x-frame-options"]) == ("no-store", "DENY")


@pytest.mark.parametrize("state", ["sign-in", "queue", "event", "dark", "phone", "arabic"])
def test_axe_finds_nothing(desk: Desk, browser: Any, state: str) -> None:
    id_ = desk.new()
    size = {"width": 390, "height": 844} if state == "phone" else {"width": 1280, "height": 900}
    dark = "dark" if state == "dark" else "light"
    context = browser.new_context(viewport=size, color_scheme=dark, bypass_csp=True)
    opened = context.new_page()
    lang = "ar" if state == "arabic" else "en"
    hash_ = "#review" if state == "queue" else f"#event/{id_}"
    opened.goto(f"{desk.url}/review?lang={lang}{hash_}")
    if state != "sign-in":
        opened.fill("#key", desk.keys["reviewer"])
        opened.click(".sign-in button")
        opened.wait_for_selector(".part h2")
        if state != "queue":
            opened.wait_for_selector(".map[data-ready]")
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_the_page_is_used_by_keyboard_alone(desk: Desk, page: Any) -> None:
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
