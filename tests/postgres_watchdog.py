"""End the PostgreSQL clusters of a folder, and remove it, when the last process of the tests has ended or was killed.

Run as `python postgres_watchdog.py LOCK_FILE`. Each process of the tests holds a shared lock on that file to its end.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_SECONDS_FOR_SHUTDOWN = 10.0


def main(lock_file: Path) -> None:
    """Wait for the lock, then end every cluster next to it."""
    with lock_file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for pid_file in lock_file.parent.glob("*/postmaster.pid"):
            end_cluster(pid_file)
        shutil.rmtree(lock_file.parent, ignore_errors=True)


def end_cluster(pid_file: Path) -> None:
    """End the server of a data folder, without waiting for its clients, and even if it is stopped."""
    with suppress(ProcessLookupError, FileNotFoundError):
        pid = int(pid_file.read_text().split("\n")[0])
        if not _serves(pid, pid_file.parent):
            return
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGQUIT)
        end = time.monotonic() + _SECONDS_FOR_SHUTDOWN
        while _serves(pid, pid_file.parent) and time.monotonic() < end:
            time.sleep(0.05)
        if _serves(pid, pid_file.parent):
            os.kill(pid, signal.SIGKILL)


def _serves(pid: int, data: Path) -> bool:
    """Return whether a process is the server of a data folder: after a crash, its number may be another's."""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return str(data) in done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
