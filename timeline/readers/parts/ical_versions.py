"""Choose the version of a calendar entry that counts: a calendar may contain an entry before and after it was moved."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

_STAMPS = ("LAST-MODIFIED", "DTSTAMP")
_STAMP_LINE = re.compile(rb"^DTSTAMP.*\n?", re.IGNORECASE | re.MULTILINE)


class Versions(NamedTuple):
    """The entries to import, those that a newer version replaces, and exact repetitions."""

    newest: list[Any]
    older: list[Any]
    repeated: list[Any]


def newest_versions(events: Iterable[Any]) -> Versions:
    """Return the entries without older versions of them, which have the same UID and RECURRENCE-ID.

    The higher SEQUENCE wins (RFC 5545, 3.8.7.4), then the
    later LAST-MODIFIED or DTSTAMP. Different entries with the same numbers all stay, so that the import rejects them.
    """
    groups: dict[tuple[str, ...], list[Any]] = {}
    for event in events:
        key = (event.uid, event.occurrence) if event.uid else ("", "", str(event.number))
        groups.setdefault(key, []).append(event)
    newest, older, repeated = list[Any](), list[Any](), list[Any]()
    for group in groups.values():
        if len(group) == 1:
            newest += group
            continue
        best = max(map(_rank, group))
        contents = set[bytes]()
        for event in group:
            content = _content(event)
            if _rank(event) < best:
                older.append(event)
            elif content in contents:
                repeated.append(event)
            else:
                contents.add(content)
                newest.append(event)
    return Versions(sorted(newest, key=lambda event: event.number), older, repeated)


def sequence(component: Any) -> int:
    """Return the number of the revision of an entry, 0 if it has none that can be read."""
    value = component.get("SEQUENCE")
    return int(value) if isinstance(value, int) else 0


def _rank(event: Any) -> tuple[int, datetime]:
    moments = (_moment(event.component, name) for name in _STAMPS)
    return sequence(event.component), next(filter(None, moments), datetime.min.replace(tzinfo=UTC))


def _moment(component: Any, name: str) -> datetime | None:
    try:
        value = component.decoded(name, None)
    except (ValueError, TypeError, AttributeError):
        return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _content(event: Any) -> bytes:
    """Return what an entry says, without the time at which a program wrote it."""
    return _STAMP_LINE.sub(b"", event.entry.text)
