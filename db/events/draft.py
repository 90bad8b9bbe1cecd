"""A draft: what a reader found about one event, on its way into the store."""

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
"""Why a person should look at a place: nothing was found; the confidence is low; another place is as likely;
it lies outside the import's bounding box; provider and gazetteer name different countries."""


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it was written: text, coordinates in degrees, or both; `country` is a hint (name or code).

    `radius_km` says how far a shape reaches around its point, 0 for a point.
    """

    text: str = ""
    country: str | None = None
    lon: float | None = None
    lat: float | None = None
    radius_km: float = 0.0


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was looked up: in which country's context (ISO code), and with what result.

    `place` counts the draft's places from 0, and is None when nothing was found.
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
        """Tell the kind from the name.

        `…_per_year`, `…_percent` and `…_rate` are rates; a last word that is a unit (`seized_eur`,
        `cocaine_kg`) makes an amount; everything else is a count. Counts and amounts may be summed.
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
    """Where a fact was published: `url` is http or https; `date` is EDTF."""

    title: str
    publisher: str | None = None
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What readers were told of a change: the words, and when, as RFC 3339 in UTC."""

    at: str
    note: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was read: `where` still to be located, `places` once they are, from `texts`.

    `category` is a slug; `when` is None for an undated event; `data` holds what has no field here. `embargo` is in
    seconds of UTC, 0 for none; None leaves it as it is. `corrections` join those that the event has.

    An import makes and changes one for each row: a msgspec.Struct takes a tenth of a dataclass's time for that.
    """

    title: str
    category: str
    id: str | None = None
    summary: str = ""
    when: When | None = None
    where: tuple[Where, ...] = ()
    places: tuple[Place, ...] = ()
    texts: tuple[Written, ...] = ()
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
    """Who writes, why (for colleagues), and the public note of a correction."""

    name: str
    why: str | None = None
    note: str | None = None


COMMAND_LINE = Author("command line")
