"""Keys: who may edit. A key is 256 random bits, so that a plain SHA-256 of it tells nothing of it."""

import hashlib
import secrets
from typing import Literal, NamedTuple, cast

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.errors import Conflict
from db.events.draft import COMMAND_LINE
from db.events.tables import ApiKey

Role = Literal["editor", "reviewer", "admin"]
MARK = "dateline_"
_REST = 60  # seconds between two notes of when a key was last used


class Key(NamedTuple):
    """A key as it is listed; moments are RFC 3339 in UTC, None for never."""

    number: int
    name: str
    role: Role
    created: str
    used: str | None
    revoked: str | None


class Holder(NamedTuple):
    """Whose key it is; `stale` says that its last use should be noted."""

    number: int
    name: str
    role: Role
    stale: bool


def create(connection: Connection, name: str, role: Role, now: int) -> str:
    """Make a key and give it back, this once; raise Conflict when a key of that name is in use.

    The history names the command line by a name of its own, which nobody else may have.
    """
    if name == COMMAND_LINE.name:
        raise Conflict(f"{name!r} is what histories call this program; choose another name")
    same = select(col(ApiKey.pk)).where(col(ApiKey.name) == name, col(ApiKey.revoked).is_(None))
    if connection.execute(same).first():
        raise Conflict(f"there is a key named {name!r} already; revoke it first, or choose another name")
    made = MARK + secrets.token_urlsafe(32)
    row = {"name": name, "role": role, "digest": _digest(made), "created": now}
    connection.execute(insert(ApiKey), [row])
    return made


def listed(connection: Connection) -> list[Key]:
    """List every key, revoked ones too, in the order in which they were made."""
    names = ("pk", "name", "role", "created", "used", "revoked")
    rows = connection.execute(select(*(col(getattr(ApiKey, n)) for n in names)).order_by(col(ApiKey.pk)))
    return [
        Key(pk, name, cast(Role, role), *(iso_time(each) if each else None for each in moments))  # type: ignore[arg-type]  # created is never None
        for pk, name, role, *moments in rows
    ]


def revoke(connection: Connection, name: str, now: int) -> None:
    """Take the key of a name back; raise Conflict where none is in use."""
    held = (col(ApiKey.name) == name, col(ApiKey.revoked).is_(None))
    if not connection.execute(update(ApiKey).where(*held).values(revoked=now)).rowcount:
        using = select(col(ApiKey.name)).where(col(ApiKey.revoked).is_(None)).order_by(col(ApiKey.pk))
        names = ", ".join(map(repr, connection.scalars(using))) or "none"
        raise Conflict(f"there is no key named {name!r} in use; there are: {names}")


def holder(connection: Connection, key: str, now: int) -> Holder | None:
    """Tell whose key it is; None for one that never was, or is revoked."""
    row = connection.execute(
        select(col(ApiKey.pk), col(ApiKey.name), col(ApiKey.role), col(ApiKey.used)).where(
            col(ApiKey.digest) == _digest(key), col(ApiKey.revoked).is_(None)
        )
    ).first()
    if row is None:
        return None
    return Holder(row.pk, row.name, cast(Role, row.role), row.used is None or row.used <= now - _REST)


def used(connection: Connection, number: int, now: int) -> None:
    """Note that a key was used."""
    connection.execute(update(ApiKey).where(col(ApiKey.pk) == number).values(used=now))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
