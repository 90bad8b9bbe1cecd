"""Whether commits wait for synchronous replicas that are away: then changes are not confirmed.

Each commit waits for them, and keeps the lock of writers meanwhile, so one replica that is away stops all writers.
"""

from typing import Any, NamedTuple

from db.engines.postgres.promotions import replicas_to_wait_for
from db.engines.reports import CommitState

WAIT_SECONDS = 2.0
"""A commit that waits for longer counts as one that its replicas do not confirm."""
# Who has no rights of pg_monitor sees the sessions of its own role, and no states of replicas.
QUERY = (
    "SELECT current_setting('synchronous_standby_names'), pg_has_role('pg_read_all_stats', 'USAGE'),"
    " (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')),"
    " (SELECT extract(epoch FROM max(clock_timestamp() - query_start))::float8 FROM pg_stat_activity"
    " WHERE wait_event = 'SyncRep' AND datname = current_database())"
)


class _CommitRow(NamedTuple):
    setting: str
    sees_replicas: bool
    connected: int
    seconds: float | None


def commit_state(values: tuple[Any, ...]) -> CommitState | None:
    """Return the state of commits from a row of QUERY; None if they wait for no replica."""
    row = _CommitRow(*values)
    needed = replicas_to_wait_for(row.setting)
    if not needed:
        return None
    connected = row.connected if row.sees_replicas else None
    is_away = connected is not None and connected < needed
    waits = row.seconds is not None and row.seconds > WAIT_SECONDS
    return CommitState(
        confirmed=not (is_away or waits),
        replicas_needed=needed,
        replicas_connected=connected,
        seconds_waiting=row.seconds,
    )
