"""The dates in words that are stored in every Feature, brought up to date after an upgrade.

The words come from the live db.dates.display and not from a migration: they follow from the EDTF date of the event,
as an index would. Change the words together with a migration, and `migrate` rewrites them in every database.
"""

import re

import msgspec
from sqlalchemy import Connection, text

from db.dates.display import display

_EVENTS_PER_BATCH = 5_000
# `"` is escaped inside JSON strings, so this matches the two members and no text of an event.
_DATE = re.compile(rb'"date":(null|"[^"\\]*"),"display_date":"[^"\\]*"')
_SELECT = text("SELECT event, feature FROM encoded WHERE event > :after ORDER BY event LIMIT :count")
_UPDATE = text("UPDATE encoded SET feature = :feature WHERE event = :event")
# ETags contain the data version. An empty database keeps version 0.
_NEXT_VERSION = text("UPDATE data_version SET version = version + 1 WHERE version > 0")


def rewrite_display_dates(connection: Connection) -> int:
    """Rewrite `display_date` where its words have changed; return the number of events rewritten."""
    after, rewritten = -1, 0
    while rows := connection.execute(_SELECT, {"after": after, "count": _EVENTS_PER_BATCH}).all():
        after = rows[-1].event
        changes = [
            {"event": event, "feature": feature}
            for event, old in rows
            if (feature := with_display_date(bytes(old))) != bytes(old)
        ]
        if changes:
            connection.execute(_UPDATE, changes)
            rewritten += len(changes)
    if rewritten:
        connection.execute(_NEXT_VERSION)
    return rewritten


def with_display_date(feature: bytes) -> bytes:
    """Return a Feature with the words of this program for its date; its other bytes stay as they are."""
    return _DATE.sub(_with_words, feature, count=1)


def _with_words(match: re.Match[bytes]) -> bytes:
    date = msgspec.json.decode(match[1])
    return b'"date":%b,"display_date":%b' % (match[1], msgspec.json.encode(display(date)))
