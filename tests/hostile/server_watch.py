"""Observe a server process from outside: its memory, its open files and its log."""

import re
import time
from pathlib import Path

from server_process import Server

from db.store import Store
from timeline.imports.job_folders import ImportFolders
from timeline.settings import Settings

# What a request leaves in the log if it raised an exception that nobody handled.
FAILURE = re.compile(r"Traceback|ERROR|CRITICAL|never retrieved|never awaited")


class Target:
    """A server to attack, and the keys of its editors by role."""

    def __init__(self, server: Server, database: str, keys: dict[str, str]) -> None:
        self.server, self.database, self.keys = server, database, keys
        self.url, self.port = server.url, int(server.url.rpartition(":")[2])

    @property
    def imports_folder(self) -> Path:
        """The folder of uploads."""
        store = Store(self.database)
        try:
            return ImportFolders(Settings(database_url=self.database), store).parent
        finally:
            store.close()

    def memory_kb(self) -> int:
        """Return the anonymous memory of the process in kB, without the pages of files that it maps."""
        return self._status("RssAnon")

    def peak_kb(self) -> int:
        """Return the largest resident memory that the process has had, in kB."""
        return self._status("VmHWM")

    def cpu_seconds(self) -> float:
        """Return the CPU time that all threads of the process have used."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def open_files(self) -> int:
        """Return how many files and connections the process has open."""
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    def settled_memory_kb(self, limit_kb: int, seconds: float = 10) -> int:
        """Return the memory once it is at most `limit_kb`, or after some seconds."""
        return self._settled(self.memory_kb, limit_kb, seconds)

    def settled_open_files(self, limit: int, seconds: float = 10) -> int:
        """Return the number of open files once it is at most `limit`, or after some seconds."""
        return self._settled(self.open_files, limit, seconds)

    def failures(self) -> str:
        """Return the end of the log from the first traceback or error on; "" if it has none."""
        log = self.server.log.read_text("utf-8", "replace")
        match = FAILURE.search(log)
        return log[match.start() :][:5_000] if match else ""

    def headers(self, role: str | None) -> dict[str, str]:
        """Return the headers of a request of this role; None for a reader."""
        return {"Authorization": f"Bearer {self.keys[role]}"} if role else {}

    def _status(self, field: str) -> int:
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        match = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
        assert match, status
        return int(match[1])

    @staticmethod
    def _settled(measure: object, limit: int, seconds: float) -> int:
        assert callable(measure)
        end = time.monotonic() + seconds
        while (value := int(measure())) > limit and time.monotonic() < end:
            time.sleep(0.1)
        return value
