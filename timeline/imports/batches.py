"""Write batches of events into the store; with `all_or_nothing`, collect them in a temporary file first."""

import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from tempfile import SpooledTemporaryFile

from db.events.diff import EventChange
from db.store import Store
from db.writing.editor_changes import EditConflict, ImportRules
from db.writing.prepared import PreparedEvent
from db.writing.writer import Added
from timeline.imports.options import Options

# Larger transactions write each page of the indexes fewer times. They end early when another process waits to write.
_EVENTS_PER_TRANSACTION = 5_000
_SECONDS_PER_CHUNK = 0.08  # an edit waits for one chunk and its commit
_MIN_CHUNK, _MAX_CHUNK = 50, 2_500  # events
_MAX_BYTES_IN_MEMORY = 4_000_000


class BatchWriter:
    """Writes batches of events with their new categories; `added` counts the events."""

    def __init__(
        self,
        store: Store,
        options: Options,
        on_change: Callable[[EventChange], None],
        on_conflict: Callable[[EditConflict], None] = lambda conflict: None,
    ) -> None:
        self.store = store
        self.options = options
        self.on_change = on_change
        self.on_conflict = on_conflict
        self.added = Added()
        self.waiting: list[PreparedEvent] = []
        self.chunk_size = 500
        self.categories: dict[str, str] = {}
        # `finish` closes the file; if an error prevents that, the garbage collector does.
        self.spool = SpooledTemporaryFile(_MAX_BYTES_IN_MEMORY) if options.all_or_nothing else None  # noqa: SIM115

    def put(self, events: Sequence[PreparedEvent], categories: Mapping[str, str]) -> None:
        """Take a batch, and write it as soon as a transaction is full; `categories` maps new slugs to labels."""
        self.categories.update(categories)
        if self.spool:
            pickle.dump(list(events), self.spool, pickle.HIGHEST_PROTOCOL)
            return
        self.waiting += events
        if len(self.waiting) >= _EVENTS_PER_TRANSACTION:
            self._write_waiting()

    def finish(self, *, no_rejects: bool) -> Added:
        """Write the remaining events; with `all_or_nothing`, write all events if no row was rejected, else none."""
        if self.spool is None:
            self._write_waiting()
        else:
            with self.spool:
                if no_rejects:
                    self.spool.seek(0)
                    self._write(self._spooled())
        return self.added

    def _spooled(self) -> Iterator[Sequence[PreparedEvent]]:
        while self.spool:
            try:
                yield pickle.load(self.spool)  # noqa: S301  # this process wrote it
            except EOFError:
                return

    def _write_waiting(self) -> None:
        """Write the waiting events in one transaction, or in several while other processes wait to write."""
        while self.waiting:
            events, self.waiting = iter(self.waiting), []
            self._write(self._chunks(events))
            self.waiting = list(events)

    def _chunks(self, events: Iterator[PreparedEvent]) -> Iterator[Sequence[PreparedEvent]]:
        """Yield events in chunks that take about 80 ms each, until another process waits to write."""
        while chunk := list(islice(events, self.chunk_size)):
            began = time.perf_counter()
            yield chunk
            share = _SECONDS_PER_CHUNK / max(time.perf_counter() - began, 0.001)
            self.chunk_size = min(max(round(self.chunk_size * share), _MIN_CHUNK), _MAX_CHUNK)
            if self.store.writers_wait():
                return

    def _write(self, batches: Iterable[Sequence[PreparedEvent]]) -> None:
        options, categories = self.options, self.categories
        rules = ImportRules(
            keep_status=not options.publish,
            overwrite=options.overwrite,
            on_change=self.on_change if options.dry_run else None,
            on_conflict=self.on_conflict,
        )
        with self.store.writer(
            rules=rules, dry_run=options.dry_run, author=options.author, many_events=True, job=options.job
        ) as put:
            for batch in batches:
                self.added = self.added.plus(put(batch, categories))
                categories = {}
        if not options.dry_run:
            self.categories = {}
