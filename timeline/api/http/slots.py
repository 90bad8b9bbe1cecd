"""How many requests of a kind a process answers at once; the next ones wait for a moment, and are then refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from timeline.errors import Overloaded


class Slots:
    """Places for requests of one kind, which `requests` names; one that waits longer than `wait_seconds` is refused."""

    def __init__(self, requests: str, count: int, wait_seconds: float) -> None:
        self.requests, self.count, self.wait_seconds = requests, count, wait_seconds
        self._limiter = anyio.CapacityLimiter(count)

    @property
    def taken(self) -> int:
        """Return how many slots are taken."""
        return int(self._limiter.borrowed_tokens)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot during the block; raise Overloaded if none becomes free in time."""
        holder = object()
        try:
            with anyio.fail_after(self.wait_seconds):
                await self._limiter.acquire_on_behalf_of(holder)
        except TimeoutError:
            raise Overloaded(self.requests, self.count, self.wait_seconds) from None
        try:
            yield
        finally:
            self._limiter.release_on_behalf_of(holder)
