"""Read and judge a large file in a process of its own, so that writing, on another processor, need not wait for it.

The helper (`timeline.imports.worker_main`) gets the file as its standard input and what to do through a pipe, and
answers through another with messages: a name, and what belongs to it. It ends when the pipe breaks, so
that nothing is left of an import that was killed; an import that is given up ends it and waits for that.
"""

import os
import pickle
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, BinaryIO, NamedTuple

from timeline.errors import BadFile
from timeline.imports.options import Options
from timeline.imports.report import Report

LARGE = 8_000_000  # bytes; a smaller file is in before the helper has started
_AHEAD = 32  # messages that wait to be written: a checkpoint of the log then stops nobody
_PIPE = 1_048_576  # bytes that a pipe may hold, where the system lets us choose (Linux)
_SET_SIZE = 1031  # F_SETPIPE_SZ

Message = tuple[str, tuple[Any, ...]]


class Task(NamedTuple):
    """What the helper is to do: the name of the file for messages, and the options of the import."""

    name: str
    options: Options


def possible(stream: BinaryIO, size: int) -> bool:
    """Tell whether a helper pays and can be had: a large file, two processors, and a system that hands on files."""
    try:
        stream.fileno()
    except OSError:
        return False
    return size >= LARGE and (os.cpu_count() or 1) > 1 and os.name == "posix"


def read(
    command: Sequence[str], task: Task, stream: BinaryIO, on: dict[str, Callable[..., object]]
) -> Report:
    """Let a helper read a file; each message is handed to the function in `on` of its name."""
    with _helper(command, task, stream) as messages:
        for name, what in messages:
            if name == "report":
                return what[0]  # type: ignore[no-any-return]  # as the helper sent it
            if name == "failed":
                raise what[0]
            on[name](*what)
    raise BadFile("could not be read: the process that read it ended too early; is there memory enough?")


@contextmanager
def _helper(command: Sequence[str], task: Task, stream: BinaryIO) -> Iterator[Iterator[Message]]:
    stream.seek(0)
    (task_out, task_in), (said_out, said_in) = os.pipe(), os.pipe()
    child = subprocess.Popen(  # noqa: S603  # ourselves
        [*command, str(task_out), str(said_in)], stdin=stream, pass_fds=(task_out, said_in)
    )
    os.close(task_out)
    os.close(said_in)
    waiting: queue.Queue[bytes] = queue.Queue(_AHEAD)
    said = Connection(said_out, writable=False)
    listener = threading.Thread(target=_listen, args=(said, waiting), name="helper", daemon=True)
    try:
        _widen(said_out)
        with Connection(task_in, readable=False) as sender:
            sender.send(task)
        listener.start()
        yield map(pickle.loads, iter(waiting.get, b""))
    finally:
        child.kill()
        child.wait()
        while listener.is_alive():
            _drain(waiting)
            listener.join(0.05)
        said.close()


def _listen(said: "Connection[Any, Any]", waiting: "queue.Queue[bytes]") -> None:
    try:
        while True:
            waiting.put(said.recv_bytes())
    except (EOFError, OSError):
        waiting.put(b"")


def _drain(waiting: "queue.Queue[bytes]") -> None:
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        return


def _widen(pipe: int) -> None:
    try:
        from fcntl import fcntl

        fcntl(pipe, _SET_SIZE, _PIPE)
    except (ImportError, OSError):
        return  # it holds less then
