"""Settings that keep the memory of a process small: glibc's heap, and Python's cyclic collector."""

import ctypes
import gc
from contextlib import suppress

_ARENA_MAX = -8  # malloc.h: M_ARENA_MAX


def limit_heaps() -> None:
    """Let all threads share two heaps of glibc: a heap per thread keeps the memory of its largest request."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def trim_heap() -> None:
    """Return free memory to the system, such as after reading a million events; does nothing without glibc."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def collect_rarely() -> None:
    """Run the cyclic collector less often, in a process that creates millions of plain objects and then ends.

    By default it runs after each 700 new objects (https://docs.python.org/3/library/gc.html), which took 10 to 25 % of
    the time of reading a large file.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
