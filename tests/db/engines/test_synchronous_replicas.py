"""What /health concludes from PostgreSQL's own view of its synchronous replicas."""

import pytest

pytest.importorskip("psycopg")

from db.engines.postgres.synchronous import commit_state


@pytest.mark.parametrize(
    ("setting", "sees_replicas", "connected", "seconds", "confirmed"),
    [
        ("standby", True, 1, None, True),
        ("standby", True, 1, 0.5, True),
        ("standby", True, 0, None, False),  # away
        ("standby", True, 1, 5.0, False),  # connected, but it does not answer
        ("standby", False, 0, None, True),  # unknown until a commit waits
        ("standby", False, 0, 5.0, False),
        ("FIRST 2 (a, b)", True, 1, None, False),
        ("ANY 1 (a, b)", True, 1, None, True),
    ],
)
def test_changes_are_confirmed_while_enough_replicas_answer(
    setting: str, sees_replicas: bool, connected: int, seconds: float | None, confirmed: bool
) -> None:
    state = commit_state((setting, sees_replicas, connected, seconds))
    assert state
    assert state.confirmed == confirmed
    assert state.replicas_connected == (connected if sees_replicas else None)


def test_without_synchronous_replicas_there_is_nothing_to_say() -> None:
    assert commit_state(("", True, 0, None)) is None
