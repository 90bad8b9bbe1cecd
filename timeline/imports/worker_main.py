"""The worker process of a large import: it reads the file and sends the events; see timeline.imports.worker."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from db.columns.memory import collect_rarely
from db.store import Store
from db.writing.prepared import pack
from timeline.errors import BadFile
from timeline.imports.importer import importer_for
from timeline.imports.process_limits import CpuLimitReached, memory_exhausted, report_cpu_limit
from timeline.imports.report import Report
from timeline.imports.worker import Task
from timeline.settings import Settings

Sender = Callable[[str], Callable[..., None]]  # name of a message → function that sends its values


def main(task_pipe: int, message_pipe: int) -> None:
    """Take the task from one pipe and the file from standard input; send messages through the other pipe."""
    # Ctrl-C is for the import, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    report_cpu_limit()
    collect_rarely()
    with Connection(task_pipe, writable=False) as receiver:
        task: Task = receiver.recv()
    with Connection(message_pipe, readable=False) as connection:

        def sender(name: str) -> Callable[..., None]:
            return lambda *values: connection.send((name, values))

        try:
            connection.send(("report", (_read(task, sender),)))
        except BrokenPipeError:
            os._exit(1)
        except CpuLimitReached as error:
            connection.send(("failed", (BadFile(str(error)),)))
        except MemoryError:
            connection.send(("failed", (memory_exhausted(),)))
        except Exception as error:
            connection.send(("failed", (error,)))


def _read(task: Task, sender: Sender) -> Report:
    settings = Settings()
    store = Store(settings.database_address, settings.read_timeout)
    store.check()
    importer = replace(
        importer_for(settings, store, task.options), on_plan=sender("plan"), on_reject=sender("reject")
    )
    if task.options.report:
        importer = replace(importer, on_remark=sender("remark"))
    send_batch = sender("batch")
    with os.fdopen(0, "rb") as stream:
        return importer.read(
            task.name, stream, lambda events, new: send_batch(pack(events), new), sender("progress")
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
