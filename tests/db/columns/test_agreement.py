"""Lists, pages and summaries agree with a filter written in plain Python."""

from bisect import bisect_left
from collections import Counter
from dataclasses import replace

import msgspec
from chance import examples
from filled_store import filled
from filter_oracle import events, filters, matches, selects
from hypothesis import given

from db.dates.calendar import DAY
from db.dates.edtf import FOREVER, When
from db.events.draft import Draft
from db.query.filter import Filter, Sort
from db.store import Store


def _pages(store: Store, filter_: Filter, sort: Sort, limit: int) -> list[str]:
    ids, cursor = [], None
    while True:
        page = store.find(filter_, limit, sort, cursor)
        ids += [msgspec.json.decode(raw)["id"] for raw in page.features]
        cursor = page.next
        if cursor is None:
            return ids


def _key(sort: Sort, event: Draft) -> tuple:
    start = event.when.start_min if event.when else None
    return {
        Sort.NEWEST: (start is None, -(start or 0), event.id),
        Sort.OLDEST: (start is None, start or 0, event.id),
        Sort.TITLE: (event.title.lower(), event.id),
        Sort.UPDATED: (event.id,),
    }[sort]


@given(events(), filters)
@examples(200)
def test_pages_have_each_matching_event_once_and_in_order(
    shared_store: Store, drafts: list[Draft], filter_: Filter
) -> None:
    store = filled(shared_store, drafts)
    wanted = [event for event in drafts if matches(event, filter_)]
    assert store.find(filter_).matched == len(wanted)
    for sort, limit in ((Sort.NEWEST, 2), (Sort.OLDEST, 3), (Sort.UPDATED, 100)):
        expected = sorted(wanted, key=lambda event: _key(sort, event))
        assert _pages(store, filter_, sort, limit) == [event.id for event in expected]
    by_sql = [store.find(filter_, limit) for limit in (1, 3, 100)]
    store.summary(Filter())
    newest = sorted(wanted, key=lambda event: _key(Sort.NEWEST, event))
    assert _pages(store, filter_, Sort.NEWEST, 2) == [event.id for event in newest]
    assert [store.find(filter_, limit) for limit in (1, 3, 100)] == by_sql


def test_a_page_from_the_columns_continues_one_from_the_database(store: Store) -> None:
    store.add([Draft(id=f"e{n}", title="x", category="raid", status="published") for n in range(5)])
    first = store.find(Filter(), 2)
    store.summary(Filter())
    second = store.find(Filter(), 2, cursor=first.next)
    store.add([Draft(id="e9", title="x", category="raid", status="published")])
    third = store.find(Filter(), 9, cursor=second.next)
    ids = [msgspec.json.decode(raw)["id"] for page in (first, second, third) for raw in page.features]
    assert ids == ["e0", "e1", "e2", "e3", "e4", "e9"]


def test_a_cursor_still_works_when_its_event_is_gone(store: Store) -> None:
    store.add([Draft(id=f"e{n}", title="x", category="raid", status="published") for n in range(5)])
    cursor = store.find(Filter(), 2).next
    store.add([Draft(id="e1", title="x", category="raid", status="retracted")])
    store.summary(Filter())
    features = store.find(Filter(), 9, cursor=cursor).features
    assert [msgspec.json.decode(raw)["id"] for raw in features] == ["e2", "e3", "e4"]


@given(events(), filters)
@examples(200)
def test_the_summary_counts_the_matching_events(
    shared_store: Store, drafts: list[Draft], filter_: Filter
) -> None:
    summary = filled(shared_store, drafts).summary(filter_)
    wanted = [event for event in drafts if matches(event, filter_)]
    pins = [place for event in wanted for place in event.places if selects(filter_, place)]
    assert summary.matched == len(wanted)
    assert summary.undated == sum(event.when is None for event in wanted)
    assert summary.unplaced == sum(not event.places for event in wanted)
    assert summary.pins == len(pins)
    assert sum(bucket.count for bucket in summary.histogram) + summary.undated == summary.matched
    assert sum(summary.categories.values()) == summary.matched
    lasts = [FOREVER if bar.last is None else bar.last for bar in summary.histogram]
    bars = Counter(
        (bisect_left(lasts, event.when.start_min // DAY), event.category) for event in wanted if event.when
    )
    assert bars == {
        (at, slug): count
        for at, bar in enumerate(summary.histogram)
        for slug, count in bar.categories.items()
    }
    assert [bar.count for bar in summary.histogram] == [
        sum(bar.categories.values()) for bar in summary.histogram
    ]
    assert len(summary.histogram) <= 120
    sums = [figure.value for event in wanted for figure in event.figures if figure.name == "arrests"]
    assert summary.figures.get("arrests", 0) == sum(sums)
    assert "deaths_per_year" not in summary.figures


def test_a_bar_includes_its_last_day(store: Store) -> None:
    days = [("raid", "2023-05-01"), ("arrest", "2023-05-02"), ("raid", "2023-05-02"), ("study", "../2023")]
    store.add(
        Draft(id=f"e{n}", title="x", category=slug, when=When.parse(day), status="published")
        for n, (slug, day) in enumerate(days)
    )
    bars = store.summary(Filter(), "day").histogram
    assert [bar.categories for bar in bars] == [{"raid": 1, "study": 1}, {"arrest": 1, "raid": 1}]


@given(events(), filters)
@examples(200)
def test_a_filter_by_a_country_of_the_summary_matches_its_count(
    shared_store: Store, drafts: list[Draft], filter_: Filter
) -> None:
    store = filled(shared_store, drafts)
    for code, count in store.summary(filter_).countries.items():
        assert count == store.find(replace(filter_, countries=(code,))).matched


def test_title_order_ignores_case(store: Store) -> None:
    drafts = [Draft(id=t, title=t, category="raid", status="published") for t in ("b", "A", "c", "B2")]
    store.add(drafts)
    assert _pages(store, Filter(), Sort.TITLE, 2) == ["A", "b", "B2", "c"]
