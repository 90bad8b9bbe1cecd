"""Make a draft from a row in Dateline's own shape: an export is imported without loss, and seeds use this shape."""

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Correction, Draft, Figure, LookedUpText, Source, WrittenPlace
from geo.place import Place, Precision
from geo.shape_extent import precision_of_radius
from timeline.exchange.native_table import DERIVED
from timeline.exchange.row import is_empty
from timeline.imports.drafts.optional_values import OptionalValues
from timeline.imports.drafts.row_cells import RowCells
from timeline.imports.drafts.values import address, date, point, required, verification
from timeline.imports.title_template import filled
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
_FIELDS = frozenset((
    "id", "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note",
    "verification", "corrections",
))  # fmt: skip
_SOURCE_FIELDS = frozenset(("title", "publisher", "url", "date"))
_CORRECTION_FIELDS = frozenset(("at", "note"))
_NO_MEMBERS: Mapping[str, Any] = MappingProxyType({})
_COUNTRY_CODE = re.compile("[A-Z]{2}")


_Read = TypeVar("_Read")


def draft(
    row: Row,
    values: Mapping[str, str],
    overrides: Mapping[str, str] = MappingProxyType({}),
    cells: RowCells | None = None,
    title_template: str | None = None,
) -> Draft:
    """Return the draft of a structured row; raise BadEvent with the reason.

    `values` fill the fields that are empty, `overrides` replace those of the row. With `cells`, a wrong value of an
    optional field goes into `data`; without, it raises BadEvent as well. The template makes the title of a row that has
    none.
    """
    fields: Mapping[str, Any] = {**row.columns, **_missing(row.columns, values), **overrides}
    optional = OptionalValues(cells)
    when = _text(fields, "date")
    members = _list(fields, "places")
    places, doubtful = _places(members, optional)
    event = Draft(
        id=_text(fields, "id") or None,
        title=_title(fields, members, title_template),
        summary=_optional_text(fields, "summary", optional),
        category=required(_text(fields, "category"), "category", "'category: raid'"),
        when=date("date", when) if when else None,
        where=tuple(_written_place(place) for place in members if is_unlocated(place)),
        places=places,
        texts=doubtful,
        figures=_figures(fields, optional),
        tags=optional.each("tags", _optional_list(fields, "tags", optional), _tag),
        sources=optional.each(
            "sources", _optional_list(fields, "sources", optional), partial(_source, optional)
        ),
        note=_optional_text(fields, "note", optional) or None,
        verification=optional.read(
            "verification",
            fields.get("verification"),
            lambda: verification(_text(fields, "verification") or "reported"),
            "reported",
        ),
        corrections=optional.each(
            "corrections", _optional_list(fields, "corrections", optional), partial(_correction, optional)
        ),
    )
    data = optional.read("data", fields.get("data"), lambda: _data(fields), _NO_MEMBERS)
    return structs.replace(event, data=optional.with_refused({**data, **_others(row, overrides, cells)}))


def _title(fields: Mapping[str, Any], places: list[Any], template: str | None) -> str:
    title = _text(fields, "title")
    if title.strip() or not template:
        return title if title.strip() else required("", "title", "'title: …'")
    first = places[0] if places else ""
    place = first.get("name") if isinstance(first, Mapping) else first
    texts = {name: str(value) for name, value in fields.items() if isinstance(value, str | int | float)}
    return required(filled(template, {**texts, "place": str(place or "")}), "title", "'title: …'")


def _data(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping("data", {} if fields.get("data") is None else fields["data"])


def _others(row: Row, overrides: Mapping[str, str], cells: RowCells | None) -> dict[str, Any]:
    """Return the values for `data` of a row's columns that are no field, and of those that `overrides` replace."""
    if cells is None:
        return {}
    others = {}
    for name, value in row.columns.items():
        if name in DERIVED:
            cells.left_out[name] = ""
            message = (
                f"{value!r} is left out: it repeats another field, which says otherwise: change that one"
            )
            cells.warn(name, str(value), message)
        elif (name not in _FIELDS or name in overrides) and not is_empty(value):
            others[name] = value
            cells.only_in_data.add(name)
            if name not in overrides:
                cells.warn(name, str(value), "is not a property of events; the value goes to data")
    return others


def _optional_text(fields: Mapping[str, Any], name: str, optional: OptionalValues) -> str:
    return optional.read(name, fields.get(name), lambda: _text(fields, name), "")


def _optional_list(fields: Mapping[str, Any], name: str, optional: OptionalValues) -> list[Any]:
    return optional.read(name, fields.get(name), lambda: _list(fields, name), [])


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


def _figures(fields: Mapping[str, Any], optional: OptionalValues) -> tuple[Figure, ...]:
    value = {} if fields.get("figures") is None else fields["figures"]
    figures = optional.read("figures", value, lambda: _mapping("figures", value), _NO_MEMBERS)
    return optional.each("figures", [{name: number} for name, number in figures.items()], _figure)


def _figure(value: Mapping[str, Any]) -> Figure:
    ((name, number),) = value.items()
    return Figure.named(name, _number(f"figures.{name}", number))


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


def _source(optional: OptionalValues, value: Any) -> Source:
    """Return a source; one without a title that can be read is called after its address."""
    fields = _mapping("sources", value)
    optional.unknown("sources", fields, _SOURCE_FIELDS)
    written, published = _text(fields, "url", "sources.url"), _text(fields, "date", "sources.date")
    url = optional.read(
        "sources", written, lambda: address("sources.url", written) if written else None, None
    )
    return Source(
        title=required(_text(fields, "title", "sources.title"), "sources.title", "'title: …'"),
        publisher=_text(fields, "publisher", "sources.publisher") or None,
        url=url,
        date=optional.read(
            "sources", published, lambda: date("sources.date", published).text if published else None, None
        ),
    )


def _correction(optional: OptionalValues, value: Any) -> Correction:
    fields = _mapping("corrections", value)
    optional.unknown("corrections", fields, _CORRECTION_FIELDS)
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


def _places(
    members: list[Any], optional: OptionalValues
) -> tuple[tuple[Place, ...], tuple[LookedUpText, ...]]:
    """Return the places with coordinates, and the texts of those that have a wrong value, for an editor to check."""
    places, doubtful = list[Place](), list[LookedUpText]()
    for member in members:
        if is_unlocated(member):
            continue
        refused = len(optional.refused.get("places", ()))
        place = _place(member, optional)
        if len(optional.refused.get("places", ())) > refused:
            doubtful.append(
                LookedUpText(text=place.name, country=place.country, place=len(places), doubt="unsure")
            )
        places.append(place)
    return tuple(places), tuple(doubtful)


def _place(value: Any, optional: OptionalValues) -> Place:
    """Return a place that was located before: it is not looked up again."""
    fields = _mapping("places", value)
    lon, lat = point(fields.get("lon"), fields.get("lat"))

    def read(name: str, read_value: Callable[[], _Read], default: _Read) -> _Read:
        return optional.read("places", {name: fields.get(name)}, read_value, default)

    radius_km = read(
        "radius_km", lambda: _number("places.radius_km", fields.get("radius_km", 0.0), 0, _MAX_RADIUS_KM), 0.0
    )
    code = fields.get("country")
    return Place(
        name=required(_text(fields, "name", "places.name"), "places.name", "'name: …'"),
        lon=lon,
        lat=lat,
        precision=read(
            "precision",
            lambda: _precision(_text(fields, "precision", "places.precision")),
            precision_of_radius(radius_km) if radius_km else Precision.POINT,
        ),
        country=read("country", lambda: _country("places.country", code) if code else None, None),
        countries=optional.each("places", _list(fields, "countries"), partial(_country, "places.countries")),
        admin1=read("admin1", lambda: _text(fields, "admin1", "places.admin1") or None, None),
        radius_km=radius_km,
        confidence=read(
            "confidence", lambda: _number("places.confidence", fields.get("confidence", 1.0), 0, 1), 1.0
        ),
        geocoder=read("geocoder", lambda: _text(fields, "geocoder", "places.geocoder") or "given", "given"),
        gazetteer_id=read(
            "gazetteer_id", lambda: _text(fields, "gazetteer_id", "places.gazetteer_id") or None, None
        ),
        text=read("text", lambda: _text(fields, "text", "places.text") or None, None),
    )


def _precision(text: str) -> Precision:
    if text not in set(Precision):
        raise BadEvent("places.precision", f"{text!r} is unknown; expected {', '.join(Precision)}")
    return Precision(text)
