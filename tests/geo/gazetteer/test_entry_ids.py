"""Ids of entries, and the UN/LOCODEs in them."""

from hypothesis import given
from hypothesis import strategies as st

from geo.gazetteer.entry_ids import is_overlay_id, locode_id, locode_of_id, overlay_id


@given(st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True))
def test_a_locode_can_be_read_from_its_id(code: str) -> None:
    assert locode_of_id(locode_id(code)) == code


def test_other_ids_have_no_locode() -> None:
    ids = (2643743, -5, -(10**9) - 7, -(3 * 10**9) - 1)
    assert [locode_of_id(entry_id) for entry_id in ids] == [None] * 4


def test_only_ids_of_overlays_are_overlay_ids() -> None:
    ids = (2643743, -5, overlay_id(1), locode_id("DEBRV"))
    assert [is_overlay_id(entry_id) for entry_id in ids] == [False, False, True, False]
