"""The counts of whole blocks of time give the same summary and the same clusters as counting events one by one."""

from dataclasses import replace
from typing import Any

import pytest
from chance import examples
from filled_store import filled
from filter_oracle import CATEGORIES, events, intervals
from hypothesis import given
from hypothesis import strategies as st

from db.columns import matches
from db.columns.cell_totals import totals_by_group
from db.columns.clusters import clusters
from db.columns.snapshot import Columns
from db.columns.summary import summary
from db.columns.version_rows import ReadRows
from db.events.draft import Draft, Figure
from db.query.filter import Filter
from db.store import Store

_by_time_and_category = st.builds(
    Filter,
    interval=st.one_of(st.none(), intervals()),
    undated=st.sampled_from(["include", "include", "exclude", "only"]),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
)


def both_summaries(store: Store, filter_: Filter) -> tuple[Any, Any]:
    """Return the summary by blocks, and the one that is counted event by event."""

    def both(columns: Columns, _read: ReadRows) -> tuple[Any, Any]:
        assert matches.counted_by_block(columns, filter_) is not None
        by_event = replace(columns, block_counts=None, cell_groups=None)
        return summary(columns, filter_, None, "auto"), summary(by_event, filter_, None, "auto")

    return store._columns.answer(both)


@given(events(), _by_time_and_category)
@examples(150)
def test_the_summary_by_blocks_equals_the_one_by_events(
    shared_store: Store, drafts: list[Draft], filter_: Filter
) -> None:
    by_block, by_event = both_summaries(filled(shared_store, drafts), filter_)
    assert by_block == by_event
    for name in ("categories", "countries", "figures"):
        assert list(getattr(by_block, name).items()) == list(getattr(by_event, name).items())


@given(events(), _by_time_and_category, st.integers(0, 3))
@examples(150)
def test_the_clusters_by_group_equal_those_by_pin(
    shared_store: Store, drafts: list[Draft], filter_: Filter, zoom: int
) -> None:
    store = filled(shared_store, drafts)

    def compare(columns: Columns, read: ReadRows) -> None:
        assert (totals_by_group(columns, filter_, zoom) is None) == (zoom == 3)
        by_pin = clusters(replace(columns, cell_groups=None), filter_, zoom, read)
        assert clusters(columns, filter_, zoom, read) == by_pin

    store._columns.answer(compare)


@pytest.mark.parametrize("value", [2.0**41, 1e300, -(2.0**52) - 0.5])
def test_large_figures_are_summed_one_by_one(store: Store, value: float) -> None:
    store.add(
        Draft(
            id=f"e{n}", title="x", category="raid", status="published", figures=(Figure.named("eur", value),)
        )
        for n in range(3)
    )
    assert store._columns.answer(lambda columns, _: matches.counted_by_block(columns, Filter())) is None
    assert store.summary(Filter()).figures == {"eur": 3 * value}
