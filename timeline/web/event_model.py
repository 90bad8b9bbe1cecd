"""An event as a page shows it: its date, places, figures and sources in words, with their uncertainty."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from db.dates.display import display
from db.errors import BadDate
from timeline.web.figures import figure_text
from timeline.web.filter_links import event_address
from timeline.web.messages import Translator
from timeline.web.page_model import CategoryOption, Site

_MAX_PLACES_SHOWN = 3  # of more, only the first is shown before "and 12 more places"
_MAX_INLINE_VALUES = 8  # of a list on one line
_MAX_INLINE_CHARACTERS = 24  # of one of its values
_KILOMETRES_WITH_DECIMAL = 10  # below, a radius has one decimal
_COARSE_LEVELS = {"country": "at_country", "admin1": "at_admin1", "admin2": "at_admin2"}
# HTML's <time datetime> takes a day, a month or a year: that many characters of an ISO day.
_DATETIME_CHARACTERS = {"day": 10, "month": 7, "year": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceText:
    """One place: its name, its country unless the name contains it, and how precisely it is known.

    `level` is set only for places known to no more than a district; `properties` are those of the Feature.
    """

    name: str
    country: str | None
    level: str | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Neighbouring places of the same level, which is written once."""

    places: list[PlaceText]
    level: str | None


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source; `url` is None unless it is http or https."""

    title: str
    publisher: str | None
    url: str | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """One event for a template; `machine_date` is the value of `<time datetime>`, or None where HTML has no form."""

    id: str
    href: str
    title: str
    summary: str
    category: CategoryOption
    date: str | None
    machine_date: str | None
    place_groups: list[PlaceGroup]
    more_places: list[PlaceGroup]
    more_places_count: int
    figures: list[str]
    verification: str | None
    status: str | None
    note: str | None
    note_label: str
    corrections: list[tuple[str, str]]
    sources: list[SourceText]
    tags: list[str]


def event_text(
    site: Site, translator: Translator, feature: Mapping[str, Any], categories: Mapping[str, CategoryOption]
) -> EventText:
    """Return the texts of a Feature; properties that the request left out are empty."""
    properties = feature.get("properties") or {}
    places = [_place_text(place, translator) for place in properties.get("places") or ()]
    shown = places if len(places) <= _MAX_PLACES_SHOWN else places[:1]
    slug = properties.get("category") or ""
    uncertain = any(mark in (properties.get("date") or "") for mark in "?~%")
    identifier = feature.get("id")
    return EventText(
        id=str(identifier),
        href=event_address(site.root, identifier),
        title=properties.get("title") or str(identifier),
        summary=properties.get("summary") or "",
        category=categories.get(slug) or CategoryOption(slug="", label=slug.replace("_", " ").strip()),
        date=properties.get("display_date") or translator.translate("undated"),
        machine_date=_machine_date(properties),
        place_groups=_grouped(shown),
        more_places=_grouped(places[len(shown) :]),
        more_places_count=len(places) - len(shown),
        figures=[
            figure_text(name, value, translator) for name, value in (properties.get("figures") or {}).items()
        ],
        verification=properties.get("verification"),
        status=properties.get("status"),
        note=properties.get("note"),
        note_label=translator.translate("doubt" if uncertain else "note"),
        corrections=[
            (date_text(correction["at"][:10], translator.lang) or "", correction["note"])
            for correction in properties.get("corrections") or ()
        ],
        sources=[_source_text(source, translator) for source in properties.get("sources") or ()],
        tags=list(properties.get("tags") or ()),
    )


def _machine_date(properties: Mapping[str, Any]) -> str | None:
    earliest, precision = properties.get("earliest"), properties.get("date_precision")
    if not earliest or earliest[0] in "+-":
        return None
    if precision == "second":
        return str(earliest)
    length = _DATETIME_CHARACTERS.get(precision or "")
    return str(earliest)[:length] if length else None


def _place_text(place: Mapping[str, Any], translator: Translator) -> PlaceText:
    name = place.get("name") or translator.country_name(place.get("country")) or ""
    country = translator.country_name(place.get("country"))
    precision = place.get("precision") or ""
    if precision == "country" or (country and name.casefold().endswith(country.casefold())):
        country = None
    level = _COARSE_LEVELS.get(precision)
    if precision == "country" and not place.get("country"):
        level = "at_region"
    return PlaceText(
        name=name, country=country, level=translator.translate(level) if level else None, properties=place
    )


def _grouped(places: list[PlaceText]) -> list[PlaceGroup]:
    return [PlaceGroup(list(group), level) for level, group in groupby(places, key=lambda place: place.level)]


def precision_text(place: Mapping[str, Any], translator: Translator) -> str:
    """Return how precisely a place is known, and its radius: "city, within about 5 km"."""
    key = f"at_{place.get('precision')}"
    if key == "at_country" and not place.get("country"):
        key = "at_region"
    level = translator.translate(key) if translator.has(key) else ""
    radius = place.get("radius_km")
    if not radius:
        return level
    rounded = round(radius) if radius >= _KILOMETRES_WITH_DECIMAL else round(radius, 1)
    within = translator.translate("within_km", km=translator.number(rounded))
    return translator.translate("comma").join(text for text in (level, within) if text)


def _source_text(source: Mapping[str, Any], translator: Translator) -> SourceText:
    url = source.get("url")
    return SourceText(
        title=source.get("title") or url or "",
        publisher=source.get("publisher"),
        url=url if is_web_address(url) else None,
        date=date_text(source.get("date"), translator.lang),
    )


def is_web_address(url: object) -> bool:
    """Return whether a value is an http or https address, and so may be linked."""
    try:
        return isinstance(url, str) and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def fits_one_line(values: object) -> bool:
    """Return whether a list is short enough for one line: few numbers, short words or empty values."""
    return (
        isinstance(values, list)
        and len(values) <= _MAX_INLINE_VALUES
        and all(
            not isinstance(value, dict | list) and len(str(value)) <= _MAX_INLINE_CHARACTERS
            for value in values
        )
    )


def date_text(date: str | None, lang: str) -> str | None:
    """Return an EDTF date or RFC 3339 time in words; a text that is neither is returned as it is."""
    try:
        return display(date, lang) if date else None
    except BadDate:
        return date
