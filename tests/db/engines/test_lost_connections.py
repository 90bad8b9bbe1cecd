"""A connection that is lost in the middle of a write: its error is one that clients may answer with a repetition."""

import pytest
from sqlalchemy.exc import PendingRollbackError

pytest.importorskip("psycopg")

from db.engines.postgres.errors import explained
from db.errors import StoreAway


def test_a_commit_on_a_lost_connection_says_that_the_database_is_away() -> None:
    with pytest.raises(StoreAway, match="try again soon"), explained("events"):
        raise PendingRollbackError("Can't reconnect until invalid transaction is rolled back.")
