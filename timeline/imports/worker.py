"""Read a large file in a worker process, so that reading and writing use two processors at the same time.

The worker (`timeline.imports.worker_main`) receives the file as its standard input and its task through a pipe. It
answers through a second pipe with messages: a name and a tuple of values. It ends when the pipe breaks, so a killed
import leaves no process behind; an import that fails kills its worker and waits for its end.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, BinaryIO, NamedTuple

from timeline.errors import BadFile
from timeline.imports.options import Options
from timeline.imports.process_limits import describe_end
from timeline.imports.report import Report

COMMAND = (sys.executable, "-m", "timeline.imports.worker_main")
MIN_BYTES_FOR_WORKER = 8_000_000  # a smaller file is imported before the worker has started
_MAX_QUEUED = (
    32  # messages that wait to be written, so that a checkpoint of the database does not stop the worker
)
_PIPE_BYTES = 1_048_576  # capacity of a pipe, where the system allows to set it (Linux)
_F_SETPIPE_SZ = 1031

_END_SECONDS = 5.0  # until a process that has closed its pipe has ended

WorkerMessage = tuple[str, tuple[Any, ...]]
_Running = tuple["subprocess.Popen[bytes]", Iterator[WorkerMessage]]


class Task(NamedTuple):
    """What the worker reads: the name of the file, for messages, and the options of the import."""

    name: str
    options: Options


def is_worthwhile(stream: BinaryIO, size: int) -> bool:
    """Return whether a worker is possible and faster: a large file, two processors, and a POSIX system."""
    try:
        stream.fileno()
    except OSError:
        return False
    return size >= MIN_BYTES_FOR_WORKER and (os.cpu_count() or 1) > 1 and os.name == "posix"


def read(
    command: Sequence[str], task: Task, stream: BinaryIO, handlers: dict[str, Callable[..., object]]
) -> Report:
    """Let a worker read a file; call the handler of each message's name, and return the report."""
    with _worker(command, task, stream) as (process, messages):
        for name, values in messages:
            if name == "report":
                return values[0]  # type: ignore[no-any-return]  # a message carries any values
            if name == "failed":
                raise values[0]
            handlers[name](*values)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
    raise BadFile(
        f"could not be read: the process that read it {describe_end(process.poll())}; split the file"
    )


@contextmanager
def _worker(command: Sequence[str], task: Task, stream: BinaryIO) -> Iterator[_Running]:
    stream.seek(0)
    (task_out, task_in), (message_out, message_in) = os.pipe(), os.pipe()
    process = subprocess.Popen(  # noqa: S603  # our own module
        [*command, str(task_out), str(message_in)], stdin=stream, pass_fds=(task_out, message_in)
    )
    os.close(task_out)
    os.close(message_in)
    messages: queue.Queue[bytes] = queue.Queue(_MAX_QUEUED)
    receiver = Connection(message_out, writable=False)
    listener = threading.Thread(target=_listen, args=(receiver, messages), name="worker", daemon=True)
    try:
        _widen(message_out)
        with Connection(task_in, readable=False) as sender:
            sender.send(task)
        listener.start()
        yield process, map(pickle.loads, iter(messages.get, b""))
    finally:
        process.kill()
        process.wait()
        while listener.is_alive():
            _drain(messages)
            listener.join(0.05)
        receiver.close()


def _listen(receiver: "Connection[Any, Any]", messages: "queue.Queue[bytes]") -> None:
    try:
        while True:
            messages.put(receiver.recv_bytes())
    except (EOFError, OSError, MemoryError):
        messages.put(b"")


def _drain(messages: "queue.Queue[bytes]") -> None:
    try:
        while True:
            messages.get_nowait()
    except queue.Empty:
        return


def _widen(pipe: int) -> None:
    """Enlarge a pipe, so that the worker waits less often; elsewhere than on Linux it stays as it is."""
    try:
        from fcntl import fcntl

        fcntl(pipe, _F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, OSError):
        return
