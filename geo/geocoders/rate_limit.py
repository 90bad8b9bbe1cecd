"""Keep the rate limit of a provider, and pause after it fails."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from geopy.adapters import AdapterHTTPError, get_retry_after
from geopy.exc import (
    ConfigurationError,
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeopyError,
)

from geo.errors import GeocoderRefused, GeocoderUnavailable

T = TypeVar("T")

# Seconds between two requests. Nominatim: operations.osmfoundation.org/policies/nominatim (one a second);
# GeoNames: 1,000 an hour free of charge; OpenCage: one a second on trial. The other providers publish no general
# limit, or a higher one: for them a short delay is a courtesy.
DELAYS = {"nominatim": 1.0, "photon": 1.0, "geonames": 3.6, "opencage": 1.0}
DEFAULT_DELAY = 0.2
MAX_WAIT_SECONDS = 30.0
PAUSE_SECONDS = 60.0
MAX_ERROR_CHARACTERS = 200
_REFUSALS = (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, ConfigurationError)


class RateLimit:
    """Sends requests to one provider, at most one every `delay` seconds; safe for threads of one process.

    If a response asks to retry after at most `max_wait` seconds, the request is repeated once after that time. After
    any other failure no request is sent for the time that the provider names, or else for `pause` seconds; until then
    every call raises GeocoderUnavailable.
    """

    def __init__(
        self,
        name: str,
        delay: float | None = None,
        *,
        max_wait: float = MAX_WAIT_SECONDS,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self.name = name
        self._delay = DELAYS.get(name, DEFAULT_DELAY) if delay is None else delay
        self._max_wait, self._pause = max_wait, pause
        self._next_request_at = self._paused_until = 0.0
        self._failure = ""
        self._lock = Lock()

    def call(self, request: Callable[[], T]) -> T | None:
        """Return the result of `request` once the rate limit allows it; None if the provider rejects the query.

        Raises GeocoderRefused if the provider refuses access, GeocoderUnavailable for other failures.
        """
        with self._lock:
            if time.monotonic() < self._paused_until:
                raise GeocoderUnavailable(self._failure)
            try:
                return self._send(request)
            except _RetryLater as later:
                time.sleep(later.seconds)
                return self._send(request, may_retry=False)

    def _send(self, request: Callable[[], T], *, may_retry: bool = True) -> T | None:
        time.sleep(max(0.0, self._next_request_at - time.monotonic()))
        try:
            return request()
        except GeocoderQueryError:
            return None
        except _REFUSALS as error:
            raise GeocoderRefused(f"{self.name} refuses requests: {_one_line(error)}") from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # geopy does not check responses: one that is not the provider's usual JSON ends in one of these.
            raise GeocoderUnavailable(f"{self.name} sent a response that cannot be read: {error}") from error
        except GeopyError as error:
            seconds = _retry_after(error)
            if seconds is not None and seconds <= self._max_wait and may_retry:
                raise _RetryLater(seconds) from error
            self._paused_until = time.monotonic() + (self._pause if seconds is None else seconds)
            self._failure = f"{self.name} did not answer: {_one_line(error)}"
            raise GeocoderUnavailable(self._failure) from error
        finally:
            self._next_request_at = time.monotonic() + self._delay


class _RetryLater(Exception):
    """The provider asks for a retry after so many seconds, short enough to wait for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _retry_after(error: GeopyError) -> float | None:
    """Return `Retry-After` (RFC 9110, 10.2.3) in seconds; geopy itself reads it for 429 alone, not for 503."""
    cause = error.__cause__
    seconds = get_retry_after(cause.headers) if isinstance(cause, AdapterHTTPError) else None
    return float(seconds) if seconds is not None else None


def _one_line(error: GeopyError) -> str:
    return " ".join(str(error).split())[:MAX_ERROR_CHARACTERS] or type(error).__name__
