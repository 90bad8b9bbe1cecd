"""Wrong keys slow down the requests of their address."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from timeline.errors import Busy

_FREE_ATTEMPTS = 5  # wrong keys in a row without a delay
_MAX_DELAY_SECONDS = 16.0
_MAX_REQUESTS_WAITING = 5  # requests of one address that may wait while wrong keys delay it
_MAX_ADDRESSES = 10_000
_MAX_KNOWN_KEYS = 1_000
_FORGET_SECONDS = 3600.0


class _WaitingRequests:
    """The requests of one address that carry a key: their lock, and their number."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.length = 0


class Attempts:
    """Count wrong keys in a row by address; from the sixth on, each one doubles the delay of the next key.

    Each process counts for itself, and `timeline.api.http.shared_attempts` lets it know of the others' counts. Keys
    of one address are looked up one by one, so that a hundred parallel requests try no more keys than a hundred in a
    row. A key that this process has found right before waits for nothing: behind a proxy all clients have one
    address, and wrong keys of a stranger must not lock editors out.
    """

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._requests: dict[str, _WaitingRequests] = {}
        self._known: OrderedDict[bytes, None] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for the turn of a request; raise Busy if too many requests of its address wait already."""
        requests = self._requests.setdefault(address, _WaitingRequests())
        requests.length += 1
        try:
            self._check(address, requests)
            async with requests.turn:
                self._check(address, requests)
                await asyncio.sleep(self._delay_seconds(address))
                yield
        finally:
            requests.length -= 1
            if not requests.length:
                del self._requests[address]

    def _check(self, address: str, requests: _WaitingRequests) -> None:
        if self._delay_seconds(address) and requests.length > _MAX_REQUESTS_WAITING:
            raise Busy("Too many wrong keys came from this address; wait a few seconds, and check the key")

    def _delay_seconds(self, address: str) -> float:
        """Return how long the next key of an address has to wait."""
        wrong, since = self._wrong.get(address, (0, 0.0))
        if wrong < _FREE_ATTEMPTS:
            return 0.0
        delay = min(2.0 ** (wrong - _FREE_ATTEMPTS), _MAX_DELAY_SECONDS)
        return max(0.0, since + delay - time.monotonic())

    def is_known(self, key: str) -> bool:
        """Return whether a key was right when it was used last."""
        return _digest(key) in self._known

    def wrong(self, address: str, key: str) -> None:
        """Count a wrong key, which may have been revoked."""
        self._known.pop(_digest(key), None)
        now = time.monotonic()
        before, since = self._wrong.pop(address, (0, now))
        self._put(address, (before if now - since < _FORGET_SECONDS else 0) + 1, now)

    def raise_count(self, address: str, wrong: int, seconds_ago: float) -> None:
        """Count at least the `wrong` keys that all processes saw, the last one `seconds_ago`."""
        before, since = self._wrong.pop(address, (0, 0.0))
        last = time.monotonic() - seconds_ago
        self._put(address, max(before, wrong), max(since, last) if before else last)

    def _put(self, address: str, wrong: int, since: float) -> None:
        self._wrong[address] = (wrong, since)
        if len(self._wrong) > _MAX_ADDRESSES:
            self._wrong.popitem(last=False)

    def has_wrong(self, address: str) -> bool:
        """Return whether the last key of an address that this process does not know to be right was wrong."""
        return address in self._wrong

    def right(self, address: str, key: str) -> None:
        """Reset the count after a valid key, and remember it; the count of others stays when it was known already."""
        if self.is_known(key):
            self._known.move_to_end(_digest(key))
            return
        self._wrong.pop(address, None)
        self._known[_digest(key)] = None
        if len(self._known) > _MAX_KNOWN_KEYS:
            self._known.popitem(last=False)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
