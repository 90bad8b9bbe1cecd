"""How many wrong keys each address sent in a row, to all servers; timeline.api.http.shared_attempts writes it.

The table cannot grow beyond MAX_ADDRESSES rows, whatever strangers send. It has digests of addresses, not addresses.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select
from sqlmodel import col

from db.engines import run
from db.events.editor_tables import WrongKeys

MAX_ADDRESSES = 10_000
FORGET_SECONDS = 3_600
_ADDRESSES_LEFT = MAX_ADDRESSES * 9 // 10  # when there were more than MAX_ADDRESSES


_ADD = (
    "INSERT INTO wrong_keys (address, count, last) VALUES (?, ?, ?) ON CONFLICT (address) DO UPDATE"
    " SET count = wrong_keys.count + excluded.count, last = excluded.last"
)


class WrongKeyCount(NamedTuple):
    """How many wrong keys an address sent in a row, and how many seconds ago the last one came."""

    wrong: int = 0
    seconds_ago: int = 0


class NewAttempts(NamedTuple):
    """What a worker adds to the count of an address: first a reset, if a valid key came, then `wrong` keys."""

    reset: bool = False
    wrong: int = 0


def read(connection: Connection, address: str, now: int) -> WrongKeyCount:
    """Return the count of an address; `now` is in seconds of UTC."""
    row = connection.execute(
        select(col(WrongKeys.count), col(WrongKeys.last)).where(
            col(WrongKeys.address) == _digest(address), col(WrongKeys.last) > now - FORGET_SECONDS
        )
    ).first()
    return WrongKeyCount(row[0], max(0, now - row[1])) if row else WrongKeyCount()


def add(connection: Connection, attempts: Mapping[str, NewAttempts], now: int) -> None:
    """Add new attempts by address, and forget the oldest beyond MAX_ADDRESSES; `now` is in seconds of UTC."""
    connection.execute(delete(WrongKeys).where(col(WrongKeys.last) <= now - FORGET_SECONDS))
    reset = [(_digest(address),) for address, new in attempts.items() if new.reset]
    if reset:
        run(connection, "DELETE FROM wrong_keys WHERE address = ?", reset)
    rows = [(_digest(address), new.wrong, now) for address, new in attempts.items() if new.wrong]
    if rows:
        run(connection, _ADD, rows)
    if connection.execute(select(func.count()).select_from(WrongKeys)).scalar_one() > MAX_ADDRESSES:
        # Somewhat fewer, so that the next writes of a flood of addresses need not do this.
        newest = select(col(WrongKeys.address)).order_by(col(WrongKeys.last).desc()).limit(_ADDRESSES_LEFT)
        connection.execute(delete(WrongKeys).where(col(WrongKeys.address).not_in(newest)))


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:32]
