"""What is certain of a bar, and how uncertain dates are spread over bars, counted event by event in plain Python."""

from bisect import bisect_left
from fractions import Fraction

from chance import examples
from filled_store import filled
from filter_oracle import events, intervals, matches
from hypothesis import given
from hypothesis import strategies as st

from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER, When
from db.dates.interval import Interval
from db.events.draft import Draft
from db.query.filter import Filter
from db.query.results import Bucket
from db.store import Store


def _bars(store: Store, dates: list[str], interval: str, window: str | None = None) -> list[Bucket]:
    store.add(
        Draft(id=f"e{n}", title="x", category="raid", when=When.parse(text), status="published")
        for n, text in enumerate(dates)
    )
    filter_ = Filter(interval=Interval.parse(window) if window else None)
    return store.summary(filter_, interval).histogram


def test_a_quarter_is_spread_over_its_months_by_days(store: Store) -> None:
    bars = _bars(store, ["2023-33", "2023-02-05", "2023-02-05?"], "month")
    assert [bar.count for bar in bars] == [1, 2, 0]
    assert [bar.certain for bar in bars] == [0, 1, 0]
    assert [bar.spread for bar in bars] == [0.344, 2.311, 0.345]


def test_a_span_is_cut_to_the_window(store: Store) -> None:
    bars = _bars(store, ["2023-33"], "month", "2023-02-01/2023-02-28")
    assert [(bar.start, bar.count, bar.certain, bar.spread) for bar in bars] == [(None, 1, 0, 1.0)]


def test_rounding_leaves_no_negative_share(store: Store) -> None:
    bars = _bars(store, ["[1800..1915]"], "year")
    assert len(bars) == 116
    assert {bar.spread for bar in bars} == {0.008, 0.009}
    assert round(sum(bar.spread for bar in bars), 3) == 1


def test_rounding_leaves_no_share_smaller_than_the_certain_events(store: Store) -> None:
    bars = _bars(store, ["2019/..", "2020/2021", "2021-01-01"], "month")
    assert (bars[-1].certain, bars[-1].spread) == (1, 1.0)
    assert all(bar.spread >= bar.certain for bar in bars)
    assert round(sum(bar.spread for bar in bars), 3) == 3


def _spread(when: When, lasts: list[int], interval: Interval | None) -> list[Fraction]:
    """Return the share of an event in each bar."""
    first, last = when.start_min // DAY, when.start_max // DAY
    home = bisect_left(lasts[:-1], first)
    shares = [Fraction(0)] * len(lasts)
    low = max(first, interval.first // DAY) if interval else first
    high = min(last, lasts[-1], interval.last // DAY if interval else FOREVER)
    if when.start_min == ALWAYS or high < low:
        shares[home] = Fraction(1)
        return shares
    before = low - 1
    for at, end in enumerate(lasts):
        inside = min(high, end) - max(low - 1, before)
        shares[at] = Fraction(max(inside, 0), high - low + 1)
        before = max(before, end)
    return shares


@given(events(), st.one_of(st.none(), intervals()), st.booleans())
@examples(200)
def test_bars_are_certain_and_spread_as_counted_event_by_event(
    shared_store: Store, drafts: list[Draft], interval: Interval | None, verified: bool
) -> None:
    # The second filter is counted event by event, the first by blocks of time.
    filter_ = Filter(
        interval=interval, verifications=("reported", "confirmed", "disputed") if verified else ()
    )
    bars = filled(shared_store, drafts).summary(filter_).histogram
    dated = [event.when for event in drafts if event.when and matches(event, filter_)]
    lasts = [FOREVER // DAY if bar.last is None else bar.last for bar in bars]
    certain, spread = [0] * len(bars), [Fraction(0)] * len(bars)
    for when in dated:
        home = bisect_left(lasts[:-1], when.start_min // DAY)
        certain[home] += when.start_max // DAY <= lasts[home] and not when.doubtful
        for at, share in enumerate(_spread(when, lasts, interval)):
            spread[at] += share
    assert [bar.certain for bar in bars] == certain
    for bar, share in zip(bars[:-1], spread[:-1], strict=True):
        assert abs(bar.spread - share) <= 0.0011
    assert round(sum(bar.spread for bar in bars), 3) == len(dated)
    finite = [when.start_max for when in dated if ALWAYS < when.start_max < FOREVER]
    if finite and bars[-1].last is not None:
        assert lasts[-1] >= min(max(finite), interval.last if interval else FOREVER) // DAY
