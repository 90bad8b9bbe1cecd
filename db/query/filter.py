"""What is asked, and what was found: Filter, Sort, Page and Summary."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from db.dates.interval import Interval
from db.errors import BadFilter
from geo.box import Box
from geo.place import Precision

Presence = Literal["include", "exclude", "only"]


class Near(NamedTuple):
    """A circle on the sphere: longitude and latitude in degrees, radius in kilometres."""

    lon: float
    lat: float
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events are asked for; every field that is set must hold (AND).

    `box`, `near`, `within` (canonical WKT, see db.query.shapes), `countries` (ISO alpha-2) and `precision` select
    pins, and an event matches when one and the same pin satisfies all of them. `expression` (canonical
    CQL2-JSON, see db.query.cql_parser) selects events. Without `statuses` it selects what readers may see: what is
    published and under no embargo; with them, for editors, any event of these.
    """

    box: Box | None = None
    unplaced: Presence = "include"
    interval: Interval | None = None
    certain: bool = False
    undated: Presence = "include"
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    text: str | None = None
    near: Near | None = None
    precision: Precision | None = None
    within: str | None = None
    expression: str | None = None
    ids: tuple[str, ...] | None = None
    statuses: tuple[str, ...] = ()

    @property
    def by_pin(self) -> bool:
        """Tell whether it selects pins by more than a box, which no unplaced event can satisfy."""
        return bool(self.countries or self.near or self.precision or self.within)

    def digest(self) -> str:
        """Sum up the filter in sixteen characters; the order of lists does not matter."""
        values = (getattr(self, one.name) for one in fields(self))
        parts = (repr(sorted(value) if type(value) is tuple else value) for value in values)
        return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


class Sort(StrEnum):
    """The orders of a list; ties go by id. Undated events come last by date, in both directions."""

    NEWEST = "-date"
    OLDEST = "date"
    TITLE = "title"
    UPDATED = "-updated"


_FORGED = "it is not a cursor of this server; follow the link 'next' of a page"
_CURSOR = tuple[str, str, int | str | None, str]


class Cursor(NamedTuple):
    """Where the next page begins: after this key and id, in one order of one filter."""

    key: int | str | None
    id: str

    def encode(self, filter_: Filter, sort: Sort) -> str:
        """Write it as opaque text that fits this filter and order alone."""
        raw = msgspec.json.encode([filter_.digest(), sort.value, self.key, self.id])
        return urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, filter_: Filter, sort: Sort) -> "Cursor":
        """Read it back; raise BadFilter when it is forged, or belongs to another filter or order."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            digest, order, key, id_ = msgspec.json.decode(raw, type=_CURSOR)
        except (ValueError, msgspec.MsgspecError):
            raise BadFilter("cursor", _FORGED) from None
        if digest != filter_.digest() or order != sort.value:
            raise BadFilter("cursor", "it belongs to another filter or order; begin again without it")
        fits = isinstance(key, str) if sort is Sort.TITLE else not isinstance(key, str)
        if not fits or (isinstance(key, int) and not -(2**63) <= key < 2**63):
            raise BadFilter("cursor", _FORGED)
        return cls(key, id_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The data version that an answer shows, and the moment of it in seconds of UTC."""

    version: int
    moment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the matching events: GeoJSON Features as bytes, the exact count of all, and where to go on."""

    features: list[bytes]
    matched: int
    next: str | None
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar of a histogram: first and last day (inclusive, ISO), start None for 'and before'.

    `categories` parts the count. `last` is the last day as days since 1970 (None: without end), `sum` that of the
    figure that was asked for, and `sums` its parts by category.
    """

    start: str | None
    end: str | None
    count: int
    last: int | None = None
    sum: float | None = None
    categories: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts for a filter, which agree with each other: the histogram and `undated` add up to `matched`."""

    matched: int
    undated: int
    unplaced: int
    pins: int
    interval: str
    histogram: list[Bucket]
    categories: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    bbox: tuple[float, float, float, float] | None = None
    earliest: str | None = None
    latest: str | None = None
    stamp: Stamp
