"""What a write adds to the history of events and to the public feed, collected while it runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from db.engines import backend_of
from db.events.diff import FieldChange
from db.events.draft import COMMAND_LINE, Author
from db.events.tables import History
from db.sql import visibility
from db.sql.transactions import clock

_PUBLIC_KIND = {(False, True): "created", (True, True): "updated", (True, False): "deleted"}


@dataclass
class WriteLog:
    """The log of one write: its time (`now`, seconds of UTC), its author, and the entries not yet inserted.

    `by_editor` is true for the change of a person, which imports keep, and false for an import.
    """

    now: int
    author: Author = COMMAND_LINE
    by_editor: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)
    public: list[tuple[int, str, str, int]] = field(default_factory=list)
    _changed_public: bool = False
    _embargoed: list[tuple[int, str, int]] = field(default_factory=list)
    _without_embargo: list[tuple[int, str, int, bool]] = field(default_factory=list)

    def record(self, id_: str, revision: int, action: str, fields: Iterable[FieldChange] = ()) -> None:
        """Add a change to the history of an event."""
        author = self.author
        self.history.append(
            {
                "event": id_, "revision": revision, "at": self.now, "who": author.name, "action": action,
                "why": author.why, "note": author.note, "fields": [change._asdict() for change in fields],
            }
        )  # fmt: skip

    def record_public(self, pk: int, id_: str, *, before: bool, after: bool) -> None:
        """Add an entry to the feed, if readers saw the event (its row number and id) `before` or see it `after`."""
        if before or after:
            self.public.append((pk, id_, _PUBLIC_KIND[before, after], self.now))

    def record_embargoed(self, pk: int, id_: str, until: int) -> None:
        """Remember the change of an event under embargo: it enters the feed if the embargo ends before the write."""
        self._embargoed.append((pk, id_, until))

    def record_embargo_removed(self, pk: int, id_: str, until: int, *, visible: bool) -> None:
        """Remember an event whose embargo this write removes; `visible` if readers see the event after it.

        Readers see the event as it was before if the embargo ends before the write does.
        """
        self._without_embargo.append((pk, id_, until, visible))

    def flush(self, connection: Connection) -> None:
        """Insert the entries so far, so that a write of a million events does not collect them in memory."""
        if self.history:
            connection.execute(insert(History), self.history)
        if self.public:
            backend_of(connection).put_rows(connection, "change", ("pk", "event", "kind", "at"), self.public)
        self._changed_public |= bool(self.public)
        self.history, self.public = [], []

    def finish(self, connection: Connection) -> None:
        """Insert the remaining entries; increase the data version if readers see a difference."""
        now = clock(connection)
        for pk, id_, until in self._embargoed:
            self.record_public(pk, id_, before=until <= now, after=until <= now)
        ended = [event for event in self._without_embargo if event[2] <= now]
        for pk, id_, _, visible in ended:
            if not visible:
                self.record_public(pk, id_, before=True, after=False)
        self.flush(connection)
        if self._changed_public:
            # Readers have counted each ended embargo as a version of its own.
            visibility.move_version(connection, 1 + len(ended), self.now)


def increase_version(connection: Connection, now: int) -> None:
    """Increase the data version by one; its time never decreases."""
    visibility.move_version(connection, 1, now)
