"""Changes while another program holds the database are refused when one wait is over; readers do not wait."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hostile.server_watch import Target
from server_process import Server

from db.engines.sqlite.errors import BUSY_SECONDS

WRITERS = 8


@pytest.mark.slow
def test_eight_writers_are_refused_within_the_wait_of_a_write(
    serve: Callable[..., Server], crowded: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    # Not the fixture `target`: here the log must contain errors, about the locked database.
    shutil.copy(crowded[0], tmp_path / "events.db")
    target = Target(serve(tmp_path / "events.db"), tmp_path / "events.db", crowded[1])
    answers: list[tuple[int, float, dict[str, str]]] = []

    def create(number: int) -> None:
        start = time.monotonic()
        event = {
            "type": "Feature", "geometry": None, "properties": {"title": f"Raid {number}", "category": "raid"},
        }  # fmt: skip
        url, headers = f"{target.url}/collections/events/items", target.headers("reviewer")
        response = httpx.post(url, json=event, headers=headers, timeout=60)
        answers.append((response.status_code, time.monotonic() - start, dict(response.headers)))

    threads = [threading.Thread(target=create, args=(number,)) for number in range(WRITERS)]
    with closing(sqlite3.connect(target.database, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            start = time.monotonic()
            assert httpx.get(f"{target.url}/events/summary").status_code == 200
            assert time.monotonic() - start < 1
            time.sleep(0.5)
    assert [status for status, _, _ in answers] == [503] * WRITERS
    assert max(seconds for _, seconds, _ in answers) < BUSY_SECONDS + 2
    assert all(int(headers["retry-after"]) > 0 for *_, headers in answers)
