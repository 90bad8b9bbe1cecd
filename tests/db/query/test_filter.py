"""The hash of a filter, which binds a cursor to it."""

import pytest

from db.query.filter import Filter


@pytest.mark.parametrize(
    ("filter_", "digest"),
    [(Filter(), "e4a6a0577479b2b4"), (Filter(categories=("raid", "arrest")), "8c07810a495c5c32")],
)
def test_a_new_field_without_a_value_leaves_cursors_valid(filter_: Filter, digest: str) -> None:
    assert filter_.digest() == digest


def test_the_digest_ignores_the_order_of_lists_and_tells_fields_apart() -> None:
    assert Filter(tags=("a", "b")).digest() == Filter(tags=("b", "a")).digest()
    assert Filter(tags=("a", "b")).digest() != Filter(categories=("a", "b")).digest()
    assert Filter(ids=()).digest() != Filter().digest()
