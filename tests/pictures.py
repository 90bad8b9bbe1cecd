"""Take a picture of every state of the page: `make screenshots` writes them into screenshots/.

The script starts its own server, database and browser. It accepts a folder and a part of the names of pictures:
`python -m tests.pictures screenshots card`. With --readme it takes the six pictures of the README again.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from tests.chromium import DRAWN, launched

ROOT = Path(__file__).parents[1]
README = ROOT / "timeline" / "web" / "pictures"
DESKTOP, PHONE, FRAME = (
    {"width": 1200, "height": 800},
    {"width": 390, "height": 844},
    {"width": 600, "height": 400},
)
EVENT = "ndrangheta-action-day"
CROWD = 1000


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A state of the page: its address, the screen, and the action before the picture is taken."""

    path: str = "/"
    screen: dict[str, int] = field(default_factory=lambda: DESKTOP)
    options: dict[str, Any] = field(default_factory=dict)
    do: str = ""
    plain: bool = False  # without WebGL
    of: str = "seeds"  # the server: that of the seeds, of `_events` or of `_drafts`
    readme: bool = False


SHOTS = {
    "desktop": Shot(readme=True),
    "desktop-dark": Shot(path="/?theme=dark", readme=True),
    "desktop-card": Shot(path=f"/?datetime=2018/2022&event={EVENT}"),
    "desktop-card-dark": Shot(path=f"/?datetime=2018/2022&theme=dark&event={EVENT}"),
    "desktop-filters": Shot(do="filters"),
    "desktop-measure": Shot(path="/?measure=arrests"),
    "desktop-share": Shot(do="share"),
    "desktop-arabic": Shot(path="/?lang=ar", readme=True),
    "desktop-empty": Shot(path="/?q=zzzz"),
    "desktop-error": Shot(do="error"),
    "desktop-no-webgl": Shot(plain=True),
    "desktop-no-javascript": Shot(options={"java_script_enabled": False}),
    "desktop-forced-colours": Shot(options={"forced_colors": "active"}),
    "desktop-large-text": Shot(screen={"width": 600, "height": 400}, options={"device_scale_factor": 2}),
    "desktop-print": Shot(do="print"),
    "desktop-crowd": Shot(path="/?map=8/52.0907/5.1214&category=study", do="crowd", of="events"),
    "desktop-hostile": Shot(path="/?category=raid", do="first", of="events"),
    "tablet": Shot(screen={"width": 820, "height": 1180}),
    "tablet-card-dark": Shot(path=f"/?theme=dark&event={EVENT}", screen={"width": 820, "height": 1180}),
    "phone": Shot(screen=PHONE, options={"has_touch": True, "is_mobile": True}, readme=True),
    "phone-dark": Shot(path="/?theme=dark", screen=PHONE, options={"has_touch": True, "is_mobile": True}),
    "phone-card": Shot(
        path=f"/?event={EVENT}", screen=PHONE, options={"has_touch": True, "is_mobile": True}, readme=True
    ),
    "phone-arabic": Shot(path="/?lang=ar", screen=PHONE, options={"has_touch": True, "is_mobile": True}),
    "frame": Shot(path="/embed", screen=FRAME),
    "frame-dark": Shot(path="/embed?theme=dark", screen=FRAME),
    "frame-card": Shot(path=f"/embed?event={EVENT}", screen=FRAME, readme=True),
    "frame-empty": Shot(path="/embed?q=zzzz", screen=FRAME),
    "article": Shot(path="/static/examples/element.html"),
    "review-sign-in": Shot(path="/review", of="drafts"),
    "review-queue": Shot(path="/review#places", do="sign in", of="drafts"),
    "review-event": Shot(
        path="/review#event/e2", screen={"width": 1200, "height": 1000}, do="sign in", of="drafts"
    ),
    "review-event-dark": Shot(
        path="/review#event/e2", do="sign in", of="drafts", options={"color_scheme": "dark"}
    ),
    "review-phone": Shot(
        path="/review#event/e2",
        do="sign in",
        of="drafts",
        screen=PHONE,
        options={"has_touch": True, "is_mobile": True},
    ),
}


def _events() -> Iterator[dict[str, Any]]:
    """Yield events that the seeds do not have: a thousand at one point, and one with a hostile title."""
    spot = {"type": "Point", "coordinates": [5.1214, 52.0907]}
    for number in range(CROWD):
        day = f"{2000 + number % 24}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        properties = {"title": f"Crowded spot {number + 1}", "date": day, "category": "study"}
        yield {"type": "Feature", "id": f"crowd-{number}", "geometry": spot, "properties": properties}
    hostile = "Hostile <img src=x onerror=alert(1)> \u202e\u05e2\u05d1\u05e8 " + "x" * 300 + " 🎭"
    properties = {"title": hostile, "date": "2023?", "category": "raid", "summary": hostile * 2}
    yield {"type": "Feature", "id": "hostile", "geometry": spot, "properties": properties}


def _drafts() -> Iterator[dict[str, Any]]:
    """Yield drafts for review: one ready to publish, one with a doubtful place, one with an unknown place."""
    for number, (title, date, place) in enumerate(
        (
            ("Cameras tried out on night shifts", "2023-05", "Hasselt, Belgium"),
            ("Raid on a warehouse by the river", "early May 2023", "Springfield"),
            ("Two arrested at the border", "2021-11-02?", "Atlantis Harbour"),
        ),
        1,
    ):
        yield {"id": f"e{number}", "title": title, "date": date, "place": place, "category": "raid"}


@contextmanager
def served(folder: Path, *fill: str) -> Iterator[tuple[str, str]]:
    """Fill a database with a command and serve it; yield the address and the key of a reviewer."""
    command = str(Path(sys.executable).with_name("timeline"))
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{folder / Path(fill[-1]).stem}.db"}
    for arguments in (["migrate"], fill):
        subprocess.run([command, *arguments], env=env, check=True, capture_output=True)
    create_key = [command, "keys", "create", "--role", "reviewer", "--name", "Ada"]
    key = subprocess.run(create_key, env=env, check=True, capture_output=True, text=True).stdout.split()[0]
    start = [command, "serve", "--port", "0"]
    with subprocess.Popen(
        start, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            assert server.stdout is not None
            words = (word for line in server.stdout for word in line.split())
            yield next(word for word in words if word.startswith("http://")).rstrip("/"), key
        finally:
            server.terminate()


def _ready(page: Page, shot: Shot, key: str) -> None:
    """Wait until the page is loaded, then perform the action of the shot."""
    if shot.of == "drafts":
        if shot.do == "sign in":
            page.fill("#key", key)
            page.click(".sign-in button")
            page.wait_for_selector(".part h2")
            if "event" in shot.path:
                page.wait_for_selector(".map[data-ready]")
                page.locator(".map").scroll_into_view_if_needed()
                page.wait_for_timeout(1500)
    elif "examples" in shot.path:
        page.wait_for_timeout(6000)
    elif shot.options.get("java_script_enabled", True):
        page.wait_for_selector("html[data-shown]")
        page.wait_for_selector(".map[data-ready]" if shot.plain else ".map[data-idle]")
        page.wait_for_selector(".map[data-shaded]")
        page.wait_for_timeout(900)
    if shot.do == "filters":
        page.locator(".filters summary").click()
    elif shot.do == "share":
        page.locator(".sharing").click()
        page.wait_for_selector("dialog[open]")
    elif shot.do == "error":
        page.route(re.compile("/events"), lambda route: _fail(route))
        page.locator("#q").evaluate("field => { field.value = 'cocaine'; field.form.requestSubmit(); }")
        page.wait_for_selector(".trouble:not([hidden])")
    elif shot.do == "print":
        page.emulate_media(media="print")
    elif shot.do == "crowd":
        box = page.locator(".map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_selector(".card:not([hidden])")
    elif shot.do == "first":
        page.locator("ol.events a").first.click()
        page.wait_for_selector(".card article")
    page.wait_for_timeout(300)


def _fail(route: Route) -> None:
    route.fulfill(status=500, body="{}", content_type="application/json")


def take(browser: Browser, server: tuple[str, str], shot: Shot, file: Path) -> None:
    """Take one picture."""
    url, key = server
    page = browser.new_page(viewport=shot.screen, **shot.options)  # type: ignore[arg-type]
    page.goto(url + shot.path)
    _ready(page, shot, key)
    is_full_page = shot.do == "print" or not shot.options.get("java_script_enabled", True)
    page.screenshot(path=file, full_page=is_full_page)
    page.close()


def main() -> None:
    """Take the pictures that the command line selects."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "screenshots")
    parser.add_argument("part", nargs="?", default="", help="only pictures whose name contains this")
    parser.add_argument(
        "--readme", action="store_true", help="the six pictures of the README, into timeline/web/pictures"
    )
    options = parser.parse_args()
    folder = README if options.readme else options.folder
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {
        name: shot
        for name, shot in SHOTS.items()
        if options.part in name and (shot.readme or not options.readme)
    }
    with tempfile.TemporaryDirectory() as temporary:
        files = {"events": Path(temporary) / "events.geojsonl", "drafts": Path(temporary) / "drafts.geojsonl"}
        for file, lines in ((files["events"], _events()), (files["drafts"], _drafts())):
            file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        with (
            served(Path(temporary), "seed") as seeds,
            served(Path(temporary), "import", "--publish", str(files["events"])) as events,
            served(Path(temporary), "import", str(files["drafts"])) as drafts,
        ):
            _take_all(chosen, {"seeds": seeds, "events": events, "drafts": drafts}, folder)


def _take_all(chosen: dict[str, Shot], servers: dict[str, tuple[str, str]], folder: Path) -> None:
    for plain in (False, True):
        flags = ("--disable-gpu", "--disable-3d-apis") if plain else tuple(DRAWN)
        with launched(*flags) as browser:
            for name, shot in chosen.items():
                if shot.plain is plain:
                    take(browser, servers[shot.of], shot, folder / f"{name}.png")
                    print(folder / f"{name}.png", flush=True)


if __name__ == "__main__":
    main()
