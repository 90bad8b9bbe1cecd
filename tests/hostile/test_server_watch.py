"""The fixtures themselves: they start a server, and would notice a failure of it."""

import httpx
import pytest
from hostile.server_watch import FAILURE, Target


def test_the_target_serves_the_crowded_database(target: Target) -> None:
    assert httpx.get(f"{target.url}/events?limit=1").json()["numberMatched"] > 3_000
    for role in ("editor", "reviewer", "admin"):
        assert httpx.get(f"{target.url}/imports", headers=target.headers(role)).status_code == 200
    assert httpx.get(f"{target.url}/imports", headers=target.headers(None)).status_code == 401
    assert target.memory_kb() > 10_000
    assert target.peak_kb() >= target.memory_kb()
    assert target.open_files() > 5
    assert target.cpu_seconds() > 0
    assert not target.failures()


@pytest.mark.parametrize(
    "line", ["Traceback (most recent call last):", "ERROR:    Exception in ASGI application"]
)
def test_a_traceback_is_a_failure(line: str) -> None:
    assert FAILURE.search(line)
