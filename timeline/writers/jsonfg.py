"""JSON-FG (OGC 21-045r1, Features and Geometries JSON 1.0): GeoJSON that declares time, type, schema and CRS."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from db.events.feature import split_at_time
from timeline.writers import geojson
from timeline.writers.writer import About, Link, Shaping, Writer

MEDIA_TYPE = "application/vnd.ogc.fg+json"
CONFORMS = (
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
)
_FEATURE_TYPE = "event"
_CRS84 = "http://www.opengis.net/def/crs/OGC/0/CRS84"
_SCHEMA_PATH = "/collections/events/schema"
_OPEN = ".."
_FOUR_DIGIT_YEAR = re.compile(r"\d{4}-")


def write(features: Iterable[bytes], about: About) -> Iterator[bytes]:
    """Yield a FeatureCollection whose metadata applies to each of its Features."""
    complete = (_complete(feature) for feature in geojson.shaped(features, about.shaping))
    yield from geojson.collection(complete, about, _metadata(about.base))


def item(feature: bytes, shaping: Shaping, links: Sequence[Link], base: str) -> bytes:
    """Return one Feature with its metadata and links; `base` is the absolute address of the site."""
    head = msgspec.json.encode(_metadata(base))
    return head[:-1] + b"," + _complete(geojson.item(feature, shaping, links))[1:]


def _metadata(base: str) -> dict[str, Any]:
    schema = {"featureSchema": f"{base}{_SCHEMA_PATH}"} if base else {}
    return {
        "conformsTo": list(CONFORMS),
        "featureType": _FEATURE_TYPE,
        **schema,
        "coordRefSys": _CRS84,
    }


def _complete(feature: bytes) -> bytes:
    """Return a Feature with a valid `time`, and with `place`: null, since `geometry` is already in CRS84."""
    before, time, after = split_at_time(feature)
    return b"".join((before, b',"time":', _valid_time(time), b',"place":null', after))


def _valid_time(time: bytes) -> bytes:
    """Return a `time` in which every year has four digits, as RFC 3339 requires.

    An interval is open on the side of another year; a day, an instant or an interval that would be open on both sides
    becomes null. `properties` holds the date itself.
    """
    if b'"+' not in time and b'"-' not in time:
        return time
    sides = msgspec.json.decode(time).get("interval", ())
    valid = [side if _FOUR_DIGIT_YEAR.match(side) else _OPEN for side in sides]
    return msgspec.json.encode({"interval": valid} if set(valid) - {_OPEN} else None)


WRITER = Writer(
    name="jsonfg",
    suffix="jsonfg",
    media_types=(MEDIA_TYPE,),
    streams=False,
    title="A page of events as JSON-FG",
    write=write,
    schema="EventCollection",
)
