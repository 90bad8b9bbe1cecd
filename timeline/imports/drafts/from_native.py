"""Make a draft from a row in Dateline's own shape: an export is imported without loss, and seeds use this shape."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from db.errors import BadEvent
from db.events.draft import Correction, Draft, Figure, Source, WrittenPlace
from geo.place import Place, Precision
from timeline.imports.drafts.values import address, date, point, required, verification
from timeline.readers import Row

# A larger float cannot represent every whole number, and sums of a few would exceed what JSON can write.
_MAX_FIGURE = 1e15
_MAX_RADIUS_KM = 20_038.0  # half of the circumference of the Earth
_LISTS = {
    "places": '["Hasselt, Belgium"]',
    "tags": '["police", "border"]',
    "sources": '[{"title": "The Times"}]',
    "corrections": '[{"at": "2026-11-25T09:30:00Z", "note": "The date was wrong."}]',
    "countries": '["BE", "NL"]',
}
_NAMED_PLACE = '{"name": "Hasselt, Belgium"}'
_COUNTRY_CODE = re.compile("[A-Z]{2}")


def draft(row: Row, values: Mapping[str, str], overrides: Mapping[str, str] = MappingProxyType({})) -> Draft:
    """Return the draft of a structured row; raise BadEvent with the reason.

    `values` fill the fields that are empty, `overrides` replace those of the row.
    """
    fields: Mapping[str, Any] = {**row.columns, **_missing(row.columns, values), **overrides}
    when = _text(fields, "date")
    places = _list(fields, "places")
    title = _text(fields, "title")
    if not title.strip():
        required("", "title", "'title: …'")
    return Draft(
        id=_text(fields, "id") or None,
        title=title,
        summary=_text(fields, "summary"),
        category=required(_text(fields, "category"), "category", "'category: raid'"),
        when=date("date", when) if when else None,
        where=tuple(_written_place(place) for place in places if is_unlocated(place)),
        places=tuple(_place(place) for place in places if not is_unlocated(place)),
        figures=_figures(fields.get("figures") or {}),
        tags=tuple(_tag(tag) for tag in _list(fields, "tags")),
        sources=tuple(_source(source) for source in _list(fields, "sources")),
        data=_mapping("data", {} if fields.get("data") is None else fields["data"]),
        note=_text(fields, "note") or None,
        verification=verification(_text(fields, "verification") or "reported"),
        corrections=tuple(_correction(entry) for entry in _list(fields, "corrections")),
    )


def _missing(columns: Mapping[str, Any], values: Mapping[str, str]) -> Mapping[str, str]:
    return {field: value for field, value in values.items() if columns.get(field) in (None, "")}


def _text(fields: Mapping[str, Any], name: str, label: str | None = None) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadEvent(label or name, f"{value!r} is not a text; expected one such as 'Hasselt', or a number")
    return str(value)


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadEvent(name, f"{value!r} is not a list; expected one such as {_LISTS[name]}")
    return value


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadEvent(
            name, f'{value!r} is not a mapping of names to values; expected one such as {{"deaths": 3}}'
        )
    return value


def _tag(tag: Any) -> str:
    if not isinstance(tag, str) or not tag.strip():
        raise BadEvent("tags", f"{tag!r} is not a text; expected one such as 'police'")
    return tag


def _figures(value: Any) -> tuple[Figure, ...]:
    return tuple(
        Figure.named(name, _number(f"figures.{name}", number))
        for name, number in _mapping("figures", value).items()
    )


def _number(name: str, value: Any, low: float = -_MAX_FIGURE, high: float = _MAX_FIGURE) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadEvent(name, f"{value!r} is not a number; expected one such as 132 or 37.8")
    if not low <= value <= high:
        raise BadEvent(name, f"{value!r} is out of range; expected a number from {low:,.0f} to {high:,.0f}")
    return value


def _country(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _COUNTRY_CODE.fullmatch(value):
        raise BadEvent(name, f"{value!r} is not a country; expected an ISO 3166-1 alpha-2 code such as 'BE'")
    return value


def _source(value: Any) -> Source:
    fields = _mapping("sources", value)
    url, published = _text(fields, "url", "sources.url"), _text(fields, "date", "sources.date")
    return Source(
        title=required(_text(fields, "title", "sources.title"), "sources.title", "'title: …'"),
        publisher=_text(fields, "publisher", "sources.publisher") or None,
        url=address("sources.url", url) if url else None,
        date=date("sources.date", published).text if published else None,
    )


def _correction(value: Any) -> Correction:
    fields = _mapping("corrections", value)
    moment, note = (_text(fields, name, f"corrections.{name}") for name in ("at", "note"))
    example = "'2026-11-25T09:30:00Z'"
    return Correction(
        at=required(moment, "corrections.at", example), note=required(note, "corrections.note", "a text")
    )


def is_unlocated(place: Any) -> bool:
    """Return whether a member of `places` is a text, or an object without coordinates, whose name is geocoded."""
    return isinstance(place, str) or (
        isinstance(place, Mapping) and place.get("lon") is None and place.get("lat") is None
    )


def _written_place(value: Any) -> WrittenPlace:
    if isinstance(value, str):
        return WrittenPlace(text=value)
    fields = _mapping("places", value)
    name = _text(fields, "name", "places.name")
    if not name.strip():
        raise BadEvent(
            "places", f"{value!r} has neither a name nor coordinates; expected for example {_NAMED_PLACE}"
        )
    return WrittenPlace(text=name, country=_text(fields, "country", "places.country") or None)


def _place(value: Any) -> Place:
    """Return a place that was located before: it is not looked up again."""
    fields = _mapping("places", value)
    lon, lat = point(fields.get("lon"), fields.get("lat"))
    precision = _text(fields, "precision", "places.precision")
    if precision not in set(Precision):
        raise BadEvent("places.precision", f"{precision!r} is unknown; expected {', '.join(Precision)}")
    return Place(
        name=required(_text(fields, "name", "places.name"), "places.name", "'name: …'"),
        lon=lon,
        lat=lat,
        precision=Precision(precision),
        country=_country("places.country", fields["country"]) if fields.get("country") else None,
        countries=tuple(_country("places.countries", code) for code in _list(fields, "countries")),
        admin1=_text(fields, "admin1", "places.admin1") or None,
        radius_km=_number("places.radius_km", fields.get("radius_km", 0.0), 0, _MAX_RADIUS_KM),
        confidence=_number("places.confidence", fields.get("confidence", 1.0), 0, 1),
        geocoder=_text(fields, "geocoder", "places.geocoder") or "given",
        gazetteer_id=_text(fields, "gazetteer_id", "places.gazetteer_id") or None,
    )
