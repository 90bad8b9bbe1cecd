"""Memory: given back to the system where the C library can do that (glibc), and looked through less often."""

import ctypes
import gc
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


def patient() -> None:
    """Look for circles of dead objects seldom, in a process that makes millions of plain ones and then ends.

    By default Python looks after each 700 new objects (https://docs.python.org/3/library/gc.html), which took a tenth
    to a quarter of the time of reading a large file.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
