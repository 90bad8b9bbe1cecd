"""A draft made ready: all of it that can be computed before the database is asked, as rows without their numbers."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple, get_args

import msgspec

from db.engines.base import PinRow
from db.engines.text_rows import text_row
from db.errors import BadEvent, UnknownCategory
from db.events.draft import Correction, Draft, Status, Verification, Written
from db.events.feature import Meta, Stamped, encode

_MOST_ID = 500
_MOST = 1_000  # of places, figures, tags or sources: pages show them all
_STATUS, _VERIFICATION = get_args(Status), get_args(Verification)

# The columns of `Ready.event`, which the row's number goes before and its three stamps behind.
EVENT = (
    "id", "title", "category", "date", "start_min", "start_max", "end_min", "end_max", "doubtful", "date_precision",
    "placed", "verification",
)  # fmt: skip


class Pin(NamedTuple):
    """A place as its rows want it: name, lon, lat and rank, its bounds in time, its countries."""

    row: tuple[str, float, float, int]
    bounds: tuple[int | None, int | None]
    countries: tuple[str, ...]

    def indexed(self, pk: int) -> PinRow:
        """Return its row of the spatial index."""
        return PinRow(pk, self.row[1], self.row[2], self.bounds)


class Ready(NamedTuple):
    """An event as rows: plain values alone, so that another process may make them.

    `feature` is encoded as created and updated at `now`, in seconds of UTC.
    """

    id: str
    category: str
    status: Status
    verification: Verification
    now: int
    feature: bytes
    event: tuple[str | int | bool | None, ...]
    words: tuple[str, ...]
    pins: tuple[Pin, ...]
    tags: tuple[str, ...]
    figures: tuple[tuple[str, str, float, str | None], ...]
    texts: tuple[Written, ...]
    corrections: tuple[Correction, ...] = ()
    embargo: int | None = None

    @property
    def stamped(self) -> Stamped:
        """Tell how the Feature ends."""
        return Stamped(self.status, self.verification, self.now, self.now)


pack = msgspec.msgpack.Encoder().encode
"""Pack events (`list[Ready]`) for another process, in a third of the time that pickling takes."""
unpack = msgspec.msgpack.Decoder(list[Ready]).decode
"""Unpack what `pack` made."""


def ready(draft: Draft, now: int) -> Ready:
    """Make a checked draft ready; `now` is the moment of the write, in seconds of UTC."""
    when, places = draft.when, draft.places
    bounds = (when.start_min, when.end_max) if when else (None, None)
    dated = (
        (when.text, when.start_min, when.start_max, when.end_min, when.end_max, when.doubtful, when.precision)
        if when
        else (None, None, None, None, None, False, "undated")
    )
    return Ready(
        draft.id or "", draft.category, draft.status, draft.verification, now,
        encode(draft, Meta(now, now)),
        (draft.id, draft.title, draft.category, *dated, bool(places), draft.verification),
        text_row([draft.title], [draft.summary], [place.name for place in places], draft.tags),
        tuple(
            Pin(
                (place.name, round(place.lon, 5), round(place.lat, 5), place.precision.rank),
                bounds,
                tuple(dict.fromkeys(place.codes)),
            )
            for place in places
        ),
        tuple(dict.fromkeys(draft.tags)),
        tuple((f.name, f.kind, f.value, f.unit) for f in draft.figures),
        draft.texts, draft.corrections, draft.embargo,
    )  # fmt: skip


def checked(draft: Draft, categories: Collection[str]) -> Draft:
    """Return the draft with a category of the vocabulary and words that fit; raise BadEvent otherwise."""
    try:
        _check(draft, categories)
    except BadEvent as error:
        error.id = draft.id
        raise
    return draft


def _check(draft: Draft, categories: Collection[str]) -> None:
    if not draft.id:
        raise BadEvent("id", "every event needs an id")
    if len(draft.id) > _MOST_ID or not (draft.id.isprintable() or _printable(draft.id)):
        raise BadEvent("id", f"at most {_MOST_ID} characters, none of them a control character")
    if draft.id in (".", ".."):
        raise BadEvent("id", f"{draft.id!r} cannot stand in an address")
    if not draft.title.strip():
        raise BadEvent("title", "every event needs a title")
    if draft.category not in categories:
        near = get_close_matches(draft.category, categories, n=1)
        raise UnknownCategory(draft.category, near[0] if near else None)
    for name, value, allowed in (
        ("status", draft.status, _STATUS),
        ("verification", draft.verification, _VERIFICATION),
    ):
        if value not in allowed:
            raise BadEvent(name, f"{value!r} is not one of {', '.join(allowed)}")
    for name in ("places", "figures", "tags", "sources"):
        if len(getattr(draft, name)) > _MOST:
            raise BadEvent(
                name, f"{len(getattr(draft, name)):,} are too many; an event has at most {_MOST:,}"
            )
    for source in draft.sources:
        if source.url and not source.url.lower().startswith(("http://", "https://")):
            raise BadEvent("source_url", f"{source.url!r} must begin with http:// or https://")


def _printable(text: str) -> bool:
    return not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)
