"""The memory of one worker and of two."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from . import measure
from .measure import Server

_CONNECTIONS = 16
_ROUNDS = 4


class WorkersMemory(NamedTuple):
    """Memory of all processes of a server in bytes; a page that several processes share counts once.

    `own` is anonymous or shared memory, `mapped` is the mapped part of files, mainly of the database.
    """

    own: int
    mapped: int


def measure_workers(database: Path, workers: int) -> WorkersMemory:
    """Start a server, let each worker read the columns, and return the memory of all its processes."""
    server = measure.dateline(database, workers)
    try:
        measure.wait_for_columns(server)
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            for _ in range(_ROUNDS):
                # Connections at the same time reach every worker. A worker without columns may refuse the first ones.
                list(pool.map(measure.wait_for_columns, [server] * _CONNECTIONS))
        return memory(server)
    finally:
        server.stop()


def memory(server: Server) -> WorkersMemory:
    """Return the memory of a server and its workers."""
    sums = [measure.memory_of(process) for process in _family(server.process.pid)]
    own = sum(each["Pss_Anon"] + each["Pss_Shmem"] for each in sums)
    return WorkersMemory(own, sum(each["Pss_File"] for each in sums))


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield from _family(int(child))
