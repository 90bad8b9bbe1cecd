"""GeoJSON (RFC 7946): stored Features joined into a FeatureCollection, and decoded only if they must change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from db.dates.calendar import iso_time
from timeline.writers.translate import reshape
from timeline.writers.writer import About, Link, Shaping, Writer

_BATCH_FEATURES = 200


def write(features: Iterable[bytes], about: About) -> Iterator[bytes]:
    """Yield a FeatureCollection.

    A page has the members `numberMatched`, `numberReturned`, `timeStamp` and `links`; a complete export puts one
    Feature on each line instead.
    """
    yield from collection(shaped(features, about.shaping), about, {})


def shaped(features: Iterable[bytes], shaping: Shaping) -> Iterable[bytes]:
    """Return the Features with the geometries, properties and language of a request."""
    return features if shaping.plain else (reshape(feature, shaping) for feature in features)


def collection(features: Iterable[bytes], about: About, members: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a FeatureCollection of finished Features, with further members before its `features`."""
    if about.matched is None:
        yield from _lines(features, members)
    else:
        yield _page(list(features), about, members)


def _page(features: list[bytes], about: About, members: Mapping[str, Any]) -> bytes:
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        **members,
        "numberMatched": about.matched,
        "numberReturned": len(features),
        "timeStamp": iso_time(about.stamp.moment) if about.stamp else None,
        "links": list(about.links),
    }
    return b"".join((msgspec.json.encode(head)[:-1], b',"features":[', b",".join(features), b"]}"))


def _lines(features: Iterable[bytes], members: Mapping[str, Any]) -> Iterator[bytes]:
    remaining = iter(features)
    yield msgspec.json.encode({"type": "FeatureCollection", **members})[:-1] + b',"features":['
    before = b"\n"
    while batch := list(islice(remaining, _BATCH_FEATURES)):
        yield before + b",\n".join(batch)
        before = b",\n"
    yield b"\n]}\n"


def item(feature: bytes, shaping: Shaping, links: Sequence[Link]) -> bytes:
    """Return one Feature as JSON, with its links."""
    shaped = feature if shaping.plain else reshape(feature, shaping)
    return b"".join((shaped[:-1], b',"links":', msgspec.json.encode(list(links)), b"}"))


WRITER = Writer(
    name="geojson",
    suffix="geojson",
    media_types=("application/geo+json", "application/json"),
    streams=False,
    title="A page of events",
    write=write,
    schema="EventCollection",
)
