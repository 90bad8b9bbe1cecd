"""Requests with an Idempotency-Key: a repeated one gets the first result, and writes nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.errors import Conflict
from db.events.editor_tables import Answered

_MAX_AGE_SECONDS = 86_400


class EventRevision(NamedTuple):
    """The result of a write: the event's id and its new revision."""

    id: str
    revision: int


@dataclass(frozen=True, slots=True)
class RepeatableRequest:
    """A request that its sender may repeat: the sender's name, the Idempotency-Key, and the body."""

    who: str
    token: str
    body: bytes

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the body, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


def earlier_result(
    connection: Connection, request: RepeatableRequest, now: int
) -> list[EventRevision] | None:
    """Return the result of the same request within the last day; None for a new request.

    Raises Conflict when its key was used with another body.
    """
    connection.execute(delete(Answered).where(col(Answered.at) < now - _MAX_AGE_SECONDS))
    row = connection.execute(
        select(col(Answered.digest), col(Answered.events)).where(
            col(Answered.who) == request.who, col(Answered.token) == request.token
        )
    ).first()
    if row is None:
        return None
    if row.digest != request.digest:
        raise Conflict(
            "this Idempotency-Key was used with another body; expected a new key for a new request"
        )
    return [EventRevision(*event) for event in row.events]


def store_result(
    connection: Connection, request: RepeatableRequest, result: Sequence[EventRevision], now: int
) -> None:
    """Store the result of a request; `now` is in seconds of UTC."""
    row = {"who": request.who, "token": request.token, "digest": request.digest}
    connection.execute(insert(Answered), [{**row, "events": [list(event) for event in result], "at": now}])
