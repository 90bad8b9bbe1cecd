"""The port: what Dateline needs from a database product.

Each folder next to this module is one product and has all functions of `Backend`. SQL above the port is standard SQL,
marks its parameters with `?`, and may call `moment()`, the moment of its transaction in seconds of UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import URL, Connection, CursorResult, Engine, Index

from db.dates.interval import Interval
from db.engines.file_copies import FileCopies
from db.engines.index_rows import CountryRow, PinRow
from db.engines.readers import DatabaseReader, RemoteReader
from db.engines.reports import Leftovers, ReplicaState
from db.query.filter import Near
from geo.box import Box

SqlParams = Sequence[Any]
CursorRows = CursorResult[*tuple[Any, ...]]


class Clause(NamedTuple):
    """A condition in SQL, with its parameters in order."""

    sql: str
    params: tuple[Any, ...] = ()


TRUE, FALSE = Clause("TRUE"), Clause("FALSE")
_MAX_CHAIN = 100  # conditions joined without brackets


def joined(clauses: Sequence[Clause], operator: str) -> Clause:
    """Join one or more conditions with AND or OR, so that SQLite accepts any number of them at any depth.

    SQLite's parser has a stack of 100: a bracket at the beginning of another one takes one place, after an operator
    three. So the longest condition comes first. SQLite also refuses a chain of 1,000, so long ones become a tree.
    """
    if len(clauses) == 1:
        return clauses[0]
    ordered = sorted(clauses, key=lambda clause: len(clause.sql), reverse=True)
    while len(ordered) > _MAX_CHAIN:
        chains = [ordered[begin : begin + _MAX_CHAIN] for begin in range(0, len(ordered), _MAX_CHAIN)]
        ordered = [_chained(chain, operator) for chain in chains]
    return _chained(ordered, operator)


def _chained(clauses: Sequence[Clause], operator: str) -> Clause:
    sql = f" {operator} ".join(clause.sql for clause in clauses)
    return Clause(f"({sql})", tuple(value for clause in clauses for value in clause.params))


class Backend(Protocol):
    """A database product. `engine` is SQLAlchemy's engine that `connect` made, `connection` one of its connections."""

    # --- connections and transactions

    def connect(self, url: URL, read_timeout: float, replicas: Sequence[URL], connections: int) -> Engine:
        """Return an engine whose reads are interrupted after `read_timeout` seconds, and may go to replicas.

        No more than `connections` are open to a server at once; who waits too long for one gets ConnectionsInUse.

        Raises StoreUnavailable for replicas of a product that has none.
        """

    def close(self, engine: Engine) -> None:
        """Close every connection, also those to replicas."""

    def read_transaction(
        self, engine: Engine, seconds: float | None, *, from_primary: bool = False
    ) -> AbstractContextManager[Connection]:
        """Read in one snapshot: on a replica that has all that is committed now, else on the primary.

        While the primary is away, the replica that is furthest ahead answers. Interrupt every statement that runs more
        than `seconds` from now. `from_primary` asks no replica.
        """

    def newest_row(self, engine: Engine, sql: str) -> Sequence[Any] | None:
        """Return the only row of a query of the primary that begins from now on; threads that wait share one query.

        Return None if the primary does not answer soon, or if a query takes no longer in a transaction.
        """

    def single_query(self, engine: Engine, sql: str, params: SqlParams, seconds: float) -> list[Any]:
        """Return the rows of one query, as of now: it costs less than a transaction."""

    def replica_states(self, engine: Engine) -> list[ReplicaState]:
        """Return how far each replica is; none for a product without replicas."""

    def seconds_without_primary(self, engine: Engine, since: float | None = None, /) -> float | None:
        """Return for how long replicas have been answering alone, or did since a moment (monotonic seconds)."""

    def check_driver(self) -> None:
        """Raise StoreUnavailable when the installed driver lacks a feature that Dateline needs."""

    def database_file(self, engine: Engine) -> Path | None:
        """Return the database file; None for a database that has none."""

    def columns_file(self, engine: Engine) -> Path | None:
        """Return the path of the file in which servers store columns; None if there can be none."""

    def guarded(self, engine: Engine) -> AbstractContextManager[None]:
        """Turn the driver's errors within a block into StoreUnavailable or ReadTimeout, with one clear line."""

    def deadline(self, connection: Connection, seconds: float) -> AbstractContextManager[None]:
        """Interrupt every statement of the block that runs more than `seconds` from now."""

    def interrupt(self, connection: Connection) -> None:
        """Stop the statement that another thread runs on a connection: it raises ReadTimeout."""

    BUSY_SECONDS: float
    """How long a write waits for other writes."""

    def write_transaction(
        self, engine: Engine, *, durable: bool, wait: float | None = None
    ) -> AbstractContextManager[Connection]:
        """Open the one write transaction of the database; commit at the end of the block, roll back when it raises.

        `durable` waits until the disk has the commit. Raise StoreUnavailable after `wait` seconds (BUSY_SECONDS if
        None) in which others were writing.
        """

    def writers_wait(self, engine: Engine) -> bool:
        """Return whether another process waits to write; processes that wait write in turn."""

    def moment(self, connection: Connection) -> int:
        """Return the moment of the transaction, in seconds of UTC: the value of `moment()` in SQL."""

    def clock(self, connection: Connection) -> int:
        """Return the time of the database's clock now, in seconds of UTC: later than `moment` in a long transaction.

        All workers must agree on it, whatever the clocks of their machines say.
        """

    def expect_many_writes(self, connection: Connection) -> None:
        """Let the connection use more memory, because it writes many events; call it in each transaction."""

    def instant_reader(self, engine: Engine) -> DatabaseReader | None:
        """Open a reader that answers within microseconds and never waits for a lock; None if there cannot be one.

        Raises StoreUnavailable when the database cannot be opened.
        """

    def remote_reader(self, engine: Engine) -> RemoteReader | None:
        """Return a reader for an event loop, which must not wait in a thread; None if `instant_reader` is faster."""

    # --- statements

    def run(self, connection: Connection, sql: str, params: SqlParams = ()) -> CursorRows:
        """Run one statement with `?` for its parameters; a list of tuples runs it once for each."""

    def rows(self, connection: Connection, sql: str, params: SqlParams = ()) -> list[Any]:
        """Return all rows of a query as plain tuples, with as little work for each as possible."""

    def stream(self, connection: Connection, sql: str, params: SqlParams = ()) -> Iterator[Any]:
        """Yield the rows of a query as the database finds them, without holding all of them in memory."""

    def batches(self, connection: Connection, sql: str, params: SqlParams, size: int) -> Iterator[list[Any]]:
        """Yield the rows of a query in lists of up to `size`: how a snapshot of all events is read."""

    def put_rows(self, connection: Connection, table: str, columns: Sequence[str], rows: SqlParams) -> None:
        """Insert rows, given as tuples in the order of `columns`; do nothing if there are none."""

    def index_names(self, connection: Connection) -> set[str]:
        """Return the names of all indexes that exist."""

    def event_indexes(self) -> Mapping[str, Index]:
        """Return the indexes of `event` by name, which large imports drop and create again."""

    # --- expressions

    def any_of(self, column: str, values: Sequence[str | int]) -> Clause:
        """Return the condition that a column has one of any number of values."""

    def feature_text(self, column: str, path: Sequence[str]) -> str:
        """Return the expression for a text inside a column of encoded JSON, by its path of member names."""

    def folded(self, functions: Sequence[str], expression: str) -> str:
        """Return the expression for a text with CQL2's `casei` and `accenti` applied (OGC 21-065r2, 7.2 and 7.3).

        `functions` are at least one, the innermost first.
        """

    def like_clause(self, expression: str, pattern: str) -> Clause:
        r"""Return the case-sensitive condition that a text matches a pattern of CQL2: `%`, `_`, `\` before either."""

    def features_in_order(self, rows: str, columns: Sequence[str]) -> str:
        """Return a query for the Feature and some columns of an inner query, in its order.

        The inner query selects `pk`, and ends in ORDER BY and LIMIT. The database sorts its rows without the Features.
        """

    def matching_events(self, condition: str, matched: int) -> str:
        """Return what follows FROM in a query for the first events of an order that satisfy a condition.

        `matched` is how many satisfy it. Where they are few, the database must not search for them in that order.
        """

    LEFT_FIRST_JOIN: str
    """The JOIN that reads its left table first, even if the planner expects the other order to be faster."""

    TITLE_KEY: str
    """The expression that orders events (alias `e`) by title without regard to the case of A to Z."""

    TITLE_VALUE: str
    """The expression for a title given as a parameter, to compare it with TITLE_KEY."""

    TITLE_PREFIX: tuple[str, str] | None
    """The expressions for the beginning of TITLE_KEY and of TITLE_VALUE, if an index orders only by the beginning."""

    # --- search

    def box_clause(self, box: Box, interval: Interval | None = None) -> Clause:
        """Select the pins (alias `p`) inside a box; with an interval, leave out some whose event cannot overlap it."""

    def near_clause(self, near: Near) -> Clause:
        """Select the pins (alias `p`) within a circle on the sphere."""

    def country_clause(self, countries: Sequence[str], interval: Interval | None = None) -> Clause:
        """Select the pins (alias `p`) in any of the countries; with an interval as `box_clause` does."""

    def shape_clause(self, wkt: str, relation: str) -> Clause:
        """Select the pins (alias `p`) that have a spatial relation (`s_…` of CQL2) to a canonical shape."""

    def text_clause(self, text: str) -> Clause:
        """Select the events (alias `e`) whose title, summary, places or tags contain every word of a text.

        Raises BadFilter if the text has no word.
        """

    def put_search_rows(self, connection: Connection, texts: SqlParams, pins: Sequence[PinRow]) -> None:
        """Index events and pins. `texts` are tuples: an event's row number, then the four texts of `text_row`."""

    def put_countries(self, connection: Connection, rows: Sequence[CountryRow]) -> None:
        """Insert countries of pins that are stored already."""

    def remove_search_rows(self, connection: Connection, texts: Mapping[int, Sequence[str]]) -> None:
        """Remove events and their pins from the indexes, while the pins exist; `texts` by row number, as indexed."""

    def clear_search(self, connection: Connection) -> None:
        """Remove all events and pins from the indexes."""

    # --- the schema

    def prepare(self, engine: Engine, *, log: bool = True) -> None:
        """Prepare a database for an upgrade: set the options that it must have before its first table exists.

        With a `log`, readers and a writer do not wait for each other; a backup has none.
        """

    def create_schema(self, connection: Connection) -> bool:
        """Create the tables of this program's version in an empty database, without rows, and return True.

        Return False if the migrations create them. The migrations up to 0011 are SQLite's; later ones run on every
        product.
        """

    def __hash__(self) -> int:
        """Backends are keys of caches."""

    HIDDEN_TABLES: tuple[str, ...]
    """How the names of the tables begin that belong to the search indexes and not to the schema."""

    # --- purge

    def overwrite_deleted(self, connection: Connection) -> None:
        """Overwrite what this write transaction deletes, if the product can; called at its beginning."""

    def purge_search(self, connection: Connection) -> None:
        """Remove from the search indexes what deleted rows left inside them."""

    def unindexed_words(self, connection: Connection, words: Sequence[str]) -> list[str]:
        """Return those words that no event's full text contains, in their order."""

    def purge_files(self, engine: Engine, words: Sequence[str], wait: float) -> Leftovers:
        """Rebuild the files without free pages, empty the log, and search the files for words of erased events.

        Waits `wait` seconds for readers. Words in rows that still exist are not counted. Raises StoreUnavailable or
        OSError if the files cannot be rebuilt or read.
        """

    # --- copies. A backup of any product is a SQLite file; a copy of the rows is loaded without indexes.

    FILE_COPIES: FileCopies | None
    """How the files of this product are copied; None if it has none: then its rows are copied."""

    def open_reader(self, engine: Engine, name: object = None) -> DatabaseReader:
        """Open the database for reading alone; `name` is what errors call it.

        Raises StoreUnavailable if there is none, DatabaseDamaged if it is broken.
        """

    def check_integrity(self, reader: DatabaseReader, name: object) -> None:
        """Raise DatabaseDamaged, with the `name` of the database, if a page, an index or a reference is broken."""

    def search_counts(self, reader: DatabaseReader) -> tuple[int, int]:
        """Count the events in the full text and the pins in the spatial index."""

    def has_data(self, engine: Engine) -> bool:
        """Return whether a database with any content exists, readable or not."""

    def own_files(self, engine: Engine) -> list[Path]:
        """Return the paths that belong to the database, whether they exist or not."""

    def expect_pauses(self, connection: Connection) -> None:
        """Let a write transaction stay open although it does nothing for minutes."""

    def drop_indexes(self, connection: Connection) -> list[str]:
        """Drop the indexes and references of empty tables, and return the statements that create them again."""

    def finish_load(self, engine: Engine) -> None:
        """Bring counters and statistics up to date, after rows were put in with their numbers."""

    def delete_database(self, engine: Engine) -> None:
        """Delete all tables of Dateline; raise StoreUnavailable while other programs use them."""
