"""Renew the lease of a running import in the database, also while it reads or geocodes and writes nothing."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from db.editing.import_jobs import LEASE_SECONDS
from db.errors import DbError
from db.store import Store

_RENEWAL_SECONDS = LEASE_SECONDS / 4
_RETRY_SECONDS = 1.0
_END_SECONDS = 5.0


@contextmanager
def renewed_lease(store: Store, id_: str) -> Iterator[None]:
    """Renew the lease of an import during the block.

    If another machine has reported the import as failed meanwhile, end this process: it was stopped or cut off from the
    database for so long, and nobody waits for it any more.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(store, id_, stop), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_END_SECONDS)  # it may wait for a database that is away


def _renew(store: Store, id_: str, stop: threading.Event) -> None:
    pause = _RENEWAL_SECONDS
    while not stop.wait(pause):
        try:
            is_running = store.jobs.renew(id_)
        except DbError:
            pause = _RETRY_SECONDS  # the database is busy or away; the import's own writes say so
            continue
        if not is_running and not stop.is_set():
            print(
                "the import was reported as failed by another machine; it ends", file=sys.stderr, flush=True
            )
            os._exit(1)
        pause = _RENEWAL_SECONDS
