"""The members of a Feature beside its properties: its time, its place, and foreign members (RFC 7946, 6.1)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from geo.geometry import GEOMETRIES
from timeline.exchange.row import is_empty
from timeline.readers.parts.feature_time import (
    FeatureTime,
    is_json_fg_time,
    is_linked_places_when,
    json_fg_time,
    linked_places_when,
)

_STANDARD = frozenset(("type", "id", "geometry", "properties"))
UNREAD_PLACE = "place_in_other_crs"  # not called "place", which is the name of a field


class Members(NamedTuple):
    """The columns of a Feature, its geometry in degrees, and its time in EDTF.

    `cells_beside` is the number of members that are in none of the columns.
    """

    columns: dict[str, Any]
    geometry: Any
    when: str
    cells_beside: int


def members_of(feature: Mapping[str, Any], properties: Mapping[str, Any], crs: str = "") -> Members:
    """Return what a Feature says inside and beside its properties; raise ValueError for a time that cannot be read.

    `crs` is the coordinate reference system that the collection declares for `place` of JSON-FG.
    """
    if feature.keys() <= _STANDARD and "time" not in properties and "when" not in properties:
        return Members(dict(properties), feature.get("geometry"), "", 0)
    foreign, columns = _foreign(feature), dict(properties)
    when, cells_beside = _take_time(foreign, columns)
    geometry = feature.get("geometry")
    if _is_geometry(foreign.get("place")):
        place = foreign.pop("place")
        if geometry is None and place["type"] in GEOMETRIES and _is_crs84(feature.get("coordRefSys", crs)):
            geometry = place
        elif place == geometry:
            cells_beside += 1
        else:
            foreign[UNREAD_PLACE] = place
    return Members(_with_foreign(columns, foreign), geometry, when, cells_beside)


def with_id(feature: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return a Feature without an "@id" that is its id, and the column of its id; no column if it has none."""
    if feature.get("id") is not None:
        return feature, {"id": feature["id"]}
    if not isinstance(feature.get("@id"), str):
        return feature, {}
    others = {name: value for name, value in feature.items() if name != "@id"}  # JSON-LD, Linked Places
    return others, {"id": feature["@id"]}


def with_second_id(identity: dict[str, Any], properties: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the columns of a Feature's id and of another one among its properties, and the number of repeated ids.

    For Python 1 is equal to True and to 1.0, but a file that has both has two values.
    """
    second = properties.get("id")
    if not identity or second in (None, ""):
        return identity, 0
    if type(second) is type(identity["id"]) and second == identity["id"]:
        return identity, 1
    return {**identity, "properties.id": second}, 0


def foreign_columns(feature: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties and the foreign members of a Feature as they are written."""
    return _with_foreign(dict(properties), _foreign(feature))


def _foreign(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in feature.items() if name not in _STANDARD and not is_empty(value)}


def _with_foreign(columns: dict[str, Any], foreign: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns with foreign members, which get "feature." before their name if a property has that name."""
    return columns | {
        f"feature.{name}" if name in columns else name: value for name, value in foreign.items()
    }


def _take_time(foreign: dict[str, Any], columns: dict[str, Any]) -> tuple[str, int]:
    """Return the time of a Feature, and the number of members that it uses up, which are removed.

    Some programs write these members among the properties.
    """
    for members in (foreign, columns):
        for name, is_time, read in (
            ("time", is_json_fg_time, json_fg_time),
            ("when", is_linked_places_when, linked_places_when),
        ):
            if not is_time(members.get(name)):
                continue
            time: FeatureTime = read(members[name])
            if time.is_complete:
                del members[name]
            if time.edtf or time.is_complete:
                return time.edtf, int(time.is_complete)
    return "", 0


def _is_geometry(value: Any) -> bool:
    return isinstance(value, Mapping) and "type" in value


def _is_crs84(crs: Any) -> bool:
    """Return whether coordinates are longitude and latitude, as JSON-FG defines for a file that names no system.

    EPSG:4326 is not, because its latitude comes first.
    """
    return not crs or "CRS84" in str(crs).upper()
