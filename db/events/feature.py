"""The GeoJSON Feature of an event (RFC 7946, with a JSON-FG `time`): encoded once, when it is written."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from db.dates.calendar import iso_time
from db.dates.display import display
from db.dates.edtf import ALWAYS, FOREVER, When
from db.events.draft import Correction, Draft, Figure, Source
from geo.place import Place


class Meta(NamedTuple):
    """When an event was created and last changed, in seconds of UTC, and its revision."""

    created: int
    updated: int
    revision: int = 1


class Stamped(NamedTuple):
    """The last properties of a Feature: status, verification, and the two times in seconds of UTC."""

    status: str
    verification: str
    created: int
    updated: int


_encode = msgspec.json.Encoder().encode


def encode(draft: Draft, meta: Meta) -> bytes:
    """Return the Feature of an event as JSON."""
    end = _end(Stamped(draft.status, draft.verification, meta.created, meta.updated))
    # `end` contains the last two brackets.
    return _encode(_unstamped(draft))[:-2] + end


def _unstamped(draft: Draft) -> dict[str, Any]:
    """Return the Feature without its last properties; coordinates are lon, lat in degrees, in the order of `places`."""
    first = draft.places[0] if draft.places else None
    when = draft.when
    return {
        "type": "Feature",
        "id": draft.id,
        "geometry": _geometry(draft.places),
        "time": _time(when),
        "properties": {
            "title": draft.title,
            "summary": draft.summary,
            "category": draft.category,
            "date": when.text if when else None,
            "display_date": display(when.text if when else None),
            "earliest": when.earliest if when else None,
            "latest": when.latest if when else None,
            "date_precision": when.precision if when else "undated",
            "place": first.name if first else None,
            "country": first.country if first else None,
            "countries": _countries(draft.places),
            "precision": first.precision if first else None,
            "places": [_place(place) for place in draft.places],
            "figures": {figure.name: number(figure) for figure in draft.figures},
            "tags": list(draft.tags),
            "sources": [
                {"title": s.title, "publisher": s.publisher, "url": s.url, "date": s.date}
                for s in draft.sources
            ],
            "data": dict(draft.data),
            "note": draft.note,
            **_corrections(draft.corrections),
        },
    }


def _corrections(corrections: tuple[Correction, ...]) -> dict[str, Any]:
    """Return the member `corrections`; most events have none, and omit the member to be shorter."""
    if not corrections:
        return {}
    return {"corrections": [{"at": correction.at, "note": correction.note} for correction in corrections]}


def corrections(encoded: bytes) -> tuple[Correction, ...]:
    """Return the corrections in a Feature."""
    if b'"corrections":' not in encoded:
        return ()
    members = msgspec.json.decode(encoded)["properties"].get("corrections", ())
    return tuple(Correction(**member) for member in members)


def corrected(encoded: bytes, corrections: tuple[Correction, ...]) -> bytes:
    """Return a Feature with other corrections, and otherwise the same bytes."""
    members = msgspec.json.decode(encoded)
    properties = {name: value for name, value in members["properties"].items() if name != "corrections"}
    stamps = {name: properties.pop(name) for name in ("status", "verification", "created", "updated")}
    members["properties"] = properties | _corrections(corrections) | stamps
    return _encode(members)


def restamped(encoded: bytes, old: Stamped, new: Stamped) -> bytes:
    """Return a Feature that `encode` wrote with the last properties `old`, with `new` instead.

    They are at the very end of the bytes, so the Feature need not be decoded.
    """
    end = _end(old)
    if not encoded.endswith(end):
        raise ValueError(f"the Feature does not end with {end!r}")
    return encoded[: -len(end)] + _end(new)


def split_at_time(encoded: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a Feature in three parts: the bytes before the member `time`, its value, and the bytes after it.

    No text of the Feature can contain these names, since JSON escapes the quotes inside a text.
    """
    before, _, after_name = encoded.partition(b',"time":')
    value, comma, properties = after_name.partition(b',"properties":')
    return before, value, comma + properties


@lru_cache(maxsize=1_000)
def _end(stamped: Stamped) -> bytes:
    stamps = {
        "status": stamped.status,
        "verification": stamped.verification,
        "created": iso_time(stamped.created),
        "updated": iso_time(stamped.updated),
    }
    return b",%b}" % _encode(stamps)[1:]


def decode(encoded: bytes) -> Draft:
    """Return the draft of a Feature that `encode` wrote; encoding it gives the same bytes."""
    members = msgspec.json.decode(encoded)
    properties = members["properties"]
    return Draft(
        id=members["id"],
        title=properties["title"],
        summary=properties["summary"],
        category=properties["category"],
        when=When.parse(properties["date"]) if properties["date"] else None,
        places=msgspec.convert(properties["places"], tuple[Place, ...]),
        figures=tuple(Figure.named(name, value) for name, value in properties["figures"].items()),
        tags=tuple(properties["tags"]),
        sources=tuple(Source(**source) for source in properties["sources"]),
        data=properties["data"],
        note=properties["note"],
        status=properties["status"],
        verification=properties["verification"],
        corrections=tuple(Correction(**member) for member in properties.get("corrections", ())),
    )


def number(figure: Figure) -> float | int:
    """Return the value of a figure, as an int if it is a whole number."""
    return int(figure.value) if float(figure.value).is_integer() else figure.value


def _geometry(places: tuple[Place, ...]) -> dict[str, Any] | None:
    if not places:
        return None
    points = [[round(place.lon, 5), round(place.lat, 5)] for place in places]
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


def _countries(places: tuple[Place, ...]) -> list[str]:
    return list(dict.fromkeys(code for place in places for code in place.codes))


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "country": place.country,
        **({"countries": list(place.countries)} if place.countries else {}),
        "admin1": place.admin1,
        "precision": place.precision.value,
        "lon": round(place.lon, 5),
        "lat": round(place.lat, 5),
        "radius_km": place.radius_km,
        "confidence": place.confidence,
        "geocoder": place.geocoder,
        "gazetteer_id": place.gazetteer_id,
        **({"text": place.text} if place.text else {}),
    }


def _time(when: When | None) -> Mapping[str, Any] | None:
    """Return JSON-FG's `time` (OGC 21-045): a day, an instant, or an interval; `..` is an open or unknown end."""
    if when is None:
        return None
    if when.precision == "day":
        return {"date": when.earliest}
    if when.precision == "second":
        return {"timestamp": when.earliest}
    start = ".." if when.start_min == ALWAYS else when.earliest
    end = ".." if when.end_max == FOREVER else when.latest
    return {"interval": [start, end]}
