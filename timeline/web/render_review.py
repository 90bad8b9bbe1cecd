"""The review page as HTML: its shell, the queue, and one event with everything that an editor may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from markupsafe import Markup

from db.writing.history import HistoryEntry
from geo.place import Place, Precision
from timeline.web.event_model import date_text
from timeline.web.messages import Translator, translator_for
from timeline.web.page_model import CategoryOption, Site
from timeline.web.render import ASSETS, block, render

KINDS = ("review", "draft", "places")
_SHARED_TEXTS = (
    "zoom_in", "zoom_out", "map", "attribution", "try_again", "failed", "no_webgl", "geojson",
    "place", "status", "category", "date", "note", "verification",
)  # fmt: skip
_FIELD_KEYS = {"sources": "source", "embargo_until": "desk_embargo"}  # where the text is named otherwise
_PLURAL_COUNT = 3  # chooses the plural "Sources" in every language
_MAX_VALUE_CHARACTERS = 160  # of a field's value in the history


class QueueRow(NamedTuple):
    """One event of the queue; `text` is its uncertain place, where that is why it is there."""

    id: str
    properties: Mapping[str, Any]
    label: str
    date: str
    text: str | None
    doubt: str | None


class UncertainPlace(NamedTuple):
    """A place text of an event that needs a decision, with its candidates, best first."""

    number: int
    text: str
    country: str | None
    doubt: str
    candidates: list[Place]


class StatusStep(NamedTuple):
    """A status to which this editor may move the event."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEvent:
    """One event: its Feature, revision, the vocabulary, uncertain places, next statuses, history (newest first)."""

    feature: Mapping[str, Any]
    revision: int
    categories: list[CategoryOption]
    doubts: list[UncertainPlace]
    steps: list[StatusStep]
    may_change: bool
    history: list[HistoryEntry]
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of the queue: its rows, how many events each kind has, and who is signed in."""

    rows: list[QueueRow]
    counts: Mapping[str, int]
    kind: str
    page: int
    more: bool
    name: str
    role: str


def render_shell(site: Site, signed_in: bool) -> str:
    """Return the page without any event; `signed_in` means that the host application knows the editor."""
    translator = translator_for(site.lang)
    keys = [key for key in translator.messages if key.startswith("desk_")]
    keys += _SHARED_TEXTS
    facts = {
        "root": site.root,
        "assets": site.root + ASSETS,
        "signed_in": signed_in,
        "categories": [],
        "framed": False,
    }
    blocks = {"words": block(translator.for_browser(keys)), "facts": block(facts)}
    return render("review.html", site, signed_in=signed_in, json_url=None, **blocks)


def render_queue(site: Site, queue: QueuePage) -> str:
    """Return a page of the queue as a part of the review page."""
    translator = translator_for(site.lang)
    return render(
        "queue.html",
        site,
        queue=queue,
        kinds=KINDS,
        labelled=lambda text, value: _labelled(text, value, translator),
    )


def render_event(site: Site, opened: OpenedEvent) -> str:
    """Return one event as a part of the review page: its form, uncertain places, next statuses and history."""
    translator = translator_for(site.lang)
    properties = opened.feature["properties"]
    pins = [
        _spot(place["lon"], place["lat"], place["name"], place["precision"], place.get("radius_km"))
        for place in properties["places"]
    ]
    doubts = [
        {
            "number": doubt.number,
            "points": [_spot(c.lon, c.lat, c.name, c.precision, c.radius_km) for c in doubt.candidates],
        }
        for doubt in opened.doubts
    ]
    return render(
        "opened.html",
        site,
        event=opened,
        feature=opened.feature,
        properties=properties,
        spots=block({"pins": pins, "doubts": doubts}),
        labelled=lambda text, value: _labelled(text, value, translator),
        percent=translator.percent,
        candidate_name=lambda place: _candidate_name(place, translator),
        field_label=lambda name: _field_label(name, translator),
        field_value=lambda name, value: _field_value(name, value, translator),
    )


def _spot(lon: float, lat: float, name: str, precision: str, radius_km: float | None) -> dict[str, Any]:
    """Return a place of the small map, which draws no sharp pin where only a region or country is known."""
    return {"lon": lon, "lat": lat, "name": name, "precision": precision, "km": radius_km or 0}


def _labelled(text: str, value: str, translator: Translator) -> Markup:
    """Return "text: value" as HTML; the text keeps its own writing direction."""
    pattern = Markup(translator.translate("labelled", label="{label}", value="{value}"))  # noqa: S704  # a message
    return pattern.format(label=Markup("<bdi>{}</bdi>").format(text), value=value)


def _candidate_name(place: Place, translator: Translator) -> Markup:
    """Return "Springfield, Illinois, United States"; each name keeps its own writing direction."""
    region = place.admin1 if place.admin1 != place.name else None
    country = translator.country_name(place.country)
    names = (country,) if place.precision is Precision.COUNTRY and country else (place.name, region, country)
    comma = Markup(translator.translate("comma"))  # noqa: S704  # a message
    return comma.join(Markup("<bdi>{}</bdi>").format(name) for name in names if name)


def _field_label(name: str, translator: Translator) -> str:
    """Return the label of a field of the history; a value within figures or data is named after both."""
    field, _, member = name.partition(".")
    keys = (_FIELD_KEYS.get(field, field), f"desk_field_{field}")
    key = next((key for key in keys if translator.has(key)), None)
    label = translator.translate(key, n=_PLURAL_COUNT if key == "source" else None) if key else field
    return f"{label} ({member.replace('_', ' ')})" if member else label


def _field_value(name: str, value: Any, translator: Translator) -> str:
    """Return a field's value in words where it has some, otherwise as text or JSON, cut to 160 characters."""
    if value is None:
        return translator.translate("nothing")
    if name in ("status", "verification"):
        key = f"desk_status_{value}" if name == "status" else f"desk_{value}"
        return translator.translate(key) if translator.has(key) else str(value)
    if name in ("date", "embargo_until"):
        return date_text(value, translator.lang) or ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _MAX_VALUE_CHARACTERS else f"{text[: _MAX_VALUE_CHARACTERS - 1]}…"
