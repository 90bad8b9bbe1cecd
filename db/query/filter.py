"""A query: which events (Filter) in which order (Sort)."""

from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, NamedTuple

from db.dates.interval import Interval
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
    """Which events a query selects: those that satisfy every field that is set (AND).

    `box`, `near`, `within` (canonical WKT, see db.query.shapes), `countries` (ISO alpha-2), `precisions` (any of them)
    and `min_precision` (this or a finer one) select pins, and an event matches when one of its pins satisfies all of
    them. `expression` (canonical CQL2-JSON, see db.query.cql_parser) selects events. Without `statuses` the filter
    selects the events that readers may see: published and under no embargo. With `statuses`, for editors, it selects
    every event of these statuses.
    """

    box: Box | None = None
    unplaced: Presence = "include"
    interval: Interval | None = None
    certain: bool = False
    undated: Presence = "include"
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    verifications: tuple[str, ...] = ()
    text: str | None = None
    near: Near | None = None
    precisions: tuple[Precision, ...] = ()
    min_precision: Precision | None = None
    within: str | None = None
    expression: str | None = None
    ids: tuple[str, ...] | None = None
    statuses: tuple[str, ...] = ()

    @property
    def by_pin(self) -> bool:
        """Return whether the filter has a condition on pins, other than a box, that no unplaced event satisfies."""
        return bool(self.countries or self.near or self.precisions or self.min_precision or self.within)

    def digest(self) -> str:
        """Return a hash of the filter, sixteen characters; the order of lists does not change it.

        Only conditions that are set count, so that cursors stay valid when a version adds a field.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        parts = [
            f"{name}={sorted(value) if type(value) is tuple else value!r}"
            for name, value in values.items()
            if value != getattr(_EVERYTHING, name)
        ]
        return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


_EVERYTHING = Filter()


class Sort(StrEnum):
    """The orders of a list; ties are sorted by id. By date, undated events come last in both directions."""

    NEWEST = "-date"
    OLDEST = "date"
    TITLE = "title"
    UPDATED = "-updated"
