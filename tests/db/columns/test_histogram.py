"""The histogram: buckets without gaps, each event in that of its first day, earlier ones in the first."""

from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from chance import examples
from hypothesis import given
from hypothesis import strategies as st

from db.columns.histogram import Bars, bars
from db.dates.calendar import DAY, days
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadFilter
from db.query.results import Bucket

seconds = st.one_of(st.integers(-(10**10), 4 * 10**9), st.just(ALWAYS))


def at(text: str) -> int:
    """Return the first second of a day."""
    day = date.fromisoformat(text)
    return days(day.year, day.month, day.day) * DAY


def histogram(
    counts: list[tuple[int, int]], window: Interval | None, interval: str
) -> tuple[str, list[Bucket]]:
    """Return the histogram of (second, events) pairs, counted by day as db.columns.summary does."""
    opening = window.first if window else ALWAYS
    early = sum(count for start, count in counts if start == ALWAYS or start < opening)
    by_day = Counter[int]()
    for start, count in counts:
        if start != ALWAYS and start >= opening:
            by_day[start // DAY] += count
    days = sorted(by_day)
    name, all_bars = bars((days[0], days[-1]) if days else None, early, window, interval)
    return name, _counted(by_day, early, all_bars)


def _counted(by_day: Counter[int], early: int, all_bars: Bars) -> list[Bucket]:
    """Count the events of each bar: the first has those before it too, and the last those after it."""
    inner = [last for last in all_bars.lasts[:-1] if last is not None]
    at = Counter[int]({0: early})
    for day, count in by_day.items():
        at[bisect_left(inner, day)] += count
    return [
        Bucket(start=start, end=end, count=at[n])
        for n, (start, end, _) in enumerate(zip(*all_bars, strict=True))
    ]


@given(st.lists(st.tuples(seconds, st.integers(1, 5)), max_size=30), st.sampled_from(["auto", "year"]))
@examples(300)
def test_every_event_counts_and_buckets_have_no_gaps(counts: list[tuple[int, int]], interval: str) -> None:
    name, buckets = histogram(counts, None, interval)
    assert sum(bucket.count for bucket in buckets) == sum(count for _, count in counts)
    assert len(buckets) <= (120 if interval == "auto" else 1000)
    for bucket, following in pairwise(buckets):
        if bucket.end and following.start and bucket.end[0] not in "-+":
            assert date.fromisoformat(bucket.end) + timedelta(1) == date.fromisoformat(following.start), name


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2022, 12, 31)), min_size=1),
    st.sampled_from(("week", "month", "quarter", "year")),
)
@examples(200)
def test_each_event_counts_in_the_bucket_of_its_day(drawn: list[date], interval: str) -> None:
    _, buckets = histogram([(at(day.isoformat()), 1) for day in drawn], None, interval)
    for bucket in buckets:
        inside = [day for day in drawn if bucket.start <= day.isoformat() <= bucket.end]
        assert bucket.count == len(inside)


def test_an_event_from_before_the_window_counts_in_its_first_bucket() -> None:
    counts = [(at("2019-03-01"), 2), (at("2020-05-10"), 3), (at("2020-06-01"), 1), (ALWAYS, 1)]
    window = Interval(at("2020-05-02"), FOREVER)
    _, buckets = histogram(counts, window, "month")
    assert [(b.start, b.end, b.count) for b in buckets] == [
        (None, "2020-05-31", 6),
        ("2020-06-01", "2020-06-30", 1),
    ]


def test_events_without_a_beginning_share_one_open_bucket() -> None:
    assert [(b.start, b.count) for b in histogram([(ALWAYS, 4)], None, "auto")[1]] == [(None, 4)]


def test_a_week_begins_on_monday() -> None:
    _, buckets = histogram([(at("2023-05-03"), 1)], None, "week")
    assert (buckets[0].start, buckets[0].end) == ("2023-05-01", "2023-05-07")


def test_no_events_make_no_buckets() -> None:
    assert histogram([], None, "auto") == ("day", [])


def test_an_interval_with_too_many_buckets_is_refused() -> None:
    with pytest.raises(BadFilter, match="expected at most 1,000"):
        histogram([(at("2000-01-01"), 1), (at("2023-01-01"), 1)], None, "day")


def test_deep_time_has_wide_buckets() -> None:
    name, buckets = histogram([(-(10**16), 1), (0, 1)], None, "auto")
    assert name.startswith("P")
    assert len(buckets) <= 120
