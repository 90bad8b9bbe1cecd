"""Which role may change which status to which: the complete table, over HTTP."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from databases import Databases
from newsroom import ROLES, Desk, desk, feature, leave

STATUSES = ("draft", "review", "published", "retracted")
# From a status (down) to a status (across): the lowest role that may make the change, None where nobody may.
WAYS: dict[str, tuple[str | None, ...]] = {
    #             draft     review    published   retracted
    "draft":     ("editor", "editor", "reviewer", None),
    "review":    ("editor", "editor", "reviewer", None),
    "published": (None,     None,     "reviewer", "reviewer"),
    "retracted": ("admin",  None,     "admin",    "reviewer"),
}  # fmt: skip
NEW = dict(zip(STATUSES, ("editor", "editor", "reviewer", None), strict=True))
END = dict(zip(STATUSES, ("editor", "editor", "reviewer", "reviewer"), strict=True))


@pytest.fixture(scope="module")
def room(serve: Callable[..., Any], databases: Databases) -> Iterator[Desk]:
    """Yield a client for each role, of a server with its own database."""
    clients = desk(serve, databases.new())
    yield clients
    leave(clients)


def expected(least: str | None, role: str, success: int) -> int:
    """Return the status of the response to a role."""
    return 400 if least is None else success if ROLES.index(role) >= ROLES.index(least) else 403  # type: ignore[arg-type]


def begin(room: Desk, id_: str, status: str) -> None:
    """Create an event with a status."""
    first = "published" if status == "retracted" else status
    assert room["admin"].post(feature(id_, status=first)).status_code == 201
    if status == "retracted":
        assert room["admin"].patch(id_, {"properties": {"status": status}}).status_code == 200


@pytest.mark.parametrize(("old", "role"), list(product(STATUSES, ROLES)))
def test_a_change_of_status_is_open_only_to_its_roles(room: Desk, old: str, role: str) -> None:
    for new, least in zip(STATUSES, WAYS[old], strict=True):
        for how in ("PATCH", "PUT"):
            id_ = f"{how}-{old}-{new}-{role}"
            begin(room, id_, old)
            body = {"properties": {"status": new}} if how == "PATCH" else feature(status=new)
            response = room[role].send(how, id_, body)
            assert response.status_code == expected(least, role, 200), (id_, response.text)
            now = room["admin"].get(id_).json()["properties"]["status"]
            assert now == (new if response.status_code == 200 else old), id_
            assert response.status_code != 403 or response.json()["role"] == least


@pytest.mark.parametrize(("status", "role"), list(product(STATUSES, ROLES)))
def test_creating_and_deleting_are_open_only_to_their_roles(room: Desk, status: str, role: str) -> None:
    created = room[role].post(feature(f"new-{status}-{role}", status=status))
    assert created.status_code == expected(NEW[status], role, 201), created.text
    begin(room, f"end-{status}-{role}", status)
    assert room[role].delete(f"end-{status}-{role}").status_code == expected(END[status], role, 204)


@pytest.mark.parametrize("status", STATUSES)
def test_a_request_without_a_key_changes_nothing(room: Desk, status: str) -> None:
    begin(room, f"no-{status}", status)
    for how, body in (("PUT", feature()), ("PATCH", {"properties": {"title": "B"}}), ("DELETE", None)):
        assert room["reader"].send(how, f"no-{status}", body).status_code == 401
    assert room["reader"].post(feature()).status_code == 401
    assert room["admin"].get(f"no-{status}").json()["properties"]["title"] == "A raid"
