"""A Feature as an editor's tool sends it → a draft. What cannot be meant is refused, nothing is dropped in silence."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, get_args

from msgspec.structs import replace

from db.dates.edtf import When
from db.desk import StoredEvent
from db.errors import BadDate, BadEvent
from db.events.draft import Draft, Status, Where, Written
from geo.countries.lookup import country_at
from geo.place import Place
from timeline.editing.merge_patch import merged
from timeline.exchange.checks import unsound
from timeline.imports.drafts.from_native import draft as from_structure
from timeline.imports.drafts.values import point
from timeline.readers import Row
from timeline.written_dates import Form

FIELDS = (
    "title", "summary", "category", "date", "place", "places", "figures", "tags", "sources", "data", "note",
    "verification", "status", "embargo_until",
)  # fmt: skip
# What an answer tells besides, and follows from the rest; a tool may send it back.
_DERIVED = frozenset(
    ["display_date", "earliest", "latest", "date_precision", "country", "countries", "precision", "created",
     "updated", "corrections", "id"]
)  # fmt: skip
_STAYING = frozenset(["status", "embargo_until"])
_PLAIN = Form()
_POINT = "expected a Point, a MultiPoint or null, or the name of a place in properties.place"


def draft(document: Any, held: StoredEvent | None = None) -> Draft:
    """Make a draft of a Feature; `held` is the event as it stands, whose status and embargo stay unless given.

    Places are named (`properties.place`, or texts in `properties.places`), given as `geometry`, or stand in
    `properties.places` as an answer told them. Raises BadEvent with the field, what is wrong and what is expected.
    """
    properties = _properties(document)
    places, where = _where(document, properties, held)
    fields = {name: properties[name] for name in FIELDS if name in properties and name != "place"}
    given = {**fields, "places": places, "id": _identifier(document.get("id", properties.get("id")))}
    date = fields.get("date")
    if "date" not in properties and document.get("time"):
        date = given["date"] = _date_of(document["time"])
    if isinstance(date, str) and date.strip():
        _check_date(date)
    made = from_structure(Row("feature", 1, given, kind="own"), {})
    status = _status(properties.get("status", held.draft.status if held else "draft"))
    return replace(
        made,
        id=made.id or "".join(("e", secrets.token_hex(8))),
        where=(*made.where, *where),
        texts=_texts(held, made.places, where),
        status=status,
        embargo=_embargo(properties["embargo_until"]) if "embargo_until" in properties else None,
    )


def _texts(
    held: StoredEvent | None, places: tuple[Place, ...], where: tuple[Where, ...]
) -> tuple[Written, ...]:
    """Keep what was written of places that stay, or are only moved; who moves a pin has settled its text."""
    if held is None or where or len(places) != len(held.draft.places):
        return ()
    before = held.draft.places
    if [place.name for place in places] != [place.name for place in before]:
        return ()
    moved = {at for at, place in enumerate(places) if _spot_of(place) != _spot_of(before[at])}
    return tuple(replace(one, doubt=None) if one.place in moved else one for one in held.draft.texts)


def _properties(document: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping) or document.get("type") != "Feature":
        raise BadEvent("", 'the body is no GeoJSON Feature; expected an object with "type": "Feature"')
    fault = unsound(document)
    if fault:
        raise BadEvent("", f"the Feature {fault}")
    properties = document.get("properties")
    if not isinstance(properties, Mapping):
        raise BadEvent("properties", "is missing; expected an object with a title and a category at least")
    for name, example in (("title", "Raid in Hasselt"), ("category", "raid")):
        if not properties.get(name):
            raise BadEvent(name, f"is missing; expected a text such as {example!r}")
    for name in properties:
        if name not in FIELDS and name not in _DERIVED:
            near = get_close_matches(name, FIELDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(FIELDS)}"
            raise BadEvent(name, f"is no property of events; {hint} What has no field here goes into 'data'")
    return properties


def _identifier(said: Any) -> str | None:
    """Read an id (RFC 7946, 3.2: a text or a number)."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, str | int) or said == "":
        raise BadEvent("id", f"{said!r} is no id; expected a text such as 'raid-in-hasselt', or none")
    return str(said)


def _date_of(time: Any) -> str:
    """Read JSON-FG's `time` (OGC 21-045) as EDTF."""
    got = time if isinstance(time, Mapping) else {}
    said = got.get("date") or got.get("timestamp") or got.get("interval")
    sides: list[Any] = said if isinstance(said, list) and len(said) == 2 else [said]
    if not all(isinstance(side, str) for side in sides):
        raise BadEvent(
            "time", "holds neither a date, a timestamp nor an interval of two; write properties.date"
        )
    return "/".join(sides)


def _status(said: Any) -> Status:
    for known in get_args(Status):
        if said == known:
            return known  # type: ignore[no-any-return]  # get_args is untyped
    raise BadEvent("status", f"{said!r} is not one of {', '.join(get_args(Status))}")


def _embargo(said: Any) -> int:
    """Read a moment with its offset as seconds of UTC; 0 for null."""
    if said is None:
        return 0
    example = "expected a moment with its offset, such as '2026-12-01T06:00:00Z', or null"
    try:
        moment = datetime.fromisoformat(said)
        seconds = int(moment.astimezone(UTC).timestamp())
    except (TypeError, ValueError, OverflowError):
        raise BadEvent("embargo_until", f"{said!r} is no moment; {example}") from None
    if moment.tzinfo is None:
        raise BadEvent("embargo_until", f"{said!r} says no offset from UTC; {example}")
    return seconds


def _check_date(text: str) -> None:
    """Raise BadEvent for what is not EDTF, with the EDTF that was probably meant."""
    try:
        When.parse(text)
    except BadDate as error:
        raise BadEvent("date", f"{error}{_meant(text)}") from None


def _meant(text: str) -> str:
    try:
        edtf, more = _PLAIN.read(text)
    except BadDate:
        return ""
    return f"; did you mean {edtf!r}?" if edtf and not more and edtf != text else ""


def _where(
    document: Mapping[str, Any], properties: Mapping[str, Any], held: StoredEvent | None
) -> tuple[list[Any], tuple[Where, ...]]:
    """Return the places as they are told, and those to be located; whichever of the two says something new."""
    points = _points(document.get("geometry"))
    places = properties.get("places")
    if places is not None and not isinstance(places, list):
        raise BadEvent("places", f"{places!r} is not a list")
    if places:
        said = [_spot(place) for place in places]
        if not points or None in said or said == points:
            return places, ()
        if held is None or [_spot_of(place) for place in held.draft.places] != said:
            raise BadEvent("geometry", "lies elsewhere than 'places'; expected one of the two, or both alike")
    text = properties.get("place") or ""
    if not isinstance(text, str):
        raise BadEvent("place", f"{text!r} is not a text; expected one such as 'Hasselt, Belgium'")
    if points:
        return _moved(points, text, held)
    country = properties.get("country") if "earliest" not in properties else None
    if not isinstance(country, str | None):
        raise BadEvent("country", f"{country!r} is not a text; expected one such as 'BE' or 'Belgium'")
    named = [part.strip() for part in text.split(";") if part.strip()]
    return [], tuple(Where(text=part, country=country or None) for part in named)


def _moved(
    points: list[tuple[float, float]], text: str, held: StoredEvent | None
) -> tuple[list[Any], tuple[Where, ...]]:
    """Name the points: as many as before are the same places, some moved; else each takes its part of the text."""
    before = held.draft.places if held and len(held.draft.places) == len(points) else ()
    if before and text in ("", before[0].name):
        return [_told(place, spot) for place, spot in zip(before, points, strict=True)], ()
    names = [part.strip() for part in text.split(";")]
    if len(names) != len(points):
        names = [text] * len(points)
    return [], tuple(
        Where(text=name, lon=lon, lat=lat) for name, (lon, lat) in zip(names, points, strict=True)
    )


def _told(place: Place, spot: tuple[float, float]) -> dict[str, Any]:
    """Tell a place as an answer would: as it is, or moved to a point by somebody who knows it."""
    if _spot_of(place) == spot:
        return {**asdict(place), "countries": list(place.countries)}
    country = country_at(*spot) or place.country
    return {"name": place.name, "lon": spot[0], "lat": spot[1], "precision": "point", "country": country}


def _spot(place: Any) -> tuple[float, float] | None:
    """Give a place's point (lon, lat); None for one that is only named."""
    if not isinstance(place, Mapping):
        return None
    lon, lat = place.get("lon"), place.get("lat")
    return point(lon, lat)


def _spot_of(place: Any) -> tuple[float, float]:
    return round(place.lon, 5), round(place.lat, 5)


def _points(geometry: Any) -> list[tuple[float, float]]:
    """Read the points (lon, lat) of a geometry; an area marks no place of an event, however it is drawn."""
    if geometry is None:
        return []
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Point", "MultiPoint"):
        raise BadEvent("geometry", f"{kind!r} marks no place of an event; {_POINT}")
    positions = [geometry.get("coordinates")] if kind == "Point" else geometry.get("coordinates")
    if not isinstance(positions, list) or not positions:
        raise BadEvent(
            "geometry", f"coordinates are missing; {_POINT}, such as [4.35, 50.85] for longitude, latitude"
        )
    for position in positions:
        if not isinstance(position, list) or not 2 <= len(position) <= 3:
            raise BadEvent(
                "geometry", f"{position!r} is no position; expected [lon, lat], such as [4.35, 50.85]"
            )
    return [point(position[0], position[1]) for position in positions]


def patched(document: Mapping[str, Any], patch: Any) -> dict[str, Any]:
    """Apply a merge-patch to an event's Feature: a place that is named anew, or a pin that is moved, replaces the old.

    Raises BadEvent for a patch that is no object.
    """
    if not isinstance(patch, dict):
        raise BadEvent(
            "", 'the body is no merge-patch; expected an object such as {"properties": {"title": "…"}}'
        )
    made: dict[str, Any] = merged(document, patch)
    properties, said = made.get("properties"), patch.get("properties")
    if not isinstance(properties, dict):
        return made
    named = set(said) if isinstance(said, dict) else set()
    _check_derived(document, said if isinstance(said, dict) else {})
    if "time" in patch and patch["time"] != document.get("time") and "date" not in named:
        raise BadEvent("time", "follows from properties.date; change that")
    for name in _DERIVED - named:
        properties.pop(name, None)
    for name in named & _STAYING:
        # A null takes it away, where one that is missing would stay as it is.
        properties[name] = patch["properties"][name]
    if named & {"place", "places"} and "geometry" not in patch:
        made["geometry"] = None
    made.pop("time", None)
    if "places" in named and "place" not in named:
        properties.pop("place", None)
    if "places" not in named and ("place" in named or "geometry" in patch):
        # Of a moved pin the name stays, of one that is taken away nothing.
        properties.pop("places", None)
        # Of several the names are taken from the event as it stands.
        if "place" not in named and made.get("geometry") is None:
            properties.pop("place", None)
    return made


def _check_derived(document: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Raise BadEvent for another value of what follows from the rest: it would be lost in silence."""
    now = document["properties"]
    for name in sorted(_DERIVED & said.keys()):
        if name == "country" and {"place", "places"} & said.keys():
            continue
        if said[name] != now.get(name):
            raise BadEvent(name, "follows from the rest and cannot be set; change the date or the places")
