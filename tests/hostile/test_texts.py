"""Texts that are expensive to read are refused by their length, or read in linear time."""

import time

import httpx
import pytest
from hostile.server_watch import Target

from db.dates.edtf import MAX_DATE_CHARACTERS
from db.errors import BadDate
from timeline.written_dates.reader import read

ITEMS = "/collections/events/items"
DATE = "[" + ",".join(["2021"] * 5_000) + "]"
TEXTS = (
    "[" * 5_000,
    "*" * 16_000,
    "[1] " * 4_000 + "!",
    "mid-" * 4_000,
    "May 3, " * 2_000,
    "1" * 16_000,
    DATE,
    " " * 8_000 + "x",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_date_is_refused_by_its_length(target: Target, text: str) -> None:
    begun = time.monotonic()
    response = httpx.get(f"{target.url}/review/date", params={"text": text}, headers=target.headers("editor"))
    assert response.status_code == 400, response.text
    assert response.json()["parameter"] == "text"
    feature = {
        "type": "Feature",
        "geometry": None,
        "properties": {"title": "A", "category": "raid", "date": text},
    }
    response = httpx.post(target.url + ITEMS, json=feature, headers=target.headers("editor"))
    assert (response.status_code, response.json()["field"]) == (422, "date")
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("text", [text for text in TEXTS if not text.startswith(" ")])
def test_long_dates_of_files_are_refused_at_once(text: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadDate):
        read.__wrapped__(text * 10)
    assert time.perf_counter() - begun < 0.2


def test_a_long_set_of_days_is_a_date() -> None:
    days = "{" + ",".join(f"2021-{month:02}-{day:02}" for month in range(1, 4) for day in range(1, 29)) + "}"
    assert len(days) < MAX_DATE_CHARACTERS
    assert read(days).edtf == days


@pytest.mark.parametrize("field", ["place", "places"])
def test_places_are_counted_before_they_are_looked_up(target: Target, field: str) -> None:
    names = [f"Hasselt {n}" for n in range(50_000)]
    value = ";".join(names) if field == "place" else names
    feature = {
        "type": "Feature",
        "geometry": None,
        "properties": {"title": "A", "category": "raid", field: value},
    }
    begun = time.monotonic()
    response = httpx.post(target.url + ITEMS, json=feature, headers=target.headers("editor"), timeout=60)
    assert response.status_code == 422, response.text
    assert "at most 1,000" in response.json()["detail"]
    assert time.monotonic() - begun < 3


def test_a_collection_has_a_limit_of_places_to_geocode(target: Target) -> None:
    names = ["Hasselt"] * 900
    features = [
        {
            "type": "Feature",
            "geometry": None,
            "properties": {"title": "A", "category": "raid", "places": names},
        }
    ] * 20
    response = httpx.post(
        target.url + ITEMS, json={"type": "FeatureCollection", "features": features},
        headers=target.headers("editor"), timeout=60,
    )  # fmt: skip
    assert response.status_code == 413, response.text
    assert "5,000" in response.json()["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "text/html;q=0." + "1" * 30_000), ("Accept", "a/b," * 12_000), ("Accept", ";" * 50_000),
        ("Accept-Language", "de," * 15_000), ("Accept-Language", "e" * 50_000),
        ("Accept-Encoding", "gzip;q=0 ," * 5_000),
        ("If-None-Match", '"1-a",' * 9_000), ("If-None-Match", "-" * 50_000), ("Forwarded", "for=1," * 9_000),
        ("Authorization", "Bearer " + "x" * 50_000), ("Authorization", "Basic " + "x" * 50_000),
        ("Cookie", "a=b;" * 12_000),
    ],
)  # fmt: skip
def test_long_headers_are_read_in_linear_time(target: Target, name: str, value: str) -> None:
    begun = time.monotonic()
    for path in ("/", "/events?limit=1", "/geocode?q=Hasselt"):
        response = httpx.get(target.url + path, headers={name: value})
        assert response.status_code in (200, 401, 406), response.text
    assert time.monotonic() - begun < 2


def test_changes_from_now_on_have_no_tag(target: Target) -> None:
    first = httpx.get(f"{target.url}/changes?since=now")
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    everything = httpx.get(f"{target.url}/changes?limit=2")
    again = httpx.get(f"{target.url}/changes?limit=2", headers={"If-None-Match": everything.headers["etag"]})
    assert again.status_code == 304
