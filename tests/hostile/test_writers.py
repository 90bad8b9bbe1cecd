"""Changes while another program holds the database are refused when one wait is over; readers do not wait."""

import threading
import time
from collections.abc import Callable

import httpx
import pytest
from databases import Databases
from hostile.server_watch import Target
from server_process import Server

from db.engines import backend_of, connect

WRITERS = 8


@pytest.mark.slow
def test_eight_writers_are_refused_within_the_wait_of_a_write(
    serve: Callable[..., Server], crowded: tuple[str, dict[str, str]], databases: Databases
) -> None:
    # Not the fixture `target`: here the log must contain errors, about the locked database.
    database = databases.copy(crowded[0])
    target = Target(serve(database), database, crowded[1])
    httpx.get(f"{target.url}/events/summary")  # the first answer takes longer, as it reads the columns
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
    engine = connect(database, 60)
    with backend_of(engine).write_transaction(engine, durable=False):
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            start = time.monotonic()
            assert httpx.get(f"{target.url}/events/summary").status_code == 200
            assert time.monotonic() - start < 1
            time.sleep(0.5)
    engine.dispose()
    assert [status for status, _, _ in answers] == [503] * WRITERS
    assert max(seconds for _, seconds, _ in answers) < backend_of(engine).BUSY_SECONDS + 2
    assert all(int(headers["retry-after"]) > 0 for *_, headers in answers)
