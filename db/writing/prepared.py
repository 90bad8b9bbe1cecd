"""A draft prepared for writing: its rows without their primary keys, computed without access to the database."""

from typing import NamedTuple

import msgspec

from db.engines.index_rows import PinRow
from db.engines.text_rows import text_row
from db.errors import BadEvent
from db.events.draft import Correction, Draft, LookedUpText, Status, Verification
from db.events.feature import Meta, Stamped, encode

# The columns of `PreparedEvent.event`. The writer puts the primary key before them, and status and times after them.
EVENT_COLUMNS = (
    "id", "title", "category", "date", "start_min", "start_max", "end_min", "end_max", "doubtful", "date_precision",
    "placed", "verification",
)  # fmt: skip


MAX_FEATURE_BYTES = 256 * 1024  # lists contain complete Features


class PreparedPlace(NamedTuple):
    """The rows of a place: (name, lon, lat, rank), the bounds of its event in seconds, and its country codes."""

    row: tuple[str, float, float, int]
    bounds: tuple[int | None, int | None]
    countries: tuple[str, ...]

    def index_row(self, pk: int) -> PinRow:
        """Return its row of the spatial index."""
        return PinRow(pk, self.row[1], self.row[2], self.bounds)


class RowOrigin(NamedTuple):
    """The row of a file that an event comes from: its position, and the fields that the row has a cell for.

    `data` stands for every member of `data`, `data.age` for one of them. `is_native` is true for a row in our format.
    """

    at: str
    fields: tuple[str, ...]
    is_native: bool = False

    def has(self, field: str) -> bool:
        """Return whether the row has a cell for a field such as `title` or `data.age`."""
        return field in self.fields or field.partition(".")[0] in self.fields


class PreparedEvent(NamedTuple):
    """The rows of an event, in plain values that another process can send.

    `feature` is encoded with `now` (seconds of UTC) as the time of creation and of the last change. Only an event that
    an editor has changed has an `origin`.
    """

    id: str
    category: str
    status: Status
    verification: Verification
    now: int
    feature: bytes
    event: tuple[str | int | bool | None, ...]
    search_texts: tuple[str, ...]
    places: tuple[PreparedPlace, ...]
    tags: tuple[str, ...]
    figures: tuple[tuple[str, str, float, str | None], ...]
    texts: tuple[LookedUpText, ...]
    corrections: tuple[Correction, ...] = ()
    embargo: int | None = None
    origin: RowOrigin | None = None

    @property
    def stamped(self) -> Stamped:
        """Return the values at the end of the Feature."""
        return Stamped(self.status, self.verification, self.now, self.now)


class _RawFeature(msgspec.Struct):
    """The properties of a Feature, each as its JSON."""

    properties: dict[str, msgspec.Raw]


pack = msgspec.msgpack.Encoder().encode
"""Encode a `list[PreparedEvent]` for another process, in a third of the time of pickle."""
unpack = msgspec.msgpack.Decoder(list[PreparedEvent]).decode
"""Decode what `pack` encoded."""


def prepare(draft: Draft, now: int) -> PreparedEvent:
    """Return the rows of a validated draft; `now` is the time of the write, in seconds of UTC.

    Raises BadEvent, with the event's id, for a Feature of more than MAX_FEATURE_BYTES.
    """
    feature = encode(draft, Meta(now, now))
    if len(feature) > MAX_FEATURE_BYTES:
        raise _too_large(draft, feature)
    when, places = draft.when, draft.places
    bounds = (when.start_min, when.end_max) if when else (None, None)
    dated = (
        (when.text, when.start_min, when.start_max, when.end_min, when.end_max, when.doubtful, when.precision)
        if when
        else (None, None, None, None, None, False, "undated")
    )
    return PreparedEvent(
        draft.id or "", draft.category, draft.status, draft.verification, now,
        feature,
        (draft.id, draft.title, draft.category, *dated, bool(places), draft.verification),
        text_row([draft.title], [draft.summary], [place.name for place in places], draft.tags),
        tuple(
            PreparedPlace(
                # Not every engine can store -0.0, and zero has one sign in all answers.
                (place.name, round(place.lon, 5) + 0.0, round(place.lat, 5) + 0.0, place.precision.rank),
                bounds,
                tuple(dict.fromkeys(place.codes)),
            )
            for place in places
        ),
        tuple(dict.fromkeys(draft.tags)),
        tuple((figure.name, figure.kind, figure.value + 0.0, figure.unit) for figure in draft.figures),
        draft.texts, draft.corrections, draft.embargo,
    )  # fmt: skip


def _too_large(draft: Draft, feature: bytes) -> BadEvent:
    """Return the error for a Feature that is too large, which names the largest property."""
    properties = msgspec.json.decode(feature, type=_RawFeature).properties
    sizes = {name: len(bytes(value)) for name, value in properties.items()}
    largest = max(sizes, key=lambda name: sizes[name])
    error = BadEvent(
        largest,
        f"the event has {len(feature):,} bytes as GeoJSON, {sizes[largest]:,} of them here; expected at most"
        f" {MAX_FEATURE_BYTES:,} in all, so shorten it or publish it elsewhere and add the address to 'sources'",
    )
    error.id = draft.id
    return error
