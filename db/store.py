"""The store: the only door to the events. What is asked is a Filter, what is found is a Page or a Summary."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from typing import Any, cast, get_args

from sqlalchemy import Connection

from db.columns import clusters, index, pages, summary, tiles
from db.columns.cache import Shelf
from db.columns.clusters import Cluster
from db.columns.filtering import choose, selected
from db.columns.instant import Watch
from db.desk import Desk
from db.editing.import_jobs import Jobs
from db.engines import backend_of, connect
from db.errors import StoreUnavailable
from db.events.diff import Change
from db.events.draft import COMMAND_LINE, Author, Draft, Status, Written
from db.migrations import upgrade
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import CategoryStyle, Page, Stamp, Summary
from db.sql import queries
from db.sql.transactions import moment, reading, writing
from db.writing import bulk, geocoder_answers, place_choices, place_texts, tombstones, writer
from db.writing.place_texts import Doubtful
from db.writing.prepared import PreparedEvent, prepare
from db.writing.validation import validated
from db.writing.write_log import WriteLog
from db.writing.writer import Added
from geo.box import Box
from geo.place import Place

_STATUSES = get_args(Status)

Put = Callable[[Iterable[PreparedEvent], Mapping[str, str]], Added]


class Store:
    """The events of one database (`sqlite:///timeline.db`); safe to use from several threads.

    `read_timeout` is in seconds. With `ahead` the columns are read by a thread of its own as soon as somebody
    asks for a page, and pages then come out of them; a server wants that, a command does not.
    """

    def __init__(self, url: str, read_timeout: float = 10.0, ahead: bool = False) -> None:
        self._engine = connect(url, read_timeout)
        self._backend = backend_of(self._engine)
        self._backend.check_driver()
        self._read_timeout = read_timeout
        self._shelf = Shelf(self._engine, read_timeout, ahead)
        self._watch = Watch(self._engine)

    def migrate(self) -> None:
        """Make the database, or bring it to this program's version, in one transaction."""
        with self._backend.guarded(self._engine):
            self._backend.prepare(self._engine)
            upgrade.upgrade(self._engine)
        self.complete()

    def complete(self) -> None:
        """Make the indexes that an import left undone which was killed."""
        bulk.complete(self._engine)

    def check(self) -> None:
        """Raise StoreUnavailable, in one line, when the database is missing, locked or of another version."""
        file = self._backend.database_file(self._engine)
        if file is not None and not file.exists():
            raise StoreUnavailable(f"there is no database {file}; run 'timeline migrate' or 'timeline demo'")
        with self._backend.guarded(self._engine):
            upgrade.check(self._engine)

    def close(self) -> None:
        """Give back every connection."""
        self._shelf.close()
        self._watch.close()
        self._engine.dispose()

    @cached_property
    def desk(self) -> Desk:
        """Give the editors' door to the same events."""
        return Desk(self._engine, self._read_timeout)

    @cached_property
    def jobs(self) -> Jobs:
        """Give the imports in the background."""
        return Jobs(self._engine, self._read_timeout)

    def categories(self, *, hidden: bool = False) -> dict[str, CategoryStyle]:
        """Read the vocabulary, by slug, in its order; with `hidden` also what unpublished events alone use."""
        with self._reading() as connection:
            return queries.categories(connection, hidden=hidden)

    def add(
        self,
        drafts: Iterable[Draft],
        *,
        categories: Mapping[str, str] | None = None,
        keep_status: bool = False,
        dry_run: bool = False,
        tell: Callable[[Change], None] | None = None,
        author: Author = COMMAND_LINE,
    ) -> Added:
        """Write drafts, all or none: new ids are created, known ones updated, same ones left alone.

        `categories` (slug → English label) join the vocabulary first, each with the next colour and shape. With
        `keep_status` a known event keeps its status, and a retracted one always does; ids that were deleted stay
        gone, and count as left alone. With `dry_run` nothing is written, the counts are those that would be; `tell`
        is told each change. Raises BadEvent or UnknownCategory for what cannot be stored.
        """
        now = int(time.time())
        known = {*self.categories(hidden=True), *(categories or {})}
        # In one file a later row corrects an earlier one.
        good = {draft.id: draft for draft in (validated(draft, known) for draft in drafts)}
        with self.putting(keep_status=keep_status, dry_run=dry_run, tell=tell, author=author) as put:
            return put((prepare(draft, now) for draft in good.values()), categories or {})

    @contextmanager
    def putting(
        self,
        *,
        keep_status: bool = False,
        dry_run: bool = False,
        tell: Callable[[Change], None] | None = None,
        many: bool = False,
        author: Author = COMMAND_LINE,
    ) -> Iterator[Put]:
        """Give a function that writes what was made ready, and its new categories, in one transaction.

        Each event's id comes once. All is kept at the end, nothing when the block raises or it is a dry run.
        With `many` events more of the database is held in memory from now on.
        """
        kept = _STATUSES if keep_status else ("retracted",)
        with self._writing() as connection:
            if many:
                self._backend.expect_many_writes(connection)
            book = WriteLog(moment(connection), author)

            def put(events: Iterable[PreparedEvent], categories: Mapping[str, str]) -> Added:
                writer.add_categories(connection, categories)
                return writer.write_prepared(connection, events, book, kept, tell)

            yield put
            book.finish(connection)
            if dry_run:
                connection.rollback()

    def filling(self) -> AbstractContextManager[None]:
        """Put off the indexes of events while many come into a nearly empty database; see `db.writing.bulk`."""
        return bulk.filling(self._engine)

    def clear(self) -> None:
        """Take every event away, in one transaction; the vocabulary stays."""
        with self._writing() as connection:
            writer.clear(connection, moment(connection))

    def buried(self, ids: Sequence[str]) -> dict[str, str]:
        """Tell which of these ids were deleted, with the day of it; no import brings them back."""
        with self._reading() as connection:
            return tombstones.deleted_days(connection, ids)

    def doubtful(self) -> list[Doubtful]:
        """List the places that a person should look at, of events of any status."""
        with self._reading() as connection:
            return place_texts.doubtful(connection)

    def written(self, event: str, place: str) -> tuple[int, Written]:
        """Find a text of an event by its number (from 1) or as it was written; raise NoSuchPlace for neither."""
        with self._reading() as connection:
            return place_texts.find(connection, event, place)

    def settle(self, event: str, number: int, place: Place | None) -> None:
        """Give an event the place that a person chose for its text (counted from 1), or none.

        The choice is remembered for the event, and for the text in its country's context. Raises NoSuchPlace.
        """
        with self._writing() as connection:
            now = moment(connection)
            draft = place_choices.settle(connection, event, number, place, now)
            book = WriteLog(now)
            writer.write(connection, [draft], book)
            book.finish(connection)

    def choices(self) -> place_choices.Choices:
        """Read every choice that was made; `db.writing.place_choices.chosen` looks one up."""
        with self._reading() as connection:
            return place_choices.read(connection)

    def answer(
        self, provider: str, text: str, country: str | None, since: int = 0
    ) -> tuple[bool, Place | None]:
        """Tell whether a network geocoder answered a text since a moment (seconds of UTC), and what."""
        with self._reading() as connection:
            return geocoder_answers.read(connection, provider, text, country, since)

    def keep_answer(self, provider: str, text: str, country: str | None, place: Place | None) -> None:
        """Remember what a network geocoder answered now; the data version stays as it is."""
        with self._writing() as connection:
            geocoder_answers.store(connection, provider, text, country, place, int(time.time()))

    def stamp(self) -> Stamp:
        """Read the data version and its moment, and nothing else."""
        with self._reading() as connection:
            return queries.stamp(connection)

    def version(self) -> int | None:
        """Read the data version alone, within some ten microseconds; None where it cannot be read."""
        return self._watch.version()

    def get_at_once(self, id_: str) -> tuple[bytes, int] | None:
        """Read one event as `get` does, within some ten microseconds; None where that cannot be done."""
        return self._watch.event(id_)

    def find_at_once(self, filter_: Filter, limit: int = 100) -> Page | None:
        """Find the first page as `find` does, if that is a matter of a millisecond or some; else None."""
        columns = self._shelf.columns
        return self._watch.page(columns, filter_, limit) if columns else None

    def find(
        self, filter_: Filter, limit: int = 100, sort: Sort = Sort.NEWEST, cursor: str | None = None
    ) -> Page:
        """Find one page of the matching events, and count all of them exactly.

        Raises BadFilter for a cursor of another filter, ReadTimeout when it takes too long.
        """
        at = Cursor.decode(cursor, filter_, sort) if cursor is not None else None
        with self._reading() as connection:
            columns = self._shelf.ready(connection) if sort is Sort.NEWEST else None
            found = None
            if columns:
                rows = partial(self._backend.rows, connection)
                found = pages.page(columns, rows, filter_, limit, at, connection)
            return found or queries.page(connection, filter_, limit, sort, at)

    def get(self, id_: str) -> tuple[bytes, int] | None:
        """Read the Feature and the revision of one published event; None where there is none.

        Raises EventGone where there was one that readers knew.
        """
        with self._reading() as connection:
            found = queries.event(connection, id_)
            if found is None:
                tombstones.raise_if_gone(connection, id_)
            return found

    def days(self) -> set[int]:
        """Return the days since 1970 on which events of any status begin."""
        with self._reading() as connection:
            return queries.days(connection)

    def beside(self, first: int, last: int, box: Box) -> list[tuple[str, str, float, float]]:
        """Return id, title, lon, lat of up to 20,000 pins in a box, whose events begin in [first, last] (seconds)."""
        with self._reading() as connection:
            return queries.nearby(connection, first, last, box)

    def snapshot(self, filter_: Filter, sort: Sort = Sort.OLDEST) -> tuple[Stamp, Iterator[bytes]]:
        """Return the data version, and every matching event's Feature of that version, read as they are taken.

        What is written meanwhile is not seen. The iterator holds a connection until it is used up or closed.
        """
        whole = self._snapshot(filter_, sort)
        return cast(Stamp, next(whole)), cast(Iterator[bytes], whole)

    def _snapshot(self, filter_: Filter, sort: Sort) -> Iterator[Stamp | bytes]:
        # No deadline: an export takes as long as its reader does.
        with self._backend.guarded(self._engine), self._engine.connect() as connection, connection.begin():
            yield queries.stamp(connection)
            yield from queries.features(connection, filter_, sort)

    def summary(self, filter_: Filter, interval: str = "auto", measure: str | None = None) -> Summary:
        """Count the matching events by time, category and country, and sum their figures, in one snapshot."""
        with self._shelf.counting() as (columns, connection):
            return summary.summary(columns, filter_, choose(columns, filter_, connection), interval, measure)

    def total(self) -> int:
        """Count the published events."""
        with self._shelf.counting() as (columns, _):
            return len(columns)

    def figures(self) -> list[str]:
        """Name the figures that may be summed."""
        with self._shelf.counting() as (columns, _):
            return sorted(columns.figures)

    def clusters(self, filter_: Filter, zoom: int) -> tuple[list[Cluster], Stamp]:
        """Group the selected pins for a map of a zoom from 0 to 22."""
        with self._shelf.counting() as (columns, connection):
            pins = selected(columns, filter_, connection)
            return clusters.clusters(columns, pins, zoom, connection), columns.stamp

    def countries(self, filter_: Filter) -> tuple[dict[str, int], Stamp]:
        """Count the matching events by the countries of their selected pins."""
        with self._shelf.counting() as (columns, connection):
            chosen = choose(columns, filter_, connection)
            return summary.countries(columns, filter_, chosen), columns.stamp

    def tile(self, filter_: Filter, zoom: int, x: int, y: int, grouped: bool = False) -> tuple[bytes, Stamp]:
        """Make a Mapbox Vector Tile of the selected pins, `grouped` if need be; an empty one is no bytes."""
        with self._shelf.counting() as (columns, connection):
            pins = selected(columns, filter_, connection, tiles.in_tile(columns, zoom, x, y))
            return tiles.tile(columns, pins, (zoom, x, y), connection, grouped), columns.stamp

    def slim(
        self, filter_: Filter, say: Callable[[str | None], str], measure: str | None = None
    ) -> tuple[int, dict[str, Any] | None, Stamp]:
        """Count the matching events, and write them as columns where they are few enough (see db.columns.index)."""
        with self._shelf.counting() as (columns, connection):
            chosen = choose(columns, filter_, connection)
            return *index.slim(columns, chosen, connection, say, measure), columns.stamp

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self._read_timeout)

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)
