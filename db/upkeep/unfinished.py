"""What a database remembers while another one is copied into it, so that a copy that was interrupted can go on.

The table exists only until the copy is complete. A group of rows and its mark are committed together.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, inspect

from db.engines import run
from db.engines.readers import DatabaseReader
from db.errors import StoreUnavailable
from db.migrations.upgrade import UNFINISHED, versions
from db.upkeep.copied_tables import Copied, CopiedTable, copied_tables

_SOURCE, _INDEXES = "the source", "indexes to create"


class CopyMarks:
    """How far a copy has come. `source` describes the source, `indexes` are the statements that are left to run."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self._contents = dict(contents)
        self.source = contents.get(_SOURCE, "")
        self.indexes: list[str] = msgspec.json.decode(contents.get(_INDEXES, "[]"))

    @classmethod
    def read(cls, reader: DatabaseReader) -> "CopyMarks":
        """Return the marks of an unfinished copy."""
        return cls(dict(map(tuple, reader.rows("SELECT name, content FROM unfinished_copy"))))

    @classmethod
    def begin(cls, connection: Connection, source: str, indexes: list[str]) -> "CopyMarks":
        """Create the table of marks, and make the database one that nobody uses."""
        contents = {table.name: _encoded(Copied()) for table in copied_tables()}
        contents |= {_SOURCE: source, _INDEXES: _encoded(indexes)}
        run(connection, "CREATE TABLE unfinished_copy (name TEXT PRIMARY KEY, content TEXT NOT NULL)")
        sql = "INSERT INTO unfinished_copy (name, content) VALUES (?, ?)"
        run(connection, sql, list(contents.items()))
        run(connection, "UPDATE alembic_version SET version_num = ?", (UNFINISHED,))
        return cls(contents)

    def copied(self) -> dict[str, Copied]:
        """Return what is copied of each table."""
        return {
            table.name: msgspec.convert(msgspec.json.decode(self._contents[table.name]), Copied)
            for table in copied_tables()
        }

    def move(self, connection: Connection, table: CopiedTable, copied: Copied) -> None:
        """Remember what is copied of a table; raise StoreUnavailable if another process copies as well."""
        self._replace(connection, table.name, copied)

    def drop_index(self, connection: Connection) -> None:
        """Remember that the first of the statements for indexes has run."""
        self._replace(connection, _INDEXES, self.indexes[1:])
        self.indexes = self.indexes[1:]

    def spoil(self, connection: Connection) -> None:
        """Let the next copy begin again."""
        self._replace(connection, _SOURCE, "")

    def _replace(self, connection: Connection, name: str, value: Any) -> None:
        new = value if isinstance(value, str) else _encoded(value)
        sql = "UPDATE unfinished_copy SET content = ? WHERE name = ? AND content = ?"
        # Another process may even have finished, and dropped the table.
        exists = inspect(connection).has_table("unfinished_copy")
        if not exists or run(connection, sql, (new, name, self._contents[name])).rowcount != 1:
            raise StoreUnavailable("another process copies into the same database; let one of the two finish")
        self._contents[name] = new


def finish(connection: Connection) -> None:
    """Make the database one that servers and commands use."""
    run(connection, "UPDATE alembic_version SET version_num = ?", (versions()[0],))
    run(connection, "DROP TABLE unfinished_copy")


def is_unfinished(reader: DatabaseReader) -> bool:
    """Return whether another database is being copied into this one."""
    return "unfinished_copy" in reader.tables()


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()
