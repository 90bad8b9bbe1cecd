"""After the promotion of a replica: did the new primary have all that the old one had acknowledged?

A synchronous replica had. Any other one may have missed the last writes, whose numbers the next writes would use again:
then tokens of the feed and ETags from before would match other data. So the epoch changes, and the data version jumps.
The primary's own row says which replicas are synchronous; the row reaches the replicas like all others.
"""

import secrets
import time

from sqlalchemy import Connection

from db.engines.postgres.drivers import Driver, driver_of

SECONDS_BETWEEN_CHECKS = 30
"""How often the primary records which replicas are synchronous."""
VERSIONS_SKIPPED = 1_000_000
"""More writes than the old primary can have acknowledged without the new one."""
TABLE = "primary_server"
_STATE = (
    "SELECT p.timeline, p.synchronous,"
    " ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint,"
    " (SELECT coalesce(string_agg(application_name, ',' ORDER BY application_name), '') FROM pg_stat_replication"
    "  WHERE sync_state IN ('sync', 'quorum')), current_setting('cluster_name')"
    f" FROM {TABLE} p"
)


def statements() -> tuple[str, ...]:
    """Return the statements that create the table with its row; timeline 0 means that nothing is recorded yet."""
    return (
        f"CREATE TABLE {TABLE} (timeline bigint NOT NULL, synchronous text NOT NULL)",
        f"INSERT INTO {TABLE} VALUES (0, '')",
    )


def check_promotion(connection: Connection) -> None:
    """Look, in a write and before it changes anything, whether this server became the primary since the last look."""
    if time.monotonic() < connection.info.get("promotion_checked", 0) + SECONDS_BETWEEN_CHECKS:
        return
    driver = driver_of(connection)
    for recorded, synchronous, timeline, now_synchronous, name in driver.execute(_STATE).fetchall():
        if recorded not in (0, timeline) and name not in synchronous.split(","):
            _start_epoch(driver)
        if (recorded, synchronous) != (timeline, now_synchronous):
            driver.execute(f"UPDATE {TABLE} SET timeline = %s, synchronous = %s", (timeline, now_synchronous))
    connection.info["promotion_checked"] = time.monotonic()


def _start_epoch(driver: Driver) -> None:
    driver.execute(
        "UPDATE data_version SET epoch = %s, version = version + %s", (secrets.token_hex(4), VERSIONS_SKIPPED)
    )
