"""Memory that was freed, given back to the system where the C library can do that (glibc)."""

import ctypes
from contextlib import suppress

_ARENA_MAX = -8  # malloc.h: M_ARENA_MAX


def thrifty() -> None:
    """Let threads share two heaps: each of its own keeps what one large question has needed once."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def give_back() -> None:
    """Give back what lies free now, as after reading a million events."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
