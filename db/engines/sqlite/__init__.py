"""SQLite: connections, transactions, search tables, SQL functions, backup and purge of a database file.

Has the functions of the port `db.engines.base.Backend`. Imported only by db.engines; may import the modules of
db.engines, db.query, db.events, db.dates, db.errors, db.private_files
and geo.
"""

from db.engines.sqlite import file_copies as FILE_COPIES  # noqa: N812  # a constant of the port
from db.engines.sqlite.connections import (
    check_driver,
    clock,
    close,
    columns_file,
    connect,
    database_file,
    deadline,
    expect_many_writes,
    guarded,
    interrupt,
    moment,
    read_connection,
    replica_states,
    seconds_without_primary,
    write_transaction,
    writers_wait,
)
from db.engines.sqlite.database_files import delete_database, has_data, own_files
from db.engines.sqlite.errors import BUSY_SECONDS
from db.engines.sqlite.integrity import check_integrity, search_counts
from db.engines.sqlite.leftovers import unindexed_words
from db.engines.sqlite.purge import overwrite_deleted, purge_files, purge_search
from db.engines.sqlite.readers import instant_reader, open_reader, remote_reader
from db.engines.sqlite.schema import (
    create_schema,
    drop_indexes,
    event_indexes,
    expect_pauses,
    finish_load,
    prepare,
)
from db.engines.sqlite.search import (
    HIDDEN_TABLES,
    box_clause,
    clear_search,
    near_clause,
    put_search_rows,
    remove_search_rows,
    shape_clause,
    text_clause,
)
from db.engines.sqlite.statements import (
    LEFT_FIRST_JOIN,
    TITLE_KEY,
    TITLE_VALUE,
    any_of,
    batches,
    feature_text,
    features_in_order,
    folded,
    index_names,
    like_clause,
    put_rows,
    rows,
    run,
    stream,
)

__all__ = [
    "BUSY_SECONDS",
    "FILE_COPIES",
    "HIDDEN_TABLES",
    "LEFT_FIRST_JOIN",
    "TITLE_KEY",
    "TITLE_VALUE",
    "any_of",
    "batches",
    "box_clause",
    "check_driver",
    "check_integrity",
    "clear_search",
    "clock",
    "close",
    "columns_file",
    "connect",
    "create_schema",
    "database_file",
    "deadline",
    "delete_database",
    "drop_indexes",
    "event_indexes",
    "expect_many_writes",
    "expect_pauses",
    "feature_text",
    "features_in_order",
    "finish_load",
    "folded",
    "guarded",
    "has_data",
    "index_names",
    "instant_reader",
    "interrupt",
    "like_clause",
    "moment",
    "near_clause",
    "open_reader",
    "overwrite_deleted",
    "own_files",
    "prepare",
    "purge_files",
    "purge_search",
    "put_rows",
    "put_search_rows",
    "read_connection",
    "remote_reader",
    "remove_search_rows",
    "replica_states",
    "rows",
    "run",
    "search_counts",
    "seconds_without_primary",
    "shape_clause",
    "stream",
    "text_clause",
    "unindexed_words",
    "write_transaction",
    "writers_wait",
]
