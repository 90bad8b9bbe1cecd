"""Rows in Dateline's own shape → drafts: what it exported comes back whole, and seeds are written so."""

import math
import re
from collections.abc import Mapping
from typing import Any

from db.errors import BadEvent
from db.events.draft import Correction, Draft, Figure, Source, Where
from geo.place import Place, Precision
from timeline.imports.drafts.values import address, date, point, required, verification
from timeline.readers import Row

# Beyond it a float does not tell one whole number from the next, and sums of a few run out of what can be written.
_MOST = 1e15
_HALF_ROUND = 20_038.0  # kilometres: nothing is farther away
_CODE = re.compile("[A-Z]{2}")


def draft(row: Row, values: Mapping[str, str]) -> Draft:
    """Make a draft of a structured row, `values` set over its fields; raise BadEvent with the reason."""
    got: Mapping[str, Any] = {**row.columns, **values}
    when = _text(got, "date")
    places = _list(got, "places")
    title = _text(got, "title")
    if not title.strip():
        required("", "title", "'title: …'")
    return Draft(
        id=_text(got, "id") or None,
        title=title,
        summary=_text(got, "summary"),
        category=required(_text(got, "category"), "category", "'category: raid'"),
        when=date("date", when) if when else None,
        where=tuple(Where(text=place) for place in places if isinstance(place, str)),
        places=tuple(_place(place) for place in places if not isinstance(place, str)),
        figures=_figures(got.get("figures") or {}),
        tags=tuple(_tag(tag) for tag in _list(got, "tags")),
        sources=tuple(_source(source) for source in _list(got, "sources")),
        data=_mapping("data", {} if got.get("data") is None else got["data"]),
        note=_text(got, "note") or None,
        verification=verification(_text(got, "verification") or "reported"),
        corrections=tuple(_correction(each) for each in _list(got, "corrections")),
    )


def _text(got: Mapping[str, Any], name: str, label: str | None = None) -> str:
    value = got.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadEvent(label or name, f"{value!r} is not a text")
    return str(value)


def _list(got: Mapping[str, Any], name: str) -> list[Any]:
    value = got.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadEvent(name, f"{value!r} is not a list")
    return value


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadEvent(name, f"{value!r} is not a mapping of names to values")
    return value


def _tag(tag: Any) -> str:
    if not isinstance(tag, str) or not tag.strip():
        raise BadEvent("tags", f"{tag!r} is not a text")
    return tag


def _figures(value: Any) -> tuple[Figure, ...]:
    return tuple(
        Figure.named(name, _number(f"figures.{name}", n)) for name, n in _mapping("figures", value).items()
    )


def _number(name: str, value: Any, least: float = -_MOST, most: float = _MOST) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadEvent(name, f"{value!r} is not a number; expected one such as 132 or 37.8")
    if not least <= value <= most:
        raise BadEvent(name, f"{value!r} is out of range; expected a number from {least:,.0f} to {most:,.0f}")
    return value


def _country(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise BadEvent(name, f"{value!r} is no country; expected an ISO 3166-1 alpha-2 code such as 'BE'")
    return value


def _source(value: Any) -> Source:
    got = _mapping("sources", value)
    url, published = _text(got, "url", "sources.url"), _text(got, "date", "sources.date")
    return Source(
        title=required(_text(got, "title", "sources.title"), "sources.title", "'title: …'"),
        publisher=_text(got, "publisher", "sources.publisher") or None,
        url=address("sources.url", url) if url else None,
        date=date("sources.date", published).text if published else None,
    )


def _correction(value: Any) -> Correction:
    got = _mapping("corrections", value)
    at, note = (_text(got, name, f"corrections.{name}") for name in ("at", "note"))
    example = "'2026-11-25T09:30:00Z'"
    return Correction(
        at=required(at, "corrections.at", example), note=required(note, "corrections.note", "a text")
    )


def _place(value: Any) -> Place:
    """Take a place as it was located before; nobody looks it up again."""
    got = _mapping("places", value)
    lon, lat = point(got.get("lon"), got.get("lat"))
    precision = _text(got, "precision", "places.precision")
    if precision not in set(Precision):
        raise BadEvent("places.precision", f"{precision!r} is unknown; expected {', '.join(Precision)}")
    return Place(
        name=required(_text(got, "name", "places.name"), "places.name", "'name: …'"),
        lon=lon,
        lat=lat,
        precision=Precision(precision),
        country=_country("places.country", got["country"]) if got.get("country") else None,
        countries=tuple(_country("places.countries", each) for each in _list(got, "countries")),
        admin1=_text(got, "admin1", "places.admin1") or None,
        radius_km=_number("places.radius_km", got.get("radius_km", 0.0), 0, _HALF_ROUND),
        confidence=_number("places.confidence", got.get("confidence", 1.0), 0, 1),
        geocoder=_text(got, "geocoder", "places.geocoder") or "given",
        gazetteer_id=_text(got, "gazetteer_id", "places.gazetteer_id") or None,
    )
