"""Keep the pace that a provider asks for, and leave one that fails alone for a while."""

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
# GeoNames: 1,000 an hour free of charge; OpenCage: one a second on trial. The others publish no such number
# for everybody, or allow more: a small delay is a courtesy.
DELAYS = {"nominatim": 1.0, "photon": 1.0, "geonames": 3.6, "opencage": 1.0}
DEFAULT_DELAY = 0.2
_PATIENCE = 30.0
_REST = 60.0
_REFUSED = (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, ConfigurationError)


class Pace:
    """Asks one provider at most once in `delay` seconds; safe to use from several threads of one process.

    A `Retry-After` of up to `patience` seconds is waited for, once; after any other failure the provider is
    left alone for as long as it asks for, else `rest` seconds, and meanwhile counts as unavailable.
    """

    def __init__(
        self, name: str, delay: float | None = None, *, patience: float = _PATIENCE, rest: float = _REST
    ) -> None:
        self.name = name
        self._delay = DELAYS.get(name, DEFAULT_DELAY) if delay is None else delay
        self._patience, self._rest = patience, rest
        self._next = self._back = 0.0
        self._why = ""
        self._lock = Lock()

    def ask(self, question: Callable[[], T]) -> T | None:
        """Ask when it is time to; None where the provider cannot read the question.

        Raises GeocoderRefused when the provider does not let us in, GeocoderUnavailable for other failures.
        """
        with self._lock:
            if time.monotonic() < self._back:
                raise GeocoderUnavailable(self._why)
            try:
                return self._once(question)
            except _Wait as wait:
                time.sleep(wait.seconds)
                return self._once(question, last=True)

    def _once(self, question: Callable[[], T], *, last: bool = False) -> T | None:
        time.sleep(max(0.0, self._next - time.monotonic()))
        try:
            return question()
        except GeocoderQueryError:
            return None
        except _REFUSED as error:
            raise GeocoderRefused(f"{self.name} cannot be asked: {_said(error)}") from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # geopy takes answers apart without a look: what is no answer of the provider's ends up here.
            raise GeocoderUnavailable(f"{self.name} answered what cannot be read: {error}") from error
        except GeopyError as error:
            asked = _retry_after(error)
            if asked is not None and asked <= self._patience and not last:
                raise _Wait(asked) from error
            self._back = time.monotonic() + (self._rest if asked is None else asked)
            self._why = f"{self.name} did not answer: {_said(error)}"
            raise GeocoderUnavailable(self._why) from error
        finally:
            self._next = time.monotonic() + self._delay


class _Wait(Exception):
    """The provider asks for so many seconds, which is little enough to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _retry_after(error: GeopyError) -> float | None:
    """Read `Retry-After` (RFC 9110, 10.2.3) in seconds; geopy itself does so for 429 alone, not for 503."""
    cause = error.__cause__
    seconds = get_retry_after(cause.headers) if isinstance(cause, AdapterHTTPError) else None
    return float(seconds) if seconds is not None else None


def _said(error: GeopyError) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
