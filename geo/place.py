"""The values of space: a place, its precision, and candidates for a place text."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MIN_CONFIDENCE = 0.05  # below it, a candidate is no better than a guess


class Precision(StrEnum):
    """How precisely a place is located, finest first."""

    POINT = "point"
    NEIGHBOURHOOD = "neighbourhood"
    CITY = "city"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    COUNTRY = "country"

    @property
    def rank(self) -> int:
        """Return 0 (`point`) to 5 (`country`)."""
        return _RANK[self]


_RANK = {precision: rank for rank, precision in enumerate(Precision)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named location, with its uncertainty.

    `lon` and `lat` are degrees (CRS84) with at most five decimals; the true location is within `radius_km` of that
    point. `country` is an ISO 3166-1 alpha-2 code, or None at sea and for a region of several countries (then
    `countries` lists them, and `precision` is `country`). `gazetteer_id` is `geonames:3175395`, `iso:IT` or similar.
    `confidence` is between 0 and 1: of the places with 0.9, nine in ten are right. `text` is what was written but not
    found, if the place is only the area that contains it.
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
    text: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the ISO codes of the place's country, or of all countries of a region."""
        return (self.country,) if self.country else self.countries


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that a text may mean, with the reasons as sentences; lists of candidates begin with the best."""

    place: Place
    reasons: tuple[str, ...] = ()


FindCandidates = Callable[[str, str | None], list[Candidate]]
"""A geocoder: place text, and the country (name or ISO code) where it probably is → candidates, best first."""

FindPlace = Callable[[str, str | None], Place | None]
"""A geocoder that returns its best place only, or None."""
