"""Wrong keys that workers count together, on all machines, through the database.

A key has 256 random bits, so no number of workers makes guessing one possible: with delays of 16 s, a thousand workers
that each count for themselves would test 5 million keys a day. Counting together keeps the delay what it is said to be,
and a client that spreads its requests over workers gets no more attempts than another one.

A stranger must not be able to fill the database, or to occupy the one writer. So the counts in memory
(`timeline.api.http.throttle`) stay the first line, and this module only lets them know of each other:

- A request with a key that the worker has seen to be right reads and writes nothing here.
- Others read the count of their address, at most every READ_SECONDS for each address and worker.
- New counts are written after WRITE_SECONDS, together, for up to MAX_ADDRESSES_PER_WRITE addresses: at most one short
  transaction in that time for each worker, which waits for no other writer. If others write, it
  is repeated for a minute.

- After a full write, which a flood of addresses causes, the next one waits five times as long. Such a write takes 8 ms
  in SQLite when the table is full, so a flood of wrong keys takes 0.08 % of the writer's time for each worker.

So other workers know of a wrong key after READ_SECONDS + WRITE_SECONDS at the latest, if the database is not busy.
"""

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress

import anyio
import anyio.to_thread

from db.desk import Desk
from db.editing.wrong_keys import NewAttempts
from db.errors import DbError
from timeline.api.http.throttle import Attempts

READ_SECONDS = 2.0
WRITE_SECONDS = 2.0
MAX_ADDRESSES_PER_WRITE = 100
_MAX_ADDRESSES_WAITING = 1_000
_MAX_ADDRESSES_READ = 10_000
_FLOOD_FACTOR = 5
_MAX_FAILURES = 30  # writes in a row that find the database busy, or read-only

# Their own: a look-up of a key must not wait for these.
_THREADS = anyio.CapacityLimiter(2)


class SharedAttempts:
    """Reads what other workers counted into `attempts`, and writes what this worker counted."""

    def __init__(self, attempts: Attempts, desk: Desk) -> None:
        self._attempts, self._desk = attempts, desk
        self._read_at: OrderedDict[str, float] = OrderedDict()
        self._new: dict[str, NewAttempts] = {}
        self._writing: asyncio.Task[None] | None = None

    async def read(self, address: str) -> None:
        """Take over the count of an address from the database, unless this was done in the last seconds."""
        now = time.monotonic()
        if now - self._read_at.get(address, -READ_SECONDS) < READ_SECONDS:
            return
        self._read_at[address] = now
        self._read_at.move_to_end(address)
        if len(self._read_at) > _MAX_ADDRESSES_READ:
            self._read_at.popitem(last=False)
        with suppress(DbError):  # the look-up of the key says what is wrong
            counted = await anyio.to_thread.run_sync(self._desk.wrong_keys, address, limiter=_THREADS)
            new = self._new.get(address, NewAttempts())
            if counted.wrong and not new.reset:
                self._attempts.raise_count(address, counted.wrong + new.wrong, counted.seconds_ago)

    def wrong(self, address: str) -> None:
        """Let the other workers know of a wrong key."""
        new = self._new.get(address, NewAttempts())
        self._add(address, new._replace(wrong=new.wrong + 1))

    def right(self, address: str) -> None:
        """Let the other workers know that an address with wrong keys has sent a valid one."""
        self._add(address, NewAttempts(reset=True))

    def _add(self, address: str, new: NewAttempts) -> None:
        if address in self._new or len(self._new) < _MAX_ADDRESSES_WAITING:
            self._new[address] = new
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        failures, pause = 0, WRITE_SECONDS
        try:
            while self._new and failures < _MAX_FAILURES:
                await asyncio.sleep(pause)
                batch = {
                    address: self._new.pop(address) for address in list(self._new)[:MAX_ADDRESSES_PER_WRITE]
                }
                try:
                    await anyio.to_thread.run_sync(self._desk.add_wrong_keys, batch, limiter=_THREADS)
                    is_full = len(batch) == MAX_ADDRESSES_PER_WRITE
                    failures, pause = 0, WRITE_SECONDS * (_FLOOD_FACTOR if is_full else 1)
                except DbError:  # others are writing
                    failures += 1
                    self._put_back(batch)
        finally:
            self._writing = None
            if failures:
                self._new.clear()

    def _put_back(self, batch: dict[str, NewAttempts]) -> None:
        """Add what could not be written to what came meanwhile."""
        for address, old in batch.items():
            new = self._new.get(address, NewAttempts())
            self._new[address] = new if new.reset else NewAttempts(old.reset, old.wrong + new.wrong)
