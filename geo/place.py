"""The values of space: how precise a place is, a place, and a candidate for one."""

from dataclasses import dataclass
from enum import StrEnum

HONEST = 0.05  # of confidence: below it no answer is better than a guess


class Precision(StrEnum):
    """How finely a place is known, finest first."""

    POINT = "point"
    NEIGHBOURHOOD = "neighbourhood"
    CITY = "city"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    COUNTRY = "country"

    @property
    def rank(self) -> int:
        """Count from 0 (`point`) to 5 (`country`)."""
        return _RANK[self]


_RANK = {precision: rank for rank, precision in enumerate(Precision)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named location and how far to trust it.

    `lon` and `lat` are degrees (CRS84) with at most five decimals; `radius_km` is how far from that point
    the true location may lie. `country` is an ISO 3166-1 alpha-2 code, or None for a region of several
    countries (then `countries` lists them, and `precision` is `country`) and for the open sea.
    `gazetteer_id` reads `geonames:3175395`, `iso:IT` and the like. `confidence` is between 0 and 1: of the
    answers at 0.9, nine in ten are right.
    """

    name: str
    lon: float
    lat: float
    precision: Precision
    country: str | None = None
    countries: tuple[str, ...] = ()
    admin1: str | None = None
    radius_km: float = 0.0
    confidence: float = 1.0
    geocoder: str = "gazetteer"
    gazetteer_id: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Name every country that this place belongs to: its own, or all of a region's."""
        return (self.country,) if self.country else self.countries


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that a text may mean, with the reasons for it in words; best first in any list."""

    place: Place
    reasons: tuple[str, ...] = ()
