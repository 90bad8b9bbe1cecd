"""Lists of more values than PostgreSQL takes parameters in one statement: 65,535."""

import pytest

from db.errors import Conflict
from db.events.draft import COMMAND_LINE, Draft
from db.query.filter import Filter
from db.store import Store

_MANY = [f"e{number}" for number in range(70_000)]


def _draft(id_: str) -> Draft:
    return Draft(id=id_, title="A raid", category="raid", status="published", tags=(id_,))


def test_filters_and_checks_take_lists_of_any_length(store: Store) -> None:
    store.add([_draft("e3"), _draft("e69999"), _draft("other")])
    for filter_ in (Filter(ids=(*_MANY, "a\x00")), Filter(tags=(*_MANY, "a\x00"))):
        assert store.find(filter_).matched == 2
        assert store.summary(filter_).matched == 2
    assert store.desk.of_status(_MANY, ["published"]) == {"e3", "e69999"}
    assert store.deleted_ids(_MANY) == {}
    with pytest.raises(Conflict, match="'e3'"):
        store.desk.create([_draft("e1"), *(_draft(id_) for id_ in _MANY[3:200])], COMMAND_LINE)
