"""The results of queries: Page and Summary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class CategoryStyle(NamedTuple):
    """How a category appears: its slug, labels by language, colour as #rrggbb, and marker shape."""

    slug: str
    labels: dict[str, str]
    color: str
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The data version of a result, and when that version was written (`moment`, in seconds of UTC)."""

    version: int
    moment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the matching events as GeoJSON Features, the exact count of all, and the cursor of the next page."""

    features: list[bytes]
    matched: int
    next: str | None
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar of a histogram: first and last day (ISO, inclusive); `start` is None for "and before".

    `certain` counts the events that begin in the bar, whatever their true date is; `spread` adds, of each other event,
    the share of its possible days that is in the bar. `categories` splits the count by category. `last` is the last day
    as days since 1970, None for an open end. `sum` is the total of the requested figure, and `sums` splits it by
    category.
    """

    start: str | None
    end: str | None
    count: int
    certain: int = 0
    spread: float = 0.0
    last: int | None = None
    sum: float | None = None
    categories: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts for a filter, all of one snapshot: those of the histogram and `undated` add up to `matched`."""

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
