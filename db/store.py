"""The store: how readers and imports use the events. A query is a Filter, its result a Page or a Summary."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection

from db.columns import clusters, index, pages, summary, tiles
from db.columns.cache import ColumnCache
from db.columns.clusters import Cluster
from db.columns.filtering import selected
from db.columns.quick import QuickAnswers
from db.columns.snapshot import Columns
from db.columns.version_rows import ReadRows
from db.desk import Desk
from db.editing.import_jobs import Jobs, keep_lease
from db.editing.place_review import PlaceReview
from db.engines import backend_of, connect
from db.engines.reports import ReplicaState
from db.errors import StoreUnavailable
from db.events.draft import COMMAND_LINE, Author, Draft
from db.migrations import upgrade
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import CategoryStyle, Page, Stamp, Summary
from db.sql import queries
from db.sql.feature_stream import FeatureStream
from db.sql.transactions import moment, reading, shared_wait, writing
from db.writing import bulk, editor_changes, tombstones, writer
from db.writing.editor_changes import DEFAULT_RULES, ImportRules
from db.writing.prepared import PreparedEvent, prepare
from db.writing.validation import validated
from db.writing.write_log import WriteLog
from db.writing.writer import Added
from geo.box import Box

WritePrepared = Callable[[Iterable[PreparedEvent], Mapping[str, str]], Added]
"""Write prepared events after adding categories (slug → English label); return how many were created and changed."""


class Store:
    """The events of one database, for example `sqlite:///timeline.db`; safe to use from several threads.

    `read_timeout` is in seconds. With `ahead`, the first request for a page starts a thread that reads the columns, and
    later pages are read from them; a server needs that, a command does not. `replicas` are the URLs of replicas that
    may answer readers, `connections` the most that are open to each server at once.
    """

    def __init__(
        self,
        url: str,
        read_timeout: float = 10.0,
        ahead: bool = False,
        replicas: Sequence[str] = (),
        connections: int = 60,
    ) -> None:
        self._engine = connect(url, read_timeout, replicas, connections)
        self._backend = backend_of(self._engine)
        self._backend.check_driver()
        self._read_timeout = read_timeout
        self._columns = ColumnCache(self._engine, read_timeout, ahead)
        self.quick = QuickAnswers(self._engine, self._columns)
        self.schema_revision = upgrade.versions()[0]  # of this program

    def migrate(self) -> None:
        """Create the database, or upgrade it to this program's version, in one transaction."""
        with self._backend.guarded(self._engine):
            self._backend.prepare(self._engine)
            upgrade.upgrade(self._engine)
        self.build_missing_indexes()

    def build_missing_indexes(self) -> None:
        """Build the indexes that are missing because an import was killed."""
        bulk.complete(self._engine)

    def check(self) -> None:
        """Raise StoreUnavailable, in one line, when the database is missing, locked or of another version."""
        file = self._backend.database_file(self._engine)
        if file is not None and not file.exists():
            raise StoreUnavailable(f"there is no database {file}; run 'timeline migrate' or 'timeline demo'")
        with self._backend.guarded(self._engine):
            upgrade.check(self._engine)

    def replica_states(self) -> list[ReplicaState]:
        """Return how far each replica of the database is."""
        return self._backend.replica_states(self._engine)

    def seconds_without_primary(self, since: float | None = None) -> float | None:
        """Return for how long replicas have been answering alone, or did since a moment (monotonic seconds)."""
        return self._backend.seconds_without_primary(self._engine, since)

    def close(self) -> None:
        """Close every connection."""
        self.quick.close()
        self._backend.close(self._engine)

    @cached_property
    def desk(self) -> Desk:
        """The same events as editors use them."""
        return Desk(self._engine, self._read_timeout)

    @cached_property
    def jobs(self) -> Jobs:
        """The imports that run in the background."""
        return Jobs(self._engine, self._read_timeout)

    @cached_property
    def places(self) -> PlaceReview:
        """The place texts of events, and what people and geocoders answered about them."""
        return PlaceReview(self._engine, self._read_timeout)

    def categories(self, *, hidden: bool = False) -> dict[str, CategoryStyle]:
        """Return the categories by slug, in their order; with `hidden` also those that only unpublished events use."""
        with self._reading() as connection:
            return queries.categories(connection, hidden=hidden)

    def add(
        self,
        drafts: Iterable[Draft],
        *,
        categories: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> Added:
        """Write drafts, all or none: new ids are created, existing events updated, equal ones left unchanged.

        `categories` (slug → English label) are added first, each with the next colour and shape. A retracted event
        keeps its status. Deleted ids stay deleted and count as unchanged. With `dry_run` nothing is written, and the
        counts are what they would be. Raises BadEvent or UnknownCategory for a draft that cannot be stored.
        """
        now = self.moment()
        slugs = {*self.categories(hidden=True), *(categories or {})}
        # In one file a later row corrects an earlier one.
        by_id = {draft.id: draft for draft in (validated(draft, slugs) for draft in drafts)}
        with self.writer(dry_run=dry_run) as write:
            return write((prepare(draft, now) for draft in by_id.values()), categories or {})

    @contextmanager
    def writer(
        self,
        *,
        rules: ImportRules = DEFAULT_RULES,
        dry_run: bool = False,
        many_events: bool = False,
        author: Author = COMMAND_LINE,
        job: str | None = None,
    ) -> Iterator[WritePrepared]:
        """Yield a function that writes prepared events in one transaction; each event's id may occur once.

        The transaction commits at the end of the block; it rolls back when the block raises, or with `dry_run`. With
        `many_events` the connection uses more memory from now on. `rules` say what stays of stored events. `job` is the
        id of the import that writes; raises LeaseLost, and stores nothing, if it is not running any more.
        """
        with self._writing() as connection:
            if many_events:
                self._backend.expect_many_writes(connection)
            log = WriteLog(moment(connection), author)

            def write(events: Iterable[PreparedEvent], categories: Mapping[str, str]) -> Added:
                writer.add_categories(connection, categories)
                return writer.write_prepared(connection, events, log, rules)

            yield write
            log.finish(connection)
            if dry_run:
                connection.rollback()
            elif job is not None:
                keep_lease(connection, job)

    @property
    def write_wait_seconds(self) -> float:
        """How long a write waits for other writes."""
        return self._backend.BUSY_SECONDS

    def writers_wait(self) -> bool:
        """Return whether another process waits to write."""
        return self._backend.writers_wait(self._engine)

    def shared_write_wait(self) -> AbstractContextManager[None]:
        """Let all writes of the block, together, wait for other writes no longer than `write_wait_seconds` from now."""
        return shared_wait(self.write_wait_seconds)

    def deferred_indexes(self, job: str | None = None) -> AbstractContextManager[None]:
        """Build the indexes of a nearly empty database after the block, in which an import writes many events."""
        return bulk.without_indexes(self._engine, partial(keep_lease, id_=job) if job else None)

    def clear(self) -> None:
        """Delete every event, in one transaction; the categories stay."""
        with self._writing() as connection:
            writer.clear(connection, moment(connection))

    def deleted_ids(self, ids: Sequence[str]) -> dict[str, str]:
        """Return those of these ids that were deleted, with the day (ISO); no import creates them again."""
        with self._reading() as connection:
            return tombstones.deleted_days(connection, ids)

    def edited_ids(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids whose event has fields that editors changed and that imports keep."""
        with self._reading() as connection:
            return editor_changes.edited_ids(connection, ids)

    def stamp(self) -> Stamp:
        """Return the data version and its moment."""
        newest = queries.newest_stamp(self._engine)
        if newest is not None:
            return newest
        with self._reading() as connection:
            return queries.stamp(connection)

    def moment(self) -> int:
        """Return the time of the database's clock, in seconds of UTC, on which all workers agree."""
        with self._reading() as connection:
            return moment(connection)

    def find(
        self, filter_: Filter, limit: int = 100, sort: Sort = Sort.NEWEST, cursor: str | None = None
    ) -> Page:
        """Return one page of the matching events, with the exact count of all of them.

        Raises BadFilter for a cursor of another filter, ReadTimeout when it takes too long.
        """
        after = Cursor.decode(cursor, filter_, sort) if cursor is not None else None
        # The columns hold only the events that readers may see.
        by_columns = sort is Sort.NEWEST and not filter_.statuses
        page = None
        if by_columns:  # merging what has changed takes less time than a search in the database
            page = self._columns.quick_answer(
                lambda columns, read: pages.page(columns, read, filter_, limit, after), filter_
            )
        if page is not None:
            return page
        with self._reading() as connection:
            if by_columns:
                self._columns.read_ahead(connection)
            return queries.page(connection, filter_, limit, sort, after)

    def get(self, id_: str) -> tuple[bytes, int] | None:
        """Return the Feature and the revision of one published event; None if there never was one.

        Raises EventGone for an event that readers once saw.
        """
        with self._reading() as connection:
            event = queries.event(connection, id_)
            if event is None:
                tombstones.raise_if_gone(connection, id_)
            return event

    def days(self) -> set[int]:
        """Return the days since 1970 on which events of any status begin."""
        with self._reading() as connection:
            return queries.days(connection)

    def pins_nearby(self, first: int, last: int, box: Box) -> list[tuple[str, str, float, float]]:
        """Return id, title, lon, lat of up to 20,000 pins in a box, whose events begin in [first, last] (seconds)."""
        with self._reading() as connection:
            return queries.nearby(connection, first, last, box)

    def snapshot(
        self, filter_: Filter, sort: Sort = Sort.OLDEST, step_seconds: float | None = None
    ) -> tuple[Stamp, FeatureStream]:
        """Return the data version, and an iterator over every matching event's Feature in that version.

        Later writes are not seen. The iterator occupies a connection until it ends or is closed. With `step_seconds`
        it raises ReadTimeout when the next events take longer; without, it has no time limit.
        """
        features = FeatureStream(self._engine, filter_, sort, step_seconds)
        return features.stamp, features

    def summary(self, filter_: Filter, interval: str = "auto", measure: str | None = None) -> Summary:
        """Count the matching events by time, category and country, and sum their figures, in one snapshot."""
        return self._columns.answer(
            lambda columns, read: summary.summary(columns, filter_, read.connection, interval, measure),
            filter_,
        )

    def total(self) -> int:
        """Count the published events."""
        return self._columns.answer(lambda columns, _: len(columns))

    def figures(self) -> list[str]:
        """Return the names of the figures that can be summed."""
        return self._columns.answer(lambda columns, _: sorted(columns.figures))

    def clusters(self, filter_: Filter, zoom: int) -> tuple[list[Cluster], Stamp]:
        """Group the selected pins for a map of a zoom from 0 to 22."""
        return self._columns.answer(
            lambda columns, read: (clusters.clusters(columns, filter_, zoom, read), columns.stamp), filter_
        )

    def countries(self, filter_: Filter) -> tuple[dict[str, int], Stamp]:
        """Count the matching events by the countries of their selected pins."""
        return self._columns.answer(
            lambda columns, read: (summary.countries(columns, filter_, read.connection), columns.stamp),
            filter_,
        )

    def tile(self, filter_: Filter, zoom: int, x: int, y: int, grouped: bool = False) -> tuple[bytes, Stamp]:
        """Return a Mapbox Vector Tile of the selected pins, `grouped` into clusters on request; no bytes if empty."""

        def draw(columns: Columns, read: ReadRows) -> tuple[bytes, Stamp]:
            pins = selected(columns, filter_, read.connection, tiles.in_tile(columns, zoom, x, y))
            return tiles.tile(columns, pins, (zoom, x, y), read, grouped), columns.stamp

        return self._columns.answer(draw, filter_)

    def index(
        self, filter_: Filter, display: Callable[[str | None], str], measure: str | None = None
    ) -> tuple[int, dict[str, Any] | None, Stamp]:
        """Count the matching events, and return them as columns if they are few enough (see db.columns.index)."""
        return self._columns.answer(
            lambda columns, read: (*index.index(columns, filter_, read, display, measure), columns.stamp),
            filter_,
        )

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self._read_timeout)

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)
