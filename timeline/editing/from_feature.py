"""Convert a Feature that a client sends into a draft. Values that mean nothing are refused; no value is ignored."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, get_args

from msgspec.structs import replace

from db.dates.edtf import read_edtf
from db.desk import StoredEvent
from db.errors import BadDate, BadEvent
from db.events.draft import Draft, LookedUpText, Status, WrittenPlace
from geo.countries.lookup import country_at
from geo.place import Place
from timeline.editing.merge_patch import merge_patch
from timeline.exchange.checks import storage_problem
from timeline.exchange.name_forms import check_figure_names, check_tags
from timeline.imports.drafts.from_native import draft as from_structure
from timeline.imports.drafts.from_native import is_unlocated
from timeline.imports.drafts.values import point
from timeline.readers import Row
from timeline.written_dates import Form

FIELDS = (
    "title", "summary", "category", "date", "place", "places", "figures", "tags", "sources", "data", "note",
    "verification", "status", "embargo_until",
)  # fmt: skip
# Properties in responses that follow from others; a client may send them back unchanged.
_DERIVED = frozenset(
    ["display_date", "earliest", "latest", "date_precision", "country", "countries", "precision", "created",
     "updated", "corrections", "id"]
)  # fmt: skip
# A merge patch clears these with null; if they are missing, they stay.
_CLEARED_BY_NULL = frozenset(["status", "embargo_until"])
_NO_ORDER = Form()
_POINT = "expected a Point, a MultiPoint or null, or the name of a place in properties.place"


def draft(document: Any, stored: StoredEvent | None = None) -> Draft:
    """Return the draft of a Feature; `stored` is the current event, whose status stays unless the Feature has one.

    Places come from names (`properties.place`, or texts in `properties.places`), from `geometry`, or from
    `properties.places` as in a response. Raises BadEvent with the field, what is wrong and what is expected.
    """
    properties = _properties(document)
    places, to_locate = _places(document, properties, stored)
    fields = {name: properties[name] for name in FIELDS if name in properties and name != "place"}
    row_fields = {**fields, "places": places, "id": _identifier(document.get("id", properties.get("id")))}
    date = fields.get("date")
    if "date" not in properties and document.get("time"):
        date = row_fields["date"] = _date_of(document["time"])
    if isinstance(date, str) and date.strip():
        _check_date(date)
    event = from_structure(Row("feature", 1, row_fields, kind="own"), {})
    _check_names(event, stored.draft if stored else None)
    status = _status(properties.get("status", stored.draft.status if stored else "draft"))
    return replace(
        event,
        id=event.id or "".join(("e", secrets.token_hex(8))),
        where=(*event.where, *to_locate),
        texts=_texts(stored, event.places, to_locate),
        status=status,
        embargo=_embargo(properties["embargo_until"]) if "embargo_until" in properties else None,
    )


def _check_names(event: Draft, stored: Draft | None) -> None:
    """Raise BadEvent for the name of a figure or a tag without the form, unless the event has it already."""
    old_figures = {figure.name for figure in stored.figures} if stored else set()
    check_figure_names(figure.name for figure in event.figures if figure.name not in old_figures)
    check_tags(tag for tag in event.tags if stored is None or tag not in stored.tags)


def _texts(
    stored: StoredEvent | None, places: tuple[Place, ...], to_locate: tuple[WrittenPlace, ...]
) -> tuple[LookedUpText, ...]:
    """Return the place texts of the current event if its places keep their names; moving a place removes its doubt."""
    if stored is None or to_locate or len(places) != len(stored.draft.places):
        return ()
    previous = stored.draft.places
    if [place.name for place in places] != [place.name for place in previous]:
        return ()
    moved = {
        position
        for position, place in enumerate(places)
        if _rounded_point(place) != _rounded_point(previous[position])
    }
    return tuple(
        replace(written, doubt=None) if written.place in moved else written for written in stored.draft.texts
    )


def _properties(document: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping) or document.get("type") != "Feature":
        raise BadEvent("", 'the body is not a GeoJSON Feature; expected an object with "type": "Feature"')
    fault = storage_problem(document)
    if fault:
        raise BadEvent("", f"the Feature {fault}")
    properties = document.get("properties")
    if not isinstance(properties, Mapping):
        raise BadEvent("properties", "is missing; expected an object with at least a title and a category")
    for name, example in (("title", "Raid in Hasselt"), ("category", "raid")):
        if not properties.get(name):
            raise BadEvent(name, f"is missing; expected a text such as {example!r}")
    for name in properties:
        if name not in FIELDS and name not in _DERIVED:
            near = get_close_matches(name[:80], FIELDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(FIELDS)}."
            raise BadEvent(name, f"is not a property of events; {hint} Put all other values into 'data'")
    return properties


def _identifier(value: Any) -> str | None:
    """Return an id as text (RFC 7946, 3.2: a text or a number)."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadEvent("id", f"{value!r} is not an id; expected a text such as 'raid-in-hasselt', or none")
    return str(value)


def _date_of(time: Any) -> str:
    """Return the member `time` of JSON-FG (OGC 21-045) as EDTF."""
    members = time if isinstance(time, Mapping) else {}
    date = members.get("date") or members.get("timestamp") or members.get("interval")
    sides: list[Any] = date if isinstance(date, list) and len(date) == 2 else [date]
    if not all(isinstance(side, str) for side in sides):
        raise BadEvent(
            "time",
            "has no date, timestamp or interval of two; expected one, or properties.date such as '2023-05-03'",
        )
    return "/".join(sides)


def _status(value: Any) -> Status:
    for status in get_args(Status):
        if value == status:
            return status  # type: ignore[no-any-return]  # get_args is untyped
    raise BadEvent("status", f"{value!r} is not one of {', '.join(get_args(Status))}")


def _embargo(value: Any) -> int:
    """Return a time with its UTC offset as seconds since 1970; 0 for null."""
    if value is None:
        return 0
    example = "expected a time with its UTC offset, such as '2026-12-01T06:00:00Z', or null"
    try:
        moment = datetime.fromisoformat(value)
        seconds = int(moment.astimezone(UTC).timestamp())
    except (TypeError, ValueError, OverflowError):
        raise BadEvent("embargo_until", f"{value!r} is not a time; {example}") from None
    if moment.tzinfo is None:
        raise BadEvent("embargo_until", f"{value!r} has no UTC offset; {example}")
    return seconds


def _check_date(text: str) -> None:
    """Raise BadEvent for a date that is not EDTF, with the EDTF that the text probably means."""
    try:
        read_edtf(text)
    except BadDate as error:
        raise BadEvent("date", f"{error}{_suggestion(text)}") from None


def _suggestion(text: str) -> str:
    try:
        edtf, remainder = _NO_ORDER.read(text)
    except BadDate:
        return ""
    return f"; did you mean {edtf!r}?" if edtf and not remainder and edtf != text else ""


def _places(
    document: Mapping[str, Any], properties: Mapping[str, Any], stored: StoredEvent | None
) -> tuple[list[Any], tuple[WrittenPlace, ...]]:
    """Return the complete places and the places to locate, from `places`, the geometry or `place`."""
    points = _points(document.get("geometry"))
    places = properties.get("places")
    if places is not None and not isinstance(places, list):
        raise BadEvent("places", f"{places!r} is not a list; expected one such as ['Hasselt, Belgium']")
    if places:
        place_points = [_sent_point(place) for place in places]
        if not points or None in place_points or place_points == points:
            return places, ()
        if stored is None or [_rounded_point(place) for place in stored.draft.places] != place_points:
            raise BadEvent(
                "geometry", "differs from 'places'; expected one of them, or the same points in both"
            )
    text = properties.get("place") or ""
    if not isinstance(text, str):
        raise BadEvent("place", f"{text!r} is not a text; expected one such as 'Hasselt, Belgium'")
    if points:
        return _moved(points, text, stored)
    country = properties.get("country") if "earliest" not in properties else None
    if not isinstance(country, str | None):
        raise BadEvent("country", f"{country!r} is not a text; expected one such as 'BE' or 'Belgium'")
    names = [part.strip() for part in text.split(";") if part.strip()]
    return [], tuple(WrittenPlace(text=name, country=country or None) for name in names)


def _moved(
    points: list[tuple[float, float]], text: str, stored: StoredEvent | None
) -> tuple[list[Any], tuple[WrittenPlace, ...]]:
    """Return places for the points of a geometry.

    As many points as the event has places are the same places, perhaps moved. Otherwise each point takes its part of
    the text, split at semicolons.
    """
    previous = stored.draft.places if stored and len(stored.draft.places) == len(points) else ()
    if previous and text in ("", previous[0].name):
        return [_as_written(place, point) for place, point in zip(previous, points, strict=True)], ()
    names = [part.strip() for part in text.split(";")]
    if len(names) != len(points):
        names = [text] * len(points)
    return [], tuple(
        WrittenPlace(text=name, lon=lon, lat=lat) for name, (lon, lat) in zip(names, points, strict=True)
    )


def _as_written(place: Place, moved_to: tuple[float, float]) -> dict[str, Any]:
    """Return a place as a response has it: unchanged, or moved to `moved_to` (lon, lat) with precision "point"."""
    if _rounded_point(place) == moved_to:
        return {**asdict(place), "countries": list(place.countries)}
    country = country_at(*moved_to) or place.country
    return {
        "name": place.name,
        "lon": moved_to[0],
        "lat": moved_to[1],
        "precision": "point",
        "country": country,
    }


def _sent_point(place: Any) -> tuple[float, float] | None:
    """Return the point (lon, lat) of a place; None for a name without coordinates."""
    if is_unlocated(place) or not isinstance(place, Mapping):
        return None
    return point(place.get("lon"), place.get("lat"))


def _rounded_point(place: Any) -> tuple[float, float]:
    """Return (lon, lat) of a place, rounded as responses are (about one metre)."""
    return round(place.lon, 5), round(place.lat, 5)


def _points(geometry: Any) -> list[tuple[float, float]]:
    """Return the points (lon, lat) of a geometry; raise BadEvent for lines and areas, which an event cannot have."""
    if geometry is None:
        return []
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Point", "MultiPoint"):
        raise BadEvent("geometry", f"{kind!r} cannot be the place of an event; {_POINT}")
    positions = [geometry.get("coordinates")] if kind == "Point" else geometry.get("coordinates")
    if not isinstance(positions, list) or not positions:
        raise BadEvent(
            "geometry", f"coordinates are missing; {_POINT}, such as [4.35, 50.85] for longitude, latitude"
        )
    for position in positions:
        if not isinstance(position, list) or not 2 <= len(position) <= 3:
            raise BadEvent(
                "geometry", f"{position!r} is not a position; expected [lon, lat], such as [4.35, 50.85]"
            )
    return [point(position[0], position[1]) for position in positions]


def patched(document: Mapping[str, Any], patch: Any) -> dict[str, Any]:
    """Return an event's Feature with a merge patch applied; new names or points replace the old places.

    Raises BadEvent for a patch that is not an object, or that changes a derived property.
    """
    if not isinstance(patch, dict):
        raise BadEvent(
            "", 'the body is not a merge patch; expected an object such as {"properties": {"title": "…"}}'
        )
    result: dict[str, Any] = merge_patch(document, patch)
    properties, changes = result.get("properties"), patch.get("properties")
    if not isinstance(properties, dict):
        return result
    changed = set(changes) if isinstance(changes, dict) else set()
    _check_derived(document, changes if isinstance(changes, dict) else {})
    if "time" in patch and patch["time"] != document.get("time") and "date" not in changed:
        raise BadEvent("time", "follows from properties.date and cannot be changed; change the date instead")
    for name in _DERIVED - changed:
        properties.pop(name, None)
    for name in changed & _CLEARED_BY_NULL:
        # The merge removes a null, but here null must clear the value; a missing one stays.
        properties[name] = patch["properties"][name]
    if changed & {"place", "places"} and "geometry" not in patch:
        result["geometry"] = None
    result.pop("time", None)
    if "places" in changed and "place" not in changed:
        properties.pop("place", None)
    if "places" not in changed and ("place" in changed or "geometry" in patch):
        # A moved place keeps its name; a removed one does not.
        properties.pop("places", None)
        # The names of several moved places come from the stored event.
        if "place" not in changed and result.get("geometry") is None:
            properties.pop("place", None)
    return result


def _check_derived(document: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raise BadEvent for a changed derived property, because the change would be ignored."""
    current = document["properties"]
    for name in sorted(_DERIVED & changes.keys()):
        if name == "country" and {"place", "places"} & changes.keys():
            continue
        if changes[name] != current.get(name):
            raise BadEvent(
                name, "follows from other properties and cannot be set; change the date or the places instead"
            )
