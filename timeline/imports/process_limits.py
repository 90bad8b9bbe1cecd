"""Limits of memory and CPU time for the processes of an import that a server starts.

Both are limits of the operating system, which a process inherits: they hold for the process that writes and for the
worker that reads. A process that reaches one raises BadFile with a message for the report.
"""

import resource
import signal
from types import FrameType

from timeline.errors import BadFile

_MB = 1_048_576
SECONDS_TO_REPORT = 30  # of CPU time between the limit and the end of the process
_REMEDY = "split the file, or import it on the server with `timeline import`, which has no such limit"


def limit_process(memory_mb: int, cpu_seconds: int) -> None:
    """Limit the address space and the CPU time of this process and of those that it starts."""
    _lower(resource.RLIMIT_AS, memory_mb * _MB)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + SECONDS_TO_REPORT)
    _lower(resource.RLIMIT_CORE, 0)
    report_cpu_limit()


def report_cpu_limit() -> None:
    """Let the CPU limit of this process, if it has one, raise BadFile before it ends the process."""
    signal.signal(signal.SIGXCPU, _on_cpu_limit)


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


def _on_cpu_limit(_signal: int, _frame: FrameType | None) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # Otherwise the signal would come again each second, and interrupt the report.
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    raise BadFile(f"needs more than {soft:,} seconds of CPU time; {_REMEDY}")
