"""SQLite and PostgreSQL give the same answers, byte for byte, after the same random writes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chance import examples
from clock import set_clock
from databases import databases_of, run_sql, skip_reason
from engine_pair import Clock, EnginePair, apply, compare_events, compare_lists, compare_views
from hypothesis import given
from hypothesis import strategies as st
from odd_events import IDS, ODD_IDS, edits, questions

from db.query.filter import Filter
from db.store import Store

pytestmark = pytest.mark.skipif(
    skip_reason("postgres") is not None, reason=f"postgres: {skip_reason('postgres')}"
)


@pytest.fixture(scope="module")
def pair(shared_folder: Path) -> Iterator[EnginePair]:
    """Yield a store on each engine, with the same epoch, as after a copy."""
    engines = [databases_of(name, shared_folder) for name in ("sqlite", "postgres")]
    urls = [databases.new() for databases in engines]
    for url in urls:
        run_sql(url, "UPDATE data_version SET epoch = 'e0c4', version = 0, moment = 0")
    stores = [Store(url) for url in urls]
    both = EnginePair(*stores)
    yield both
    print(f"\n{both.writes:,} writes, {both.comparisons:,} comparisons")
    for databases, url, store in zip(engines, urls, stores, strict=True):
        store.close()
        databases.drop(url)


@given(
    st.lists(
        st.tuples(st.lists(edits, min_size=1, max_size=4), st.lists(questions, min_size=1, max_size=3)),
        min_size=1,
        max_size=3,
    )
)
@examples(25)
def test_both_engines_give_the_same_answers(
    pair: EnginePair, rounds: list[tuple[list[tuple[str, Any]], list[Filter]]]
) -> None:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        set_clock(patch, clock)
        pair.begin()
        for drawn_edits, filters in rounds:
            for edit, value in drawn_edits:
                apply(pair, clock, edit, value)
            compare_events(pair, [pair.prefix + id_ for id_ in (*IDS, *ODD_IDS)])
            for filter_ in filters:
                own = tuple(pair.prefix + id_ for id_ in filter_.ids) if filter_.ids else filter_.ids
                own_filter = replace(filter_, ids=own)
                compare_lists(pair, own_filter)
                if not own_filter.statuses:  # only lists have a choice of statuses
                    compare_views(pair, own_filter)
