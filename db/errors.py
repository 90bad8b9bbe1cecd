"""What can go wrong with time, filters and storage. Nothing here knows HTTP."""


class DbError(Exception):
    """Something about a date, a filter or the database cannot be used; the message says what and why."""


class BadDate(DbError, ValueError):
    """A text that is not an EDTF date (ISO 8601-2, Library of Congress levels 0 to 2)."""


class BadInterval(DbError, ValueError):
    """A `datetime` that is neither an instant nor an interval, or starts after its end."""


class BadFilter(DbError, ValueError):
    """A filter value that means nothing, such as a cursor of another filter; `name` is the parameter's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class BadEvent(DbError, ValueError):
    """An event that cannot be stored as it stands; `field` names what is wrong.

    `id` is the event's once it is known, `index` its place among several that were sent together.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message
        self.id: str | None = None
        self.index: int | None = None


class UnknownCategory(BadEvent):
    """A category that the vocabulary does not hold; `nearest` is the closest slug."""

    def __init__(self, slug: str, nearest: str | None) -> None:
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__("category", f"{slug!r} is not in the vocabulary{hint}")
        self.nearest = nearest


class NoSuchPlace(DbError, LookupError):
    """An event, or a place of it as it was written, that the store does not hold."""


class NoSuchEvent(DbError, LookupError):
    """An id that no event has, or none that may be seen."""


class EventGone(DbError, LookupError):
    """An event that readers knew and that is no more; `note` is the public word on it, `kind` how it went."""

    def __init__(self, id_: str, kind: str, at: str, note: str | None) -> None:
        said = {"retracted": "was retracted", "purged": "was removed for good"}.get(kind, "was deleted")
        super().__init__(f"The event {id_!r} {said} on {at[:10]}" + (f": {note}" if note else ""))
        self.note = note
        self.kind = kind


class Conflict(DbError):
    """A write that cannot be, because of what is there already; the message says what."""


class Stale(DbError):
    """A change of a version that is no longer the event's; `revision` is the one that is."""

    def __init__(self, id_: str, revision: int) -> None:
        super().__init__(
            f"The event {id_!r} is at revision {revision} by now; read it again and repeat the change"
        )
        self.revision = revision


class StoreUnavailable(DbError):
    """The database is missing, locked, read-only, full or of another version; the message is one clear line."""


class DatabaseDamaged(StoreUnavailable):
    """The database file is broken or is no database; restore a backup."""


class ReadTimeout(DbError):
    """A read took longer than the configured limit."""
