"""The tables of events. The migrations create them; a test compares the two.

Those of editors' keys, requests and imports are in db.events.editor_tables.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from db.events import editor_tables  # noqa: F401  # the metadata must have all tables
from db.events.column_types import BY_KEY, JSON_TEXT

PUBLISHED = text("status = 'published'")
UNDATED_LAST = text("coalesce(start_min, 9223372036854775807)")


class Category(SQLModel, table=True):
    """A category: its slug, labels by language, colour (`#rrggbb`) and marker shape."""

    slug: str = Field(primary_key=True)
    labels: dict[str, str] = Field(sa_column=Column(JSON_TEXT, nullable=False))
    color: str
    shape: str
    position: int = 0


class Event(SQLModel, table=True):
    """An event: the values by which events are searched, sorted and counted. The others are only in its Feature.

    The four bounds are seconds of UTC since 1970 (see db.dates.edtf), all null for an undated event. `pk` is the row
    number, `id` the public identifier.
    """

    __table_args__ = (
        CheckConstraint("status IN ('draft', 'review', 'published', 'retracted')", name="event_status"),
        CheckConstraint("verification IN ('reported', 'confirmed', 'disputed')", name="event_verification"),
        CheckConstraint("start_min <= start_max AND end_min <= end_max", name="event_bounds"),
        Index("ix_event_newest", text("start_min DESC"), "id", sqlite_where=PUBLISHED),
        Index("ix_event_oldest", UNDATED_LAST, "id", sqlite_where=PUBLISHED),
        Index("ix_event_updated", text("updated DESC"), "id", sqlite_where=PUBLISHED),
        Index("ix_event_category", "category", text("start_min DESC"), sqlite_where=PUBLISHED),
        Index("ix_event_unplaced", text("start_min DESC"), sqlite_where=text("NOT placed")),
        Index("ix_event_waiting", "status", "updated", sqlite_where=text("status IN ('draft', 'review')")),
    )

    pk: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    title: str
    category: str = Field(foreign_key="category.slug")
    date: str | None = None
    start_min: int | None = None
    start_max: int | None = None
    end_min: int | None = None
    end_max: int | None = None
    doubtful: bool = False
    date_precision: str = "undated"
    placed: bool = False
    status: str = "draft"
    verification: str = "reported"
    created: int
    updated: int
    revision: int = 1


class Encoded(SQLModel, table=True):
    """The GeoJSON Feature of an event as served; in a table of its own, so that the rows of `event` stay small."""

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    feature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Embargo(SQLModel, table=True):
    """The time (seconds of UTC) until which readers do not see an event; `published` if they see it from then on."""

    __table_args__ = (Index("ix_embargo_until", "until", "event"),)

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    until: int
    published: bool


class EventPlace(SQLModel, table=True):
    """A pin: one place of one event. `rank` is that of its precision, 0 (`point`) to 5 (`country`)."""

    __tablename__ = "place"

    pk: int | None = Field(default=None, primary_key=True)
    event: int = Field(foreign_key="event.pk", ondelete="CASCADE", index=True)
    name: str
    lon: float
    lat: float
    rank: int


class PlaceCountry(SQLModel, table=True):
    """The countries of a pin: one, or all countries of a region."""

    __tablename__ = "place_country"
    __table_args__ = BY_KEY

    country: str = Field(primary_key=True)
    place: int = Field(primary_key=True, foreign_key="place.pk", ondelete="CASCADE", index=True)


class EventPlaceText(SQLModel, table=True):
    """The text of a place as written; `place` is the position of the pin that it was located as, if any.

    `country` (ISO alpha-2) is the context of the search; `doubt` is the reason why an editor should check the place.
    """

    __tablename__ = "place_text"
    __table_args__ = (
        Index("ix_place_text_doubt", "event", "position", sqlite_where=text("doubt IS NOT NULL")),
    )

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    text: str
    country: str | None = None
    place: int | None = None
    doubt: str | None = None


class PlaceChoice(SQLModel, table=True):
    """The place that an editor chose for a folded text in the context of a country ('' for none), null for no place.

    One row applies to the event with that id, and one with the event '' to every other. The choice for an event
    stays when the event is deleted and imported again. `chosen` is in seconds of UTC.
    """

    __tablename__ = "place_choice"

    event: str = Field(primary_key=True)
    text: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON_TEXT))
    chosen: int


class PlaceAnswer(SQLModel, table=True):
    """The answer of a network geocoder to a text: a place, or null for no match; `answered` is in seconds of UTC."""

    __tablename__ = "place_answer"

    provider: str = Field(primary_key=True)
    text: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON_TEXT))
    answered: int


class EventFigure(SQLModel, table=True):
    """A number that an event reports: a count, an amount with a unit, or a rate (never summed)."""

    __tablename__ = "figure"
    __table_args__ = BY_KEY

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    kind: str
    value: float
    unit: str | None = None


class Tag(SQLModel, table=True):
    """A tag of an event."""

    __table_args__ = BY_KEY

    tag: str = Field(primary_key=True)
    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE", index=True)


class History(SQLModel, table=True):
    """A change of an event of any status, by `who`, with the old and new values of the fields.

    `event` is the event's id, so that the history stays when the event is deleted. `why` is for editors, `note` is the
    public correction.
    """

    __table_args__ = BY_KEY

    event: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    at: int
    who: str
    action: str
    why: str | None = None
    note: str | None = None
    fields: list[Any] = Field(sa_column=Column(JSON_TEXT, nullable=False))


class EditedFields(SQLModel, table=True):
    """The fields of an event that editors changed since an import wrote them, each with a mark of the imported value.

    An import keeps these fields. See db.writing.editor_changes for the marks.
    """

    __tablename__ = "edited"

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    fields: dict[str, str] = Field(sa_column=Column(JSON_TEXT, nullable=False))


class PublicChange(SQLModel, table=True):
    """An entry of the public feed: readers saw an event appear, change or disappear (`kind`).

    `pk` is the row number that the event had; null in entries that were written before it existed.
    """

    __tablename__ = "change"

    seq: int | None = Field(default=None, primary_key=True)
    pk: int | None = None
    event: str
    kind: str
    at: int


class Tombstone(SQLModel, table=True):
    """The id of a removed event (`kind`: deleted, retracted, purged); `public` if readers had seen it."""

    __table_args__ = BY_KEY

    event: str = Field(primary_key=True)
    kind: str
    at: int
    public: bool
    revision: int
    note: str | None = None


class DataVersion(SQLModel, table=True):
    """One row: the number of commits that changed public data, and the time of the last, in seconds of UTC.

    A restore changes `epoch`, so that tokens of the feed from before it are no longer valid.
    """

    __tablename__ = "data_version"

    single_row: int = Field(default=1, primary_key=True)
    version: int = 0
    moment: int = 0
    epoch: str = Field(default="", sa_column_kwargs={"server_default": ""})
