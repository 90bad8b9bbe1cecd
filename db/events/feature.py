"""An event as a GeoJSON Feature (RFC 7946) with a JSON-FG `time`: built once, on writing, and stored as bytes."""

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
    """When an event was made and last changed, in seconds of UTC, and which revision it is."""

    created: int
    updated: int
    revision: int = 1


class Stamped(NamedTuple):
    """What stands at the end of a Feature: status, verification, and the two moments in seconds of UTC."""

    status: str
    verification: str
    created: int
    updated: int


_encode = msgspec.json.Encoder().encode


def encode(draft: Draft, meta: Meta) -> bytes:
    """Build the Feature of an event and write it as JSON."""
    end = _end(Stamped(draft.status, draft.verification, meta.created, meta.updated))
    # Its two last brackets stand in `end`.
    return _encode(_unstamped(draft))[:-2] + end


def _unstamped(draft: Draft) -> dict[str, Any]:
    """Build the Feature but for its stamps: coordinates are lon, lat in degrees (CRS84), in the order of `places`."""
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
    """Write corrections where there are any; most events have none, and are the shorter for it."""
    return {"corrections": [{"at": one.at, "note": one.note} for one in corrections]} if corrections else {}


def corrections(encoded: bytes) -> tuple[Correction, ...]:
    """Read the corrections of a Feature."""
    if b'"corrections":' not in encoded:
        return ()
    said = msgspec.json.decode(encoded)["properties"].get("corrections", ())
    return tuple(Correction(**one) for one in said)


def corrected(encoded: bytes, told: tuple[Correction, ...]) -> bytes:
    """Write other corrections into a Feature; the rest of its bytes stay."""
    said = msgspec.json.decode(encoded)
    properties = {name: value for name, value in said["properties"].items() if name != "corrections"}
    stamps = {name: properties.pop(name) for name in ("status", "verification", "created", "updated")}
    said["properties"] = properties | _corrections(told) | stamps
    return _encode(said)


def restamped(encoded: bytes, was: Stamped, now: Stamped) -> bytes:
    """Write another status and other moments into a Feature that `encode` wrote with those of `was`.

    They stand at its very end, so that nothing of it needs to be read and written again.
    """
    end = _end(was)
    if not encoded.endswith(end):
        raise ValueError(f"the Feature does not end with {end!r}")
    return encoded[: -len(end)] + _end(now)


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
    """Read a Feature that `encode` wrote back into the draft of which it would make the same bytes."""
    said = msgspec.json.decode(encoded)
    got = said["properties"]
    return Draft(
        id=said["id"],
        title=got["title"],
        summary=got["summary"],
        category=got["category"],
        when=When.parse(got["date"]) if got["date"] else None,
        places=msgspec.convert(got["places"], tuple[Place, ...]),
        figures=tuple(Figure.named(name, value) for name, value in got["figures"].items()),
        tags=tuple(got["tags"]),
        sources=tuple(Source(**source) for source in got["sources"]),
        data=got["data"],
        note=got["note"],
        status=got["status"],
        verification=got["verification"],
        corrections=tuple(Correction(**each) for each in got.get("corrections", ())),
    )


def number(figure: Figure) -> float | int:
    """Give a whole number as one."""
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
    }


def _time(when: When | None) -> Mapping[str, Any] | None:
    """Write JSON-FG's `time` (OGC 21-045): a day, an instant, or an interval with `..` for open or unknown."""
    if when is None:
        return None
    if when.precision == "day":
        return {"date": when.earliest}
    if when.precision == "second":
        return {"timestamp": when.earliest}
    start = ".." if when.start_min == ALWAYS else when.earliest
    end = ".." if when.end_max == FOREVER else when.latest
    return {"interval": [start, end]}
