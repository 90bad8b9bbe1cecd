"""The process that reads and judges a large file for an import: see timeline.apart."""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from db.columns.memory import patient
from db.writing.prepared import pack
from timeline.commands.import_ import candidates
from timeline.commands.shared import asker, settings, store
from timeline.imports.importer import Ingest
from timeline.imports.worker import Task


def main(task: int, said: int) -> None:
    """Take the task from one pipe, the file from standard input, and answer through the other pipe."""
    # Ctrl-C is for the import, which ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    patient()
    with Connection(task, writable=False) as receiver:
        what: Task = receiver.recv()
    with Connection(said, readable=False) as sender:

        def teller(name: str) -> Callable[..., None]:
            return lambda *rest: sender.send((name, rest))

        try:
            sender.send(("report", (_read(what, teller),)))
        except BrokenPipeError:
            os._exit(1)
        except Exception as error:
            sender.send(("failed", (error,)))


def _read(task: Task, teller: Callable[[str], Callable[..., None]]) -> Any:
    chosen = settings()
    opened = store(chosen)
    locate = asker(chosen, opened, limit=candidates(task.options))
    ingest = Ingest(
        store=opened,
        locate=locate,
        names=locate,
        options=task.options,
        tell=teller("tell"),
        reject=teller("reject"),
    )
    with os.fdopen(0, "rb") as stream:
        take = teller("take")
        return ingest.read(task.name, stream, lambda events, new: take(pack(events), new), teller("progress"))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
