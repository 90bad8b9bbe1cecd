"""What can go wrong at the edge. Statuses live in one table: timeline/api/http/problems.py."""


class TimelineError(Exception):
    """Something that the user can mend; the message says what was wrong and what was expected.

    `index` is the place of what is wrong among several that were sent together.
    """

    index: int | None = None


class BadParameter(TimelineError, ValueError):
    """A query parameter with a value that means nothing; carries an example that would do."""

    def __init__(self, name: str, message: str, example: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.example = example


class UnknownParameter(TimelineError, ValueError):
    """A query parameter that nobody reads; `nearest` is the closest known name."""

    def __init__(self, name: str, nearest: str | None, known: list[str]) -> None:
        hint = f"did you mean {nearest!r}?" if nearest else f"known are {', '.join(known)}"
        super().__init__(f"There is no parameter {name!r}; {hint}")
        self.name = name
        self.nearest = nearest


class NotFound(TimelineError):
    """An address or an id that does not exist."""


class UnknownFormat(TimelineError):
    """A format that an answer does not come in."""

    def __init__(self, name: str) -> None:
        super().__init__(f"format: {name!r} is not one of json, xml")
        self.name = "format"
        self.example = "format=json"


class BadFile(TimelineError, ValueError):
    """A file that cannot be read at all; the message names it."""


class Unauthorized(TimelineError):
    """A request that takes a key and brings none, or one that is wrong or revoked."""


class Forbidden(TimelineError):
    """A key of too low a role; `role` is the one that is needed."""

    def __init__(self, what: str, role: str, has: str) -> None:
        super().__init__(
            f"{what[:1].upper()}{what[1:]} takes a key of the role {role}; this one has the role {has}"
        )
        self.role = role


class CrossSite(TimelineError):
    """A change that a page of another site may have sent through its visitor's browser."""


class PreconditionRequired(TimelineError):
    """A change that does not say of which version it is."""


class WrongMedia(TimelineError):
    """A body of a media type that is not read here."""


class TooLarge(TimelineError):
    """A body of more than is taken at once."""


class Busy(TimelineError):
    """Too much of the same at once; later it will do."""
