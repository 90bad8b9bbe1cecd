"""An event as a reader sees it: its date, places, figures and sources in words, doubt included."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from db.dates.display import display
from db.errors import BadDate
from db.events.draft import RATE_WORDS, UNITS
from timeline.web.filter_links import item
from timeline.web.messages import Voice
from timeline.web.page_model import CategoryOption, Site

_FEW_PLACES = 3
_CURRENCIES = frozenset(
    ["eur", "usd", "gbp", "cad", "aud", "brl", "chf", "jpy", "cny", "inr", "mxn", "pln", "sek", "nok", "dkk"]
)
_MEASURES = UNITS - _CURRENCIES
_SQUARED = {"km2": "km²", "m2": "m²"}
_LEVELS = {"country": "at_country", "admin1": "at_admin1", "admin2": "at_admin2"}
_MACHINE = {"day": 10, "month": 7, "year": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place: its name, its country where the name does not say it, and how finely it is known."""

    name: str
    country: str | None
    level: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places known equally finely, so that it has to be said once."""

    spots: list[Spot]
    level: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: `url` only where it is http or https."""

    title: str
    publisher: str | None
    url: str | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event for a template; `machine` is the date for `<time datetime>`, where HTML has a form for it."""

    id: str
    href: str
    title: str
    summary: str
    category: CategoryOption
    date: str | None
    machine: str | None
    clusters: list[Cluster]
    more: list[Cluster]
    more_count: int
    figures: list[str]
    verification: str | None
    status: str | None
    note: str | None
    note_label: str
    corrections: list[tuple[str, str]]
    sources: list[Origin]
    tags: list[str]


def row(
    site: Site, voice: Voice, feature: Mapping[str, Any], categories: Mapping[str, CategoryOption]
) -> Row:
    """Turn a Feature into what is shown; properties that were not asked for are left out."""
    found = feature.get("properties") or {}
    spots = [_spot(place, voice) for place in found.get("places") or ()]
    few = spots if len(spots) <= _FEW_PLACES else spots[:1]
    slug = found.get("category") or ""
    doubtful = any(mark in (found.get("date") or "") for mark in "?~%")
    identifier = feature.get("id")
    return Row(
        id=str(identifier),
        href=item(site.root, identifier),
        title=found.get("title") or str(identifier),
        summary=found.get("summary") or "",
        category=categories.get(slug) or CategoryOption(slug="", label=plain(slug)),
        date=found.get("display_date") or voice.say("undated"),
        machine=_machine(found),
        clusters=_clusters(few),
        more=_clusters(spots[len(few) :]),
        more_count=len(spots) - len(few),
        figures=[figure(name, value, voice) for name, value in (found.get("figures") or {}).items()],
        verification=found.get("verification"),
        status=found.get("status"),
        note=found.get("note"),
        note_label=voice.say("doubt" if doubtful else "note"),
        corrections=[
            (_day(one["at"][:10], voice.lang) or "", one["note"]) for one in found.get("corrections") or ()
        ],
        sources=[_origin(source, voice) for source in found.get("sources") or ()],
        tags=list(found.get("tags") or ()),
    )


def plain(name: str) -> str:
    """Turn a slug or a field name into words."""
    return name.replace("_", " ").strip()


def _machine(found: Mapping[str, Any]) -> str | None:
    earliest, precision = found.get("earliest"), found.get("date_precision")
    if not earliest or earliest[0] in "+-":
        return None
    if precision == "second":
        return str(earliest)
    length = _MACHINE.get(precision or "")
    return str(earliest)[:length] if length else None


def _spot(place: Mapping[str, Any], voice: Voice) -> Spot:
    name = place.get("name") or voice.country(place.get("country")) or ""
    country = voice.country(place.get("country"))
    precision = place.get("precision") or ""
    if precision == "country" or (country and name.casefold().endswith(country.casefold())):
        country = None
    level = _LEVELS.get(precision)
    if precision == "country" and not place.get("country"):
        level = "at_region"
    return Spot(name=name, country=country, level=voice.say(level) if level else None, detail=place)


def _clusters(spots: list[Spot]) -> list[Cluster]:
    return [Cluster(list(group), level) for level, group in groupby(spots, key=lambda spot: spot.level)]


def precision(place: Mapping[str, Any], voice: Voice) -> str:
    """Say how finely a place is known, and within how many kilometres."""
    key = f"at_{place.get('precision')}"
    if key == "at_country" and not place.get("country"):
        key = "at_region"
    said = voice.say(key) if voice.knows(key) else str(place.get("precision") or "")
    radius = place.get("radius_km")
    if not radius:
        return said
    return f"{said}, {voice.say('within_km', km=voice.number(round(radius) if radius >= 10 else round(radius, 1)))}"


def _origin(source: Mapping[str, Any], voice: Voice) -> Origin:
    url = source.get("url")
    return Origin(
        title=source.get("title") or url or "",
        publisher=source.get("publisher"),
        url=url if web(url) else None,
        date=_day(source.get("date"), voice.lang),
    )


def web(url: object) -> bool:
    """Tell whether something is an http or https address, and so may be linked."""
    try:
        return isinstance(url, str) and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def flat(values: object) -> bool:
    """Tell whether a list is short enough to stand on one line: few numbers, short words or nothing."""
    return (
        isinstance(values, list)
        and len(values) <= 8
        and all(not isinstance(each, dict | list) and len(str(each)) <= 24 for each in values)
    )


def _day(date: str | None, lang: str) -> str | None:
    try:
        return display(date, lang) if date else None
    except BadDate:
        return date


def figure(name: str, value: float, voice: Voice) -> str:
    """Say a figure: "132 arrests", "€5,500,000 seized", "700 kg cocaine", "37.8 deaths per year"."""
    *rest, last = name.split("_")
    said = voice.number(value)
    if rest and last in ("percent", "pct"):
        return f"{said}% {' '.join(rest)}"
    if rest and not RATE_WORDS.intersection(rest):
        if last in _CURRENCIES:
            return f"{voice.money(value, last.upper())} {' '.join(rest)}"
        if last in _MEASURES and "per" not in rest:
            return f"{said} {_SQUARED.get(last, last)} {' '.join(rest)}"
    return f"{said} {_singular(plain(name)) if value == 1 and voice.locale.language == 'en' else plain(name)}"


def _singular(words: str) -> str:
    """Turn "deaths" into "death" and "leaders arrested" into "leader arrested"; figures have plural names."""
    head, *rest = words.split(" ")
    if not words.endswith("s") and rest:
        return " ".join((_singular(head), *rest))
    if words.endswith("ies"):
        return words[:-3] + "y"
    if words.endswith(("ches", "shes", "sses", "xes")):
        return words[:-2]
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words
