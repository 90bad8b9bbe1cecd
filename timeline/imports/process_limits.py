"""Limits of memory and CPU time for the processes of an import that a server starts.

Both are limits of the operating system, which a process inherits: they hold for the process that writes and for the
worker that reads. A process that reaches one raises CpuLimitReached or MemoryError, and the report says so.
"""

import resource
import signal
from functools import partial
from types import FrameType

from timeline.errors import BadFile

_MB = 1_048_576
SECONDS_TO_REPORT = 30  # of CPU time between the limit and the end of the process
_REMEDY = "split the file, or import it on the server with `timeline import`, which sets no limit"


class CpuLimitReached(BaseException):
    """The CPU time is over. No Exception, since the libraries that read files catch those in the middle of a file."""


def limit_process(memory_mb: int, cpu_seconds: int) -> None:
    """Limit the address space and the CPU time of this process and of those that it starts."""
    _lower(resource.RLIMIT_AS, memory_mb * _MB)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + SECONDS_TO_REPORT)
    _lower(resource.RLIMIT_CORE, 0)
    report_cpu_limit()


def report_cpu_limit() -> None:
    """Let the CPU limit of this process, if it has one, raise CpuLimitReached before it ends the process."""
    # The system raises the soft limit by a second with each signal, so it is read before.
    seconds, _ = resource.getrlimit(resource.RLIMIT_CPU)
    signal.signal(signal.SIGXCPU, partial(_on_cpu_limit, seconds))


def memory_exhausted() -> BadFile:
    """Return the error for an import that could not get more memory."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    amount = "there is" if limit == resource.RLIM_INFINITY else f"{limit // _MB:,} MB"
    return BadFile(f"needs more memory than {amount}; {_REMEDY}")


def describe_end(status: int | None) -> str:
    """Return how a process ended that sent no report; `status` is negative for a signal."""
    if status is None or status >= 0:
        return "ended too early"
    name = signal.Signals(-status).name if -status in signal.valid_signals() else f"signal {-status}"
    return f"was ended by the system ({name}), probably because memory or CPU time ran out"


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    """Lower a limit; one that is lower already stays."""
    _, old_hard = resource.getrlimit(kind)
    limits = [
        value if old_hard == resource.RLIM_INFINITY else min(value, old_hard)
        for value in (soft, hard or soft)
    ]
    resource.setrlimit(kind, (limits[0], limits[1]))


def _on_cpu_limit(seconds: int, _signal: int, _frame: FrameType | None) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # Otherwise the signal would come again each second, and interrupt the report.
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    raise CpuLimitReached(f"needs more than {seconds:,} seconds of CPU time; {_REMEDY}")
