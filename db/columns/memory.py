"""Settings that keep the memory of a process small: glibc's heap, and Python's cyclic collector."""

import ctypes
import gc
from contextlib import suppress

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # malloc.h
_LARGE_BYTES = 1 << 21  # masks over a million events are smaller


def limit_heaps() -> None:
    """Let all threads share two heaps of glibc: a heap per thread keeps the memory of its largest request.

    Large arrays get memory of their own, which goes back to the system at once. By default glibc takes ever larger ones
    from the heap, where small objects that live longer keep the memory around them.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_ARENA_MAX, 2)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


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
