"""The errors of dates, filters and storage. timeline maps them to HTTP statuses."""


class DbError(Exception):
    """The base of these errors; the message says what was wrong, and usually what was expected."""


class BadDate(DbError, ValueError):
    """Raised for a text that is not an EDTF date (ISO 8601-2, Library of Congress levels 0 to 2)."""


class BadInterval(DbError, ValueError):
    """Raised for a `datetime` that is neither an instant nor an interval, or starts after its end."""


class BadFilter(DbError, ValueError):
    """Raised for an invalid value of a filter, such as a cursor of another filter; `name` is that of the parameter."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class BadEvent(DbError, ValueError):
    """Raised for an event that cannot be stored; `field` names the invalid field.

    `id` is that of the event if it has one, `index` its position in a request with several events.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message
        self.id: str | None = None
        self.index: int | None = None


class UnknownCategory(BadEvent):
    """Raised for a category that the database does not have; `nearest` is the most similar slug, if any."""

    def __init__(self, slug: str, nearest: str | None) -> None:
        hint = f"did you mean {nearest!r}?" if nearest else "expected a slug of /categories, such as 'raid'"
        super().__init__("category", f"{slug!r} is not a category; {hint}")
        self.nearest = nearest


class NoSuchPlace(DbError, LookupError):
    """Raised for an event that does not exist, or a place text that the event does not have."""


class NoSuchEvent(DbError, LookupError):
    """Raised for an id that no event has, or whose event the caller may not see."""


class EventGone(DbError, LookupError):
    """Raised for an event that readers saw and that was removed; `note` is the public note, `kind` the removal."""

    def __init__(self, id_: str, kind: str, at: str, note: str | None) -> None:
        verb = {"retracted": "was retracted", "purged": "was removed for good"}.get(kind, "was deleted")
        super().__init__(f"The event {id_!r} {verb} on {at[:10]}" + (f": {note}" if note else ""))
        self.note = note
        self.kind = kind


class Conflict(DbError):
    """Raised for a write that conflicts with stored data; the message says with what."""


class Stale(DbError):
    """Raised for a change of an outdated revision; `revision` is the current one."""

    def __init__(self, id_: str, revision: int) -> None:
        super().__init__(
            f"The event {id_!r} has revision {revision} now; read it again and repeat the change"
        )
        self.revision = revision


class StoreUnavailable(DbError):
    """Raised for a database that is missing, locked, read-only, full or of another version; the message is one line."""


class StoreAway(StoreUnavailable):
    """Raised for a database server that accepts no connections at the moment, for example because it is starting."""


class WriteUnsure(StoreUnavailable):
    """Raised for a write that may have been stored or not, because the answer to its commit did not arrive."""


class LeaseLost(DbError):
    """Raised for a write of an import that another machine has reported as failed; nothing of this write is stored."""


class DiskFull(StoreUnavailable):
    """Raised for a write for which the disk has no space; nothing of the write is stored."""


class DatabaseDamaged(StoreUnavailable):
    """The database file is broken or is not a database; restore a backup."""


class ReadTimeout(DbError):
    """Raised for a read that took longer than the configured limit."""


class ConnectionsInUse(DbError):
    """Raised when other requests use all connections to the database; the same request works later."""
