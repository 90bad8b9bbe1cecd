"""API keys of editors. A key has 256 random bits, so storing its plain SHA-256 reveals nothing about it."""

import hashlib
import secrets
from typing import Literal, NamedTuple, cast

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.errors import Conflict
from db.events.draft import COMMAND_LINE
from db.events.editor_tables import ApiKey

Role = Literal["editor", "reviewer", "admin"]
MARK = "dateline_"
_SECONDS_BETWEEN_USES = 60  # how often the time of the last use is stored


class ListedKey(NamedTuple):
    """A key without its secret; times are RFC 3339 in UTC, None for never."""

    number: int
    name: str
    role: Role
    created: str
    used: str | None
    revoked: str | None


class KeyHolder(NamedTuple):
    """The holder of a key; `stale` is true when the stored time of its last use is too old."""

    number: int
    name: str
    role: Role
    stale: bool


def create(connection: Connection, name: str, role: Role, now: int) -> str:
    """Create a key and return it, the only time; raise Conflict if a key with this name is in use.

    The name that the history uses for the command line is reserved.
    """
    if name == COMMAND_LINE.name:
        raise Conflict(f"the name {name!r} is reserved for this program in histories; choose another name")
    same = select(col(ApiKey.pk)).where(col(ApiKey.name) == name, col(ApiKey.revoked).is_(None))
    if connection.execute(same).first():
        raise Conflict(f"there is a key named {name!r} already; revoke it first, or choose another name")
    key = MARK + secrets.token_urlsafe(32)
    row = {"name": name, "role": role, "digest": _digest(key), "created": now}
    connection.execute(insert(ApiKey), [row])
    return key


def listed(connection: Connection) -> list[ListedKey]:
    """Return every key, also the revoked ones, oldest first."""
    names = ("pk", "name", "role", "created", "used", "revoked")
    rows = connection.execute(select(*(col(getattr(ApiKey, n)) for n in names)).order_by(col(ApiKey.pk)))
    return [
        ListedKey(pk, name, cast(Role, role), *(iso_time(seconds) if seconds else None for seconds in times))  # type: ignore[arg-type]  # created is never None
        for pk, name, role, *times in rows
    ]


def revoke(connection: Connection, name: str, now: int) -> None:
    """Revoke the key with this name; raise Conflict if none is in use."""
    in_use = (col(ApiKey.name) == name, col(ApiKey.revoked).is_(None))
    if not connection.execute(update(ApiKey).where(*in_use).values(revoked=now)).rowcount:
        names_in_use = select(col(ApiKey.name)).where(col(ApiKey.revoked).is_(None)).order_by(col(ApiKey.pk))
        names = ", ".join(map(repr, connection.scalars(names_in_use)))
        hint = f"expected one of: {names}" if names else "all keys are revoked, or none was created yet"
        raise Conflict(f"there is no key named {name!r} in use; {hint}")


def holder(connection: Connection, key: str, now: int) -> KeyHolder | None:
    """Return the holder of a key; None if the key is unknown or revoked."""
    row = connection.execute(
        select(col(ApiKey.pk), col(ApiKey.name), col(ApiKey.role), col(ApiKey.used)).where(
            col(ApiKey.digest) == _digest(key), col(ApiKey.revoked).is_(None)
        )
    ).first()
    if row is None:
        return None
    stale = row.used is None or row.used <= now - _SECONDS_BETWEEN_USES
    return KeyHolder(row.pk, row.name, cast(Role, row.role), stale)


def record_use(connection: Connection, number: int, now: int) -> None:
    """Store the time of the last use of a key."""
    connection.execute(update(ApiKey).where(col(ApiKey.pk) == number).values(used=now))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
