"""The first and last day of the matching events, and both ends of an interval."""

import pytest

from db.dates.edtf import When
from db.dates.interval import Interval
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store


def fill(store: Store, *dates: str | None) -> None:
    store.add(
        Draft(
            id=str(n), title="t", category="raid", status="published", when=When.parse(text) if text else None
        )
        for n, text in enumerate(dates)
    )


@pytest.mark.parametrize(("dates", "span"), [
    (["2020-03", "2021-05-04", None], ("2020-03-01", "2021-05-04")),
    (["2020/..", "2021"], ("2020-01-01", None)),
    (["../2020", "2021"], (None, "2021-12-31")),
    ([None], (None, None)),
])  # fmt: skip
def test_a_summary_has_the_first_and_the_last_day(
    store: Store, dates: list[str | None], span: tuple[str | None, str | None]
) -> None:
    fill(store, *dates)
    summary = store.summary(Filter())
    assert (summary.earliest, summary.latest) == span


@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (1, 9, 0), (-9, 0, 1), (-9, -1, 0)])
def test_an_interval_includes_both_ends(store: Store, first: int, last: int, count: int) -> None:
    fill(store, "2021-05-04T12:00:00Z")
    at = When.parse("2021-05-04T12:00:00Z").start_min
    filter_ = Filter(interval=Interval(at + first, at + last))
    assert store.summary(filter_).matched == store.find(filter_).matched == count
