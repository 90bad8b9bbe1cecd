"""The tables, and the values made from them."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

PUBLISHED = text("status = 'published'")
UNDATED_LAST = text("coalesce(start_min, 9223372036854775807)")


class Category(SQLModel, table=True):
    """What kind of event: a slug, a label per language, a colour (`#rrggbb`) and a marker shape."""

    slug: str = Field(primary_key=True)
    labels: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    color: str
    shape: str
    position: int = 0


# Small rows in the order of their key, without a second tree of row numbers.
_BY_KEY = {"sqlite_with_rowid": False}


class Event(SQLModel, table=True):
    """Something dated that happened, or is planned, somewhere.

    The four bounds are seconds of UTC since 1970 (see db.dates.edtf), all null when undated. `pk` is the row, `id` what
    users know. Here stands what is searched, ordered and counted; the rest is in its Feature alone.
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
    """An event's GeoJSON Feature as it is served, encoded once on writing; apart, so that events stay small."""

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    feature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Embargo(SQLModel, table=True):
    """Until when (seconds of UTC) nobody without a key sees an event; `published` where it shows itself then."""

    __table_args__ = (Index("ix_embargo_until", "until", "event"),)

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    until: int
    published: bool


class Place(SQLModel, table=True):
    """A pin: one place of one event. `rank` is the precision's, 0 (`point`) to 5 (`country`)."""

    pk: int | None = Field(default=None, primary_key=True)
    event: int = Field(foreign_key="event.pk", ondelete="CASCADE", index=True)
    name: str
    lon: float
    lat: float
    rank: int


class PlaceCountry(SQLModel, table=True):
    """Which countries a pin belongs to: one, or all of a region's."""

    __tablename__ = "place_country"
    __table_args__ = _BY_KEY

    country: str = Field(primary_key=True)
    place: int = Field(primary_key=True, foreign_key="place.pk", ondelete="CASCADE", index=True)


class PlaceText(SQLModel, table=True):
    """A place as it was written, kept for review: `place` is the position of the pin that answers it, if any.

    `country` (ISO alpha-2) is the context it was asked in; `doubt` says why a person should look.
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
    """What a person chose for a folded text in a country's context ('' for none): a place, or none at all.

    One row holds for the event of that id, and one with the event '' for every other; an event that is
    deleted and imported again keeps its own. `chosen` is in seconds of UTC.
    """

    __tablename__ = "place_choice"

    event: str = Field(primary_key=True)
    text: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    chosen: int


class PlaceAnswer(SQLModel, table=True):
    """What a network geocoder answered, so that it is asked once: a place or none; `asked` is UTC seconds."""

    __tablename__ = "place_answer"

    provider: str = Field(primary_key=True)
    text: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    asked: int


class Figure(SQLModel, table=True):
    """A number that an event reports: a count, an amount with a unit, or a rate (never summed)."""

    __table_args__ = _BY_KEY

    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    kind: str
    value: float
    unit: str | None = None


class Tag(SQLModel, table=True):
    """A word that somebody put on an event."""

    __table_args__ = _BY_KEY

    tag: str = Field(primary_key=True)
    event: int = Field(primary_key=True, foreign_key="event.pk", ondelete="CASCADE", index=True)


class History(SQLModel, table=True):
    """A change of an event, of any status: what was said by `who`, with the fields' old and new values.

    It goes by the event's id, so that it outlives the event. `why` is for editors, `note` is the public correction.
    """

    __table_args__ = _BY_KEY

    event: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    at: int
    who: str
    action: str
    why: str | None = None
    note: str | None = None
    fields: list[Any] = Field(sa_column=Column(JSON, nullable=False))


class PublicChange(SQLModel, table=True):
    """What readers saw come, change or go (`kind`: created, updated, deleted), in order."""

    __tablename__ = "change"

    seq: int | None = Field(default=None, primary_key=True)
    event: str
    kind: str
    at: int


class Tombstone(SQLModel, table=True):
    """An id whose event is gone (`kind`: deleted, retracted, purged); `public` where readers had seen it."""

    __table_args__ = _BY_KEY

    event: str = Field(primary_key=True)
    kind: str
    at: int
    public: bool
    revision: int
    note: str | None = None


class ApiKey(SQLModel, table=True):
    """Who may edit: `digest` is the SHA-256 of the key, which itself is nowhere; moments are seconds of UTC."""

    __tablename__ = "api_key"

    pk: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    digest: str = Field(unique=True)
    created: int
    used: int | None = None
    revoked: int | None = None


class Answered(SQLModel, table=True):
    """What came of a request with an Idempotency-Key: ids and revisions, and the digest of what was sent."""

    __table_args__ = _BY_KEY

    who: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    digest: str
    events: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    at: int


class ImportJob(SQLModel, table=True):
    """An import in the background (`state`: running, done, failed): rows so far, rows in all, at last its report."""

    __tablename__ = "import_job"

    id: str = Field(primary_key=True)
    who: str
    role: str
    name: str
    state: str
    process: int | None = None
    rows: int = 0
    total: int | None = None
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    created: int
    finished: int | None = None


class DataVersion(SQLModel, table=True):
    """One row: how many commits the public data have seen, and the moment of the last, in seconds of UTC.

    `epoch` names the database's past: after a restore it is another one, and old tokens of the feed mean nothing.
    """

    __tablename__ = "data_version"

    one: int = Field(default=1, primary_key=True)
    version: int = 0
    moment: int = 0
    epoch: str = Field(default="", sa_column_kwargs={"server_default": ""})
