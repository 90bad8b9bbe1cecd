"""A draft: one event as read from a file or a request, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from db.dates.edtf import When
from geo.place import Place

FigureKind = Literal["count", "amount", "rate"]
Status = Literal["draft", "review", "published", "retracted"]
Verification = Literal["reported", "confirmed", "disputed"]
Doubt = Literal["missing", "unsure", "ambiguous", "outside", "disagreement"]
"""Why an editor should check a place: no place was found; the confidence is low; another place is as likely; the
place is outside the bounding box of the import; the provider and the gazetteer return different countries."""


class WrittenPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as written: text, coordinates in degrees, or both; `country` is a hint (name or code).

    `radius_km` is the extent of a shape around its point, 0 for a point. `parts` are the columns of a table that make
    the text, finest first, as pairs of a field ("place", "city", "admin1", "country") and its text.
    """

    text: str = ""
    country: str | None = None
    lon: float | None = None
    lat: float | None = None
    radius_km: float = 0.0
    parts: tuple[tuple[str, str], ...] = ()


class LookedUpText(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a place that was looked up in the context of a country (ISO code), and the result.

    `place` is an index into the draft's places, None if no place was found.
    """

    text: str
    country: str | None = None
    place: int | None = None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that an event reports. Its kind follows from its name: see `Figure.named`."""

    name: str
    value: float
    kind: FigureKind = "count"
    unit: str | None = None

    @classmethod
    def named(cls, name: str, value: float) -> "Figure":
        """Return a figure whose kind follows from its name.

        `…_per_year`, `…_percent` and `…_rate` are rates. A name that ends in a unit (`seized_eur`, `cocaine_kg`) is an
        amount. Every other name is a count. Counts and amounts can be summed.
        """
        words = name.split("_")
        if "per" in words or words[-1] in RATE_WORDS:
            return cls(name=name, value=value, kind="rate")
        if words[-1] in UNITS and len(words) > 1:
            return cls(name=name, value=value, kind="amount", unit=words[-1])
        return cls(name=name, value=value)


RATE_WORDS = frozenset({"percent", "pct", "rate", "share", "ratio", "average"})
UNITS = frozenset(
    [
        "eur",
        "usd",
        "gbp",
        "cad",
        "aud",
        "brl",
        "chf",
        "jpy",
        "cny",
        "inr",
        "mxn",
        "pln",
        "sek",
        "nok",
        "dkk",
        "kg",
        "g",
        "t",
        "tonnes",
        "l",
        "litres",
        "km",
        "km2",
        "m",
        "m2",
        "ha",
        "hours",
        "days",
        "months",
        "years",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The publication of a fact: `url` is http or https, `date` is EDTF."""

    title: str
    publisher: str | None = None
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The public note about a change, and its time as RFC 3339 in UTC."""

    at: str
    note: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One event as read: `where` are its places before they are located, `places` and `texts` the result.

    `category` is a slug; `when` is None for an undated event; `data` contains the values without a field here.
    `embargo` is in seconds of UTC, 0 for none; None keeps the stored one. `corrections` are added to the stored ones.

    An import creates and changes a draft for each row: msgspec.Struct does that in a tenth of a dataclass's time.
    """

    title: str
    category: str
    id: str | None = None
    summary: str = ""
    when: When | None = None
    where: tuple[WrittenPlace, ...] = ()
    places: tuple[Place, ...] = ()
    texts: tuple[LookedUpText, ...] = ()
    figures: tuple[Figure, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    data: Mapping[str, Any] = msgspec.field(default_factory=dict)
    note: str | None = None
    status: Status = "draft"
    verification: Verification = "reported"
    corrections: tuple[Correction, ...] = ()
    embargo: int | None = None


class Author(NamedTuple):
    """The author of a write, the reason (for colleagues), and the public note of a correction."""

    name: str
    why: str | None = None
    note: str | None = None


COMMAND_LINE = Author("command line")
