"""Where ready events go: into the store in transactions, or, of all or none, into a file first and then into one."""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile

from db.events.diff import Change
from db.store import Store
from db.writing.prepared import Ready
from db.writing.writer import Added
from timeline.imports.options import Options

# One transaction: larger ones write each page of the indexes fewer times, and hold others up for longer.
TRANSACTION = 5_000
_IN_MEMORY = 4_000_000  # bytes


class Sink:
    """Take batches of ready events with their new categories, and write them; `added` counts."""

    def __init__(self, store: Store, options: Options, change: Callable[[Change], None]) -> None:
        self.store = store
        self.options = options
        self.change = change
        self.added = Added()
        self.waiting: list[Ready] = []
        self.categories: dict[str, str] = {}
        # Closed by `finish`, or with this.
        self.spool = SpooledTemporaryFile(_IN_MEMORY) if options.whole else None  # noqa: SIM115

    def put(self, events: Sequence[Ready], categories: Mapping[str, str]) -> None:
        """Take a batch; write it as soon as a transaction is full."""
        self.categories.update(categories)
        if self.spool:
            pickle.dump(list(events), self.spool, pickle.HIGHEST_PROTOCOL)
            return
        self.waiting += events
        if len(self.waiting) >= TRANSACTION:
            self._write([self.waiting])

    def finish(self, *, good: bool) -> Added:
        """Write what still waits; where all or none was asked for, everything if all was good, else nothing."""
        if self.spool is None:
            self._write([self.waiting])
        else:
            with self.spool:
                if good:
                    self.spool.seek(0)
                    self._write(self._spooled())
        return self.added

    def _spooled(self) -> Iterator[Sequence[Ready]]:
        while self.spool:
            try:
                yield pickle.load(self.spool)  # noqa: S301  # written a moment ago, by this very process
            except EOFError:
                return

    def _write(self, batches: "Iterator[Sequence[Ready]] | list[list[Ready]]") -> None:
        if not self.waiting and not self.spool:
            return
        options, categories = self.options, self.categories
        with self.store.putting(
            keep_status=not options.publish,
            dry_run=options.dry_run,
            tell=self.change if options.dry_run else None,
            author=options.author,
            many=True,
        ) as put:
            for batch in batches:
                self.added = self.added.plus(put(batch, categories))
                categories = {}
        self.waiting = []
        if not options.dry_run:
            self.categories = {}
