"""Rules for the seed file, checked without loading it into a database."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from db.events.categories import VOCABULARY
from seeds import EVENTS

CATEGORIES = {category.slug for category in VOCABULARY}
EVENT_FIELDS = {
    "id",
    "title",
    "summary",
    "category",
    "date",
    "places",
    "figures",
    "tags",
    "sources",
    "verification",
    "note",
}
SOURCE_FIELDS = {"title", "publisher", "url", "date"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIGURE_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
COORDINATE = re.compile(r"-?\d+[.,]\d{2,}|°|\bPOINT\b")

SEEDS: dict[str, Any] = yaml.safe_load(EVENTS.read_text(encoding="utf-8"))


def _events() -> list[Any]:
    return [pytest.param(event, id=event["id"]) for event in SEEDS["events"]]


def _texts(event: dict[str, Any]) -> Iterator[str]:
    for field in ("title", "summary", "note", "date"):
        yield event.get(field) or ""
    yield from event.get("places") or []


def test_at_least_thirty_events() -> None:
    assert len(SEEDS["events"]) >= 30


def test_there_are_ten_sources_and_each_is_used() -> None:
    used = {key for event in SEEDS["events"] for key in event["sources"]}
    assert used == set(SEEDS["sources"])
    assert len(used) == 10


def test_sources_have_a_title_and_only_known_fields() -> None:
    for key, source in SEEDS["sources"].items():
        assert SLUG.fullmatch(key)
        assert set(source) <= SOURCE_FIELDS
        assert source["title"].strip()


def test_ids_are_unique() -> None:
    counts = Counter(event["id"] for event in SEEDS["events"])
    assert [key for key, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("event", _events())
def test_id_is_a_slug(event: dict[str, Any]) -> None:
    assert SLUG.fullmatch(event["id"])


@pytest.mark.parametrize("event", _events())
def test_event_has_only_known_fields(event: dict[str, Any]) -> None:
    assert set(event) <= EVENT_FIELDS


@pytest.mark.parametrize("event", _events())
def test_event_names_existing_sources(event: dict[str, Any]) -> None:
    assert event["sources"]
    assert set(event["sources"]) <= set(SEEDS["sources"])


@pytest.mark.parametrize("event", _events())
def test_category_is_in_the_vocabulary(event: dict[str, Any]) -> None:
    assert event["category"] in CATEGORIES


@pytest.mark.parametrize("event", _events())
def test_title_fits_a_map_card(event: dict[str, Any]) -> None:
    assert 0 < len(event["title"]) <= 90
    assert event["summary"].strip()


@pytest.mark.parametrize("event", _events())
def test_date_is_text_or_nothing(event: dict[str, Any]) -> None:
    # YAML turns an unquoted 2023-05-03 into a date and 2020 into a number: both lose the EDTF text.
    assert event.get("date") is None or isinstance(event["date"], str)


@pytest.mark.parametrize("event", _events())
def test_places_are_names_not_coordinates(event: dict[str, Any]) -> None:
    assert all(isinstance(place, str) and place[0].isalpha() for place in event.get("places") or [])
    assert [text for place in event.get("places") or [] for text in COORDINATE.findall(place)] == []


@pytest.mark.parametrize("event", _events())
def test_no_text_contains_a_coordinate_pair(event: dict[str, Any]) -> None:
    pair = re.compile(r"-?\d+\.\d+\s*[,;/]\s*-?\d+\.\d+|°")
    assert [text for text in _texts(event) if pair.search(text)] == []


@pytest.mark.parametrize("event", _events())
def test_figures_are_numbers_with_plain_names(event: dict[str, Any]) -> None:
    for name, value in (event.get("figures") or {}).items():
        assert FIGURE_NAME.fullmatch(name)
        assert isinstance(value, int | float)
        assert not isinstance(value, bool)


@pytest.mark.parametrize("event", _events())
def test_doubt_is_explained(event: dict[str, Any]) -> None:
    doubtful = event["verification"] == "disputed" or re.search(r"[?~%]", event.get("date") or "")
    assert event["verification"] in {"reported", "disputed"}
    assert not doubtful or event.get("note")


def test_the_action_day_is_one_event_in_ten_places() -> None:
    days = [event for event in SEEDS["events"] if event.get("date") == "2023-05-03"]
    assert [len(event["places"]) for event in days] == [10]


def test_arrests_are_counted_once() -> None:
    totals = {e["id"]: e["figures"]["arrests"] for e in SEEDS["events"] if "arrests" in e.get("figures", {})}
    assert totals == {
        "balkan-cartel-raids": 23,
        "ndrangheta-action-day": 132,
        "franco-israeli-fraud-action-days": 8,
        "power-off-arrests": 7,
    }
