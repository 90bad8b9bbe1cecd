"""Render the review page: its shell, the queue, and one event with all that an editor may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from db.writing.history import Entry
from geo.place import Place
from timeline.web.messages import voice
from timeline.web.page_model import CategoryOption, Site
from timeline.web.render import ASSETS, block, render

KINDS = ("review", "draft", "places")


class Row(NamedTuple):
    """One event that waits; `text` is the place of it that is in doubt, if that is why."""

    id: str
    properties: Mapping[str, Any]
    label: str
    date: str
    text: str | None
    doubt: str | None


class Doubt(NamedTuple):
    """A text of an event that is in doubt, with what it may mean."""

    number: int
    text: str
    country: str | None
    doubt: str
    candidates: list[Place]


class Step(NamedTuple):
    """A status that this event may take."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One event: its Feature, revision, the vocabulary, doubts, steps, history (the newest first)."""

    feature: Mapping[str, Any]
    revision: int
    categories: list[CategoryOption]
    doubts: list[Doubt]
    steps: list[Step]
    may_change: bool
    history: list[Entry]
    reading: str


def render_shell(site: Site, known: bool) -> str:
    """Render the page without any event; `known` says that the host application knows who is there."""
    speaker = voice(site.lang)
    keys = [key for key in speaker.messages if key.startswith("desk_")]
    keys += ["zoom_in", "zoom_out", "map", "attribution", "try_again", "failed", "no_webgl", "geojson"]
    facts = {
        "root": site.root,
        "assets": site.root + ASSETS,
        "known": known,
        "categories": [],
        "framed": False,
    }
    blocks = {"words": block(speaker.script(keys)), "facts": block(facts)}
    return render("review.html", site, known=known, json_url=None, **blocks)


def render_queue(
    site: Site,
    rows: list[Row],
    counts: Mapping[str, int],
    kind: str,
    page: int,
    more: bool,
    name: str,
    role: str,
) -> str:
    """Render a page of what waits."""
    return render(
        "queue.html",
        site,
        rows=rows,
        counts=counts,
        kinds=KINDS,
        kind=kind,
        page=page,
        more=more,
        name=name,
        role=role,
    )


def render_event(site: Site, opened: Opened) -> str:
    """Render one event: its form, its doubtful places, its steps and its history."""
    properties = opened.feature["properties"]
    pins = [{"lon": p["lon"], "lat": p["lat"], "name": p["name"]} for p in properties["places"]]
    doubts = [{"number": d.number, "points": [[c.lon, c.lat] for c in d.candidates]} for d in opened.doubts]
    spots = block({"pins": pins, "doubts": doubts})
    return render(
        "opened.html", site, event=opened, feature=opened.feature, properties=properties, spots=spots
    )
