"""Thousands of random requests: none may fail on the server, and none may leave anything behind in its memory."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest
from hostile.fuzzing import Client, Fuzzer, Response, Shot, fault
from hostile.server_watch import Target

CLIENTS = 3
MAX_GROWTH = 1.2
ORDINARY_REQUESTS = 5_000


def bombard(target: Target, shots: Iterator[Shot]) -> tuple[Counter[int], list[str]]:
    """Send all requests with several clients; return the count of each status, and the wrong responses."""
    waiting: SimpleQueue[Shot | None] = SimpleQueue()
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    threads = [
        threading.Thread(target=_send_all, args=(target, waiting, statuses, faults)) for _ in range(CLIENTS)
    ]
    for shot in [*shots, *[None] * CLIENTS]:
        waiting.put(shot)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, faults


def _send_all(
    target: Target, waiting: "SimpleQueue[Shot | None]", statuses: Counter[int], faults: list[str]
) -> None:
    client = Client(target)
    while shot := waiting.get():
        began = time.monotonic()
        try:
            response = client.send(shot)
        except TimeoutError:
            client.close()
            faults.append(f"no response in {time.monotonic() - began:.0f} s: {shot}")
            continue
        statuses[response.status] += 1
        if reason := fault(shot, response):
            faults.append(f"{reason}: {shot} {response.body[:200]!r}")
    client.close()


def read_often(target: Target) -> None:
    """Send thousands of ordinary requests, after which heaps and connections to the database have their usual size."""
    padding = "a" * 900
    addresses = (f"/categories?utm_a={number}&utm_b={padding}" for number in range(ORDINARY_REQUESTS))
    statuses, faults = bombard(target, (Shot("GET", address) for address in addresses))
    assert statuses.keys() == {200}
    assert not faults


def attack_and_compare(target: Target, seed: int, count: int, warm_up: int) -> Counter[int]:
    """Send requests, and check their responses, the log, and the memory and the open files afterwards."""
    _, faults = bombard(target, Fuzzer(seed + 1, target.keys).shots(warm_up))
    memory, files = target.memory_kb(), target.open_files()
    statuses, more = bombard(target, Fuzzer(seed, target.keys).shots(count))
    assert not (faults := faults + more), f"{len(faults)} wrong responses:\n" + "\n".join(faults[:20])
    assert not target.failures()
    assert target.settled_memory_kb(int(memory * MAX_GROWTH)) <= memory * MAX_GROWTH
    assert target.settled_open_files(files + 5) <= files + 5
    return statuses


def test_the_same_seed_gives_the_same_requests() -> None:
    keys = {"editor": "a", "reviewer": "b", "admin": "c"}
    first, again, other = (list(Fuzzer(seed, keys).shots(50)) for seed in (1, 1, 2))
    assert first == again != other
    assert any(shot.wire for shot in first)
    assert any(shot.body for shot in first)


def test_a_few_hundred_random_requests_do_no_harm(target: Target) -> None:
    statuses = attack_and_compare(target, seed=21, count=250, warm_up=150)
    assert statuses.keys() >= {200, 400, 401, 404}


@pytest.mark.slow
def test_ten_thousand_random_requests_do_no_harm(attack: Callable[..., Target]) -> None:
    target = attack()
    read_often(target)
    statuses = attack_and_compare(target, seed=2_100, count=10_000, warm_up=5_000)
    assert statuses.keys() >= {200, 201, 204, 400, 401, 403, 404, 405, 412, 415, 422}


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(200), None), (Response(503, {"retry-after": "5", "content-type": "application/problem+json"}), None),
        (Response(500), "status 500"), (Response(502), "status 502"), (Response(0), "no response"),
        (Response(503), "503 without Retry-After"), (Response(404), "404 is not a problem document"),
    ],
)  # fmt: skip
def test_a_wrong_response_is_noticed(response: Response, reason: str | None) -> None:
    assert fault(Shot("GET", "/"), response) == reason
