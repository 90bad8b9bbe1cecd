"""Answers have a size that no client can raise, and bodies a number of values."""

import httpx
import pytest
from hostile.server_watch import Target

from timeline.api.events.html import MAX_EVENTS_ON_PAGE
from timeline.api.params.tables import MAX_LIMIT


def test_an_html_page_has_at_most_a_thousand_events(target: Target) -> None:
    page = httpx.get(f"{target.url}/events?f=html&limit={MAX_LIMIT}", timeout=30).text
    assert page.count("<article aria-labelledby=") == MAX_EVENTS_ON_PAGE
    assert "cursor=" in page


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "x", ""])
def test_a_limit_that_is_no_number_is_refused(target: Target, limit: str) -> None:
    response = httpx.get(f"{target.url}/events?limit={limit}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "limit" in response.json()["detail"]


def test_a_larger_limit_is_clamped(target: Target) -> None:
    document = httpx.get(f"{target.url}/events?limit=999999999999&properties=title", timeout=30).json()
    assert document["numberReturned"] == min(document["numberMatched"], MAX_LIMIT)


@pytest.mark.parametrize(
    "body", [b"[" + b"{}," * 2_600_000 + b"{}]", b"[" + b"1," * 3_900_000 + b"1]", b"[" * 8_000_000], ids=len
)
def test_a_body_of_millions_of_values_is_refused_before_it_is_decoded(target: Target, body: bytes) -> None:
    before = target.memory_kb()
    headers = target.headers("admin") | {"Content-Type": "application/json"}
    response = httpx.post(f"{target.url}/collections/events/items", content=body, headers=headers, timeout=30)
    assert response.status_code == 413
    assert "500,000" in response.json()["detail"]
    assert target.memory_kb() < before + 60_000
