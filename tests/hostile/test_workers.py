"""A worker that dies is replaced, and the others answer in the meantime."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from server_process import Server


def workers(server: Server) -> set[int]:
    """Return the process numbers of the workers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return {int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@pytest.mark.slow
def test_a_killed_worker_is_replaced(serve: Callable[..., Server], seeded: str) -> None:
    server = serve(seeded, workers=2)
    before = workers(server)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    end = time.monotonic() + 20
    while len(workers(server) - {victim}) < len(before):
        assert time.monotonic() < end
        time.sleep(0.2)
    for _ in range(10):
        assert server.get("/events").status_code == 200
