"""Errors of the command line, the readers and the API; timeline/api/http/problems.py maps them to HTTP statuses."""


class TimelineError(Exception):
    """An error that the user can correct; the message says what was wrong and what was expected.

    `index` is the position of the wrong item among several that were sent together.
    """

    index: int | None = None


class BadParameter(TimelineError, ValueError):
    """A query parameter with a value that cannot be read; `example` is a valid one."""

    def __init__(self, name: str, message: str, example: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.example = example


class UnknownParameter(TimelineError, ValueError):
    """A query parameter that does not exist; `nearest` is the most similar name."""

    def __init__(self, name: str, nearest: str | None, names: list[str]) -> None:
        expected = f"expected one of {', '.join(names)}" if names else "this address takes none"
        hint = f"did you mean {nearest!r}?" if nearest else expected
        super().__init__(f"There is no parameter {name!r}; {hint}")
        self.name = name
        self.nearest = nearest


class NotFound(TimelineError):
    """An address or an id that does not exist."""


class UnknownFormat(TimelineError):
    """A format that oEmbed does not offer."""

    def __init__(self, name: str) -> None:
        super().__init__(f"format: {name!r} is not one of json, xml")
        self.name = "format"
        self.example = "format=json"


class AddressTooLong(TimelineError):
    """An address whose query string is longer than the server reads."""


class UnreadableRequest(TimelineError):
    """Bytes that are not an HTTP request that the server can parse."""

    example = "/events?q=Umba%C3%BAba&datetime=2020/2023"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(
            message
            or "This request cannot be read: its address contains a space or a letter such as é that is not"
            " percent-encoded, its headers contradict each other, or it is not HTTP/1.1; expected an address such as"
            " the example"
        )


class HeadersTooLarge(TimelineError):
    """Request headers that are larger, or more, than the server reads."""

    def __init__(self, size: int, number: int) -> None:
        super().__init__(
            f"The headers are too large; expected at most {number} headers with {size:,} bytes in all"
        )


class TooSlow(TimelineError):
    """A request that did not arrive in time."""


class TooManyConnections(TimelineError):
    """A connection beyond the number that a worker accepts."""

    def __init__(self) -> None:
        super().__init__("The server has too many open connections; send the request again in a few seconds")


class UnknownHost(TimelineError):
    """A Host header that is malformed, or names a host that is not served here."""


class BadFile(TimelineError, ValueError):
    """A file that cannot be read; the message names it."""


class OpenQuestion(BadFile):
    """A file that is not imported until an option answers a question.

    `columns` are the columns that it is about, `values` some of their values, `options` the answers as the command line
    writes them, such as `--undated`.
    """

    def __init__(
        self,
        message: str,
        columns: tuple[str, ...] = (),
        values: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.columns, self.values, self.options = columns, values, options

    def about(self, name: str) -> "OpenQuestion":
        """Return the question with the name of its file."""
        return OpenQuestion(f"{name} {self}", self.columns, self.values, self.options)


class Unauthorized(TimelineError):
    """A request that needs a key and has none, or one that is wrong or revoked."""


class Forbidden(TimelineError):
    """A key whose role is too low; `role` is the lowest that suffices."""

    def __init__(self, action: str, role: str, present: str) -> None:
        super().__init__(
            f"{action[:1].upper()}{action[1:]} needs a key with the role {role}; this key has the role {present}"
        )
        self.role = role


class CrossSite(TimelineError):
    """A change that a page of another site may have sent through the browser of a visitor."""


class ChangedMeanwhile(TimelineError):
    """A change of a version that is no longer the event's; `current` is the event's Feature, encoded."""

    def __init__(self, message: str, revision: int, current: object) -> None:
        super().__init__(message)
        self.revision = revision
        self.current = current


class PreconditionRequired(TimelineError):
    """A change without the version that it changes."""


class WrongMedia(TimelineError):
    """A body of a media type that this address does not read."""


class TooLarge(TimelineError):
    """A body that is larger than one request may send."""


class Busy(TimelineError):
    """Too many requests or imports at once; the same request works later."""


class Overloaded(TimelineError):
    """A request for which no slot became free in time; the same request works later."""

    def __init__(self, requests: str, count: int, seconds: float) -> None:
        super().__init__(
            f"The server answers {count} {requests} at once, and none of them ended within {seconds:g} seconds;"
            " expected fewer at the same time. Send the request again after the time in Retry-After"
        )


class StreamAborted(TimelineError):
    """A response that could not be sent to its end; its connection is closed, so that it does not look complete."""
