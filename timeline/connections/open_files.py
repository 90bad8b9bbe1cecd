"""How many connections a worker may have, within the open files that the system allows the process."""

import resource
from functools import cache

MAX_CONNECTIONS = 1_000
MAX_REFUSALS_IN_PROGRESS = 100
RESERVED_FILES = 300  # for the database, exports, uploads, imports and the log
_MIN_CONNECTIONS = 16


@cache
def connection_limit() -> int:
    """Return the number of connections that this process may have; raise its limit of open files if necessary."""
    wanted = MAX_CONNECTIONS + MAX_REFUSALS_IN_PROGRESS + RESERVED_FILES
    available = _raised_limit(wanted) - MAX_REFUSALS_IN_PROGRESS - RESERVED_FILES
    return max(_MIN_CONNECTIONS, min(MAX_CONNECTIONS, available))


def _raised_limit(wanted: int) -> int:
    """Raise the soft limit of open files towards the hard one, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):  # some systems allow less than their hard limit
        return soft
    return raised
