"""Requests that reach two machines: repeated ones are carried out once, and wrong keys are counted together."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import newsroom
import pytest
from databases import run_sql
from hosts import Host, wait_until

from db.editing.wrong_keys import MAX_ADDRESSES, NewAttempts
from db.store import Store

REQUESTS = 20
ADDRESS = "127.0.0.1"


def test_a_request_that_reaches_two_machines_at_once_is_carried_out_once(first: Host, second: Host) -> None:
    together = Barrier(2)

    def post(host: Host, number: int) -> httpx.Response:
        together.wait()
        body = newsroom.feature(title=f"Repeated {number}")
        return host.request(
            "POST", newsroom.ITEMS, json=body, headers={"Idempotency-Key": f"repeated-{number}"}
        )

    with ThreadPoolExecutor(2) as both:
        for number in range(REQUESTS):
            responses = list(both.map(post, (first, second), (number, number)))
            assert [response.status_code for response in responses] == [201, 201]
            assert responses[0].json()["id"] == responses[1].json()["id"]
    sql = "SELECT count(*) FROM event WHERE title LIKE 'Repeated %'"
    assert run_sql(first.database_url, sql) == [(REQUESTS,)]
    assert run_sql(first.database_url, "SELECT count(*) FROM answered") == [(REQUESTS,)]


def test_a_key_of_a_repeated_request_with_another_body_is_refused_by_the_other_machine(
    first: Host, second: Host
) -> None:
    headers = {"Idempotency-Key": "other body"}
    statuses = [
        host.request("POST", newsroom.ITEMS, json=newsroom.feature(title=title), headers=headers).status_code
        for host, title in ((first, "A"), (second, "B"))
    ]
    assert statuses == [201, 409]


def wrong_keys(url: str) -> list[int]:
    return [count for (count,) in run_sql(url, "SELECT count FROM wrong_keys")]


def try_key(host: Host, key: str) -> tuple[int, float]:
    """Return the status of a request with a key, and its seconds."""
    start = time.monotonic()
    status = httpx.get(f"{host.server.url}/events", headers={"Authorization": f"Bearer {key}"}, timeout=60)
    return status.status_code, time.monotonic() - start


@pytest.fixture
def counted(first: Host) -> Callable[..., None]:
    """Return a function that sets how many wrong keys the machines have counted for the address of the tests."""

    def put(wrong: int) -> None:
        store = Store(first.database_url)
        store.desk.add_wrong_keys({ADDRESS: NewAttempts(reset=True, wrong=wrong)})
        store.close()

    return put


def test_wrong_keys_reach_the_database_and_right_ones_do_not(first: Host) -> None:
    for _ in range(3):
        assert try_key(first, "wrong")[0] == 401
        first.get("/imports")
    wait_until(lambda: wrong_keys(first.database_url) == [3])


def test_a_right_key_resets_the_count_on_all_machines(
    first: Host, second: Host, counted: Callable[..., None]
) -> None:
    store = Store(first.database_url)
    key = store.desk.create_key("late", "editor")
    store.close()
    counted(4)
    time.sleep(2.1)
    assert try_key(second, key)[0] == 200
    wait_until(lambda: wrong_keys(first.database_url) == [])


@pytest.mark.slow  # waits for the delay
def test_wrong_keys_that_another_machine_counted_delay_the_next_key_but_no_key_that_is_known(
    first: Host, second: Host, counted: Callable[..., None]
) -> None:
    second.get("/imports")
    counted(8)
    time.sleep(2.1)  # until the second machine reads the count again
    with ThreadPoolExecutor(1) as thread:
        wrong = thread.submit(try_key, second, "wrong")
        time.sleep(0.5)
        start = time.monotonic()
        second.get("/imports")
        assert time.monotonic() - start < 1.5
        status, seconds = wrong.result()
    assert (status, seconds > 3) == (401, True)


def test_strangers_cannot_fill_the_database_with_addresses(store: Store, database_url: str) -> None:
    flood = {f"address {number}": NewAttempts(wrong=1) for number in range(MAX_ADDRESSES + 50)}
    store.desk.add_wrong_keys(flood)
    ((addresses,),) = run_sql(database_url, "SELECT count(*) FROM wrong_keys")
    assert MAX_ADDRESSES / 2 < addresses <= MAX_ADDRESSES


def test_old_wrong_keys_are_forgotten(store: Store, database_url: str) -> None:
    store.desk.add_wrong_keys({ADDRESS: NewAttempts(wrong=3)})
    store.desk.add_wrong_keys({ADDRESS: NewAttempts(wrong=2)})
    assert store.desk.wrong_keys(ADDRESS).wrong == 5
    run_sql(database_url, "UPDATE wrong_keys SET last = last - 3601")
    assert store.desk.wrong_keys(ADDRESS).wrong == 0
    store.desk.add_wrong_keys({"another": NewAttempts(wrong=1)})
    assert wrong_keys(database_url) == [1]


def test_the_database_has_no_address(store: Store, database_url: str) -> None:
    store.desk.add_wrong_keys({"203.0.113.7": NewAttempts(wrong=3)})
    rows: list[Any] = run_sql(database_url, "SELECT * FROM wrong_keys")
    assert "203.0.113.7" not in str(rows)
