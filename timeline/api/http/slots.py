"""How many requests of a kind a process answers at once; the next ones wait for a moment, and are then refused."""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from timeline.errors import Overloaded

_THREADS = anyio.CapacityLimiter(math.inf)  # the slots limit them
Returned = TypeVar("Returned")


async def run_in_thread(function: Callable[..., Returned], *args: Any) -> Returned:
    """Return the result of a function that runs in a thread, for a request that holds a slot."""
    return await anyio.to_thread.run_sync(function, *args, limiter=_THREADS)


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
    async def slot(self, wait_seconds: float | None = None) -> AsyncIterator[None]:
        """Hold a slot during the block; raise Overloaded if none becomes free in time."""
        holder, seconds = object(), self.wait_seconds if wait_seconds is None else wait_seconds
        try:
            with anyio.fail_after(seconds):
                await self._limiter.acquire_on_behalf_of(holder)
        except TimeoutError:
            raise Overloaded(self.requests, self.count, seconds) from None
        try:
            yield
        finally:
            self._limiter.release_on_behalf_of(holder)
