"""Purge: erase events from every table, rebuild the files without them, and check that no word of them is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from db.engines import backend_of
from db.engines.files import discard
from db.engines.reports import Leftovers
from db.errors import BadEvent, StoreUnavailable
from db.events.draft import Author
from db.sql.transactions import moment, writing
from db.upkeep.erase import Erased, erase
from db.upkeep.words import quoted, words
from db.writing.write_log import WriteLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did.

    `pinned`: a reader kept the log from being emptied. `searched` counts the words that only the erased events had and
    that were searched for in the `files`; `remaining` counts those still there, by file name. `unreached` lists what
    may contain the text and cannot be searched. `rebuild_error` is the error that stopped the rebuilding of the files.
    """

    erased: Erased
    pinned: bool = False
    searched: int = 0
    files: tuple[str, ...] = ()
    remaining: dict[str, int]
    unreached: tuple[str, ...] = ()
    rebuild_error: str | None = None

    @property
    def rebuilt(self) -> bool:
        """Return whether the files were rebuilt, and no word was found in those that can be searched."""
        return not (self.pinned or self.remaining or self.rebuild_error)

    @property
    def complete(self) -> bool:
        """Return whether it is known that nothing of the text is left in the files of the database."""
        return self.rebuilt and not self.unreached


def purge(engine: Engine, ids: Sequence[str], author: Author, wait: float) -> Purged:
    """Remove the text of events for good, and verify it; wait so many seconds for readers that use the log.

    Raises NoSuchEvent for an id that never existed, BadEvent for a reason that quotes the events.
    """
    with writing(engine, durable=True) as connection:
        backend = backend_of(connection)
        backend.overwrite_deleted(connection)
        erased = erase(connection, ids, WriteLog(moment(connection), author))
        own, of_reasons = words(erased.texts), words(erased.reasons)
        wanted = backend.unindexed_words(connection, list(dict.fromkeys((*own, *of_reasons))))
        _check_reason(connection, author.why or "", own)
    columns = backend.columns_file(engine)
    try:
        if columns is not None:
            discard(columns)  # contains the names of figures and categories
        leftovers: Leftovers = backend.purge_files(engine, wanted, wait)
    except (StoreUnavailable, OSError) as error:
        return Purged(erased=erased, remaining={}, rebuild_error=str(error))
    return Purged(erased=erased, **leftovers._asdict())


def _check_reason(connection: Connection, reason: str, own: Sequence[str]) -> None:
    for quote in quoted(reason, backend_of(connection).unindexed_words(connection, own)):
        raise BadEvent(
            "why",
            f"the reason quotes {quote!r} from the erased event and would keep it; give a reason without it",
        )
