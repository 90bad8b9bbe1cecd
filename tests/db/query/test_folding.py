"""Chains of CASEI and ACCENTI give what each function gives in turn."""

from chance import examples
from hypothesis import given
from hypothesis import strategies as st

from db.query.folding import FOLDS, accenti, folded


@given(st.text(), st.lists(st.sampled_from(sorted(FOLDS)), min_size=1, max_size=6))
@examples(300)
def test_a_chain_equals_its_functions_in_turn(text: str, names: list[str]) -> None:
    expected: str | None = text
    for name in names:
        expected = FOLDS[name](expected)
    assert folded(text, " ".join(names)) == expected


def test_nothing_stays_nothing() -> None:
    assert folded(None, "casei accenti") is None
    assert accenti("plain") == "plain"
