"""After the promotion of a replica: did the new primary have all that the old one had acknowledged?

A synchronous replica had. Any other one may have missed the last writes, whose numbers the next writes would use again:
then tokens of the feed and ETags from before would match other data. So the epoch changes, and the data version jumps.
The primary's own row says which replicas are synchronous; the row reaches the replicas like all others.
"""

import re
import secrets
import time

from sqlalchemy import Connection

from db.engines.postgres.drivers import Driver, driver_of

SECONDS_BETWEEN_CHECKS = 30
"""How often the primary records which replicas are synchronous."""
VERSIONS_SKIPPED = 1_000_000
"""More writes than the old primary can have acknowledged without the new one."""
TABLE = "primary_server"
_SETTING = re.compile(
    r"\s*(?:(?:(?:FIRST|ANY)\s+)?(?P<count>\d+)\s*\((?P<several>[^()]*)\)|(?P<single>[^()]+))\s*",
    re.IGNORECASE,
)
_STATE = (
    "SELECT p.timeline, p.synchronous,"
    " ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint,"
    " current_setting('synchronous_standby_names'), current_setting('cluster_name')"
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
    for recorded, synchronous, timeline, setting, name in driver.execute(_STATE).fetchall():
        now_synchronous = ",".join(always_synchronous(setting))
        was_synchronous = bool(name) and name in synchronous.split(",")
        if recorded not in (0, timeline) and not was_synchronous:
            _start_epoch(driver)
        if (recorded, synchronous) != (timeline, now_synchronous):
            driver.execute(f"UPDATE {TABLE} SET timeline = %s, synchronous = %s", (timeline, now_synchronous))
    connection.info["promotion_checked"] = time.monotonic()


def always_synchronous(setting: str) -> list[str]:
    """Return the replicas for which every commit waits, from the setting `synchronous_standby_names`.

    Of `FIRST 1 (a, b)` or `ANY 1 (a, b)` each commit waits for either, so neither has all of them for certain.
    """
    match = _SETTING.fullmatch(setting)
    if match is None:
        return []
    names = [name.strip().strip('"') for name in (match["several"] or match["single"]).split(",")]
    count = int(match["count"] or 1)
    return sorted(names) if len(names) <= count and "*" not in names and all(names) else []


def replicas_to_wait_for(setting: str) -> int:
    """Return for how many replicas every commit waits, from the setting `synchronous_standby_names`."""
    match = _SETTING.fullmatch(setting)
    return 0 if match is None else int(match["count"] or 1)


def _start_epoch(driver: Driver) -> None:
    driver.execute(
        "UPDATE data_version SET epoch = %s, version = version + %s", (secrets.token_hex(4), VERSIONS_SKIPPED)
    )
