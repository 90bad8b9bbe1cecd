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
    """An event that cannot be stored as it stands; `field` names what is wrong, `id` the event once known."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.id: str | None = None


class UnknownCategory(BadEvent):
    """A category that the vocabulary does not hold; `nearest` is the closest slug."""

    def __init__(self, slug: str, nearest: str | None) -> None:
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__("category", f"{slug!r} is not in the vocabulary{hint}")
        self.nearest = nearest


class NoSuchPlace(DbError, LookupError):
    """An event, or a place of it as it was written, that the store does not hold."""


class StoreUnavailable(DbError):
    """The database is missing, locked, read-only, full or of another version; the message is one clear line."""


class ReadTimeout(DbError):
    """A read took longer than the configured limit."""
