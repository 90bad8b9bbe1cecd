"""The difference that an import would make, told a line an event."""

from typing import Any

from db.events.diff import Change
from timeline.places.locate import shorten

MOST = 50


class Differences:
    """Keeps the first changes as lines, and counts the others."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.total = 0

    def add(self, change: Change) -> None:
        """Take a change."""
        self.total += 1
        if self.total <= MOST:
            self.lines.append(_line(change))

    def told(self) -> list[str]:
        """Tell the changes that were kept, and how many more there are."""
        more = self.total - len(self.lines)
        return [*self.lines, *([f"and {more:,} more"] if more else [])]


def _line(change: Change) -> str:
    if not change.fields:
        told = (f"{shorten(change.title)!r}", change.date or "undated", change.place or "unplaced")
        return f"would create {change.id}: {', '.join(told)}"
    fields = (f"{name}: {_said(old)} -> {_said(new)}" for name, old, new in change.fields)
    return f"would update {change.id}: {'; '.join(fields)}"


def _said(value: Any) -> str:
    """Say a value in few words; a list of places or sources by its names."""
    if value is None or value == []:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(_named(each) for each in value)
    return repr(shorten(value)) if isinstance(value, str) else str(value)


def _named(value: Any) -> str:
    if not isinstance(value, dict):
        return repr(shorten(str(value)))
    if "lat" in value:
        return f"{value['name'] or 'a point'} ({value['lat']:.4f}, {value['lon']:.4f})"
    return repr(shorten(value.get("title") or value.get("url") or ""))
