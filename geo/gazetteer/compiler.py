"""Compile the gazetteer: one read-only SQLite file from the installed data packages."""

import glob
import json
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from geo.countries.names import local_names
from geo.data_files import versions
from geo.errors import GazetteerError
from geo.gazetteer.packages import TableBuilder

SCHEMA_VERSION = 16
CRC_OFFSET = 60  # bytes 60 to 63 of a SQLite file are its user_version (SQLite file format, 1.3)
ABANDONED_SECONDS = 3600
_SQLITE_MAGIC = b"SQLite format 3"

OnCompileProgress = Callable[[int, int], None]
"""Called with the per cent done and 100."""

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, lon INTEGER NOT NULL, lat INTEGER NOT NULL, kind INTEGER NOT NULL,
    country TEXT, admin1 INTEGER, admin2 INTEGER, population INTEGER NOT NULL, names INTEGER NOT NULL,
    radius INTEGER NOT NULL, cell INTEGER, codes TEXT, feature TEXT
);
CREATE TEMP TABLE unsorted_name (key TEXT, place INTEGER, rank INTEGER);
CREATE TEMP TABLE unsorted_skeleton (key TEXT, place INTEGER);
"""
_INDEXES = """
CREATE TABLE name (key TEXT, place INTEGER, rank INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
INSERT INTO name SELECT key, place, min(rank) FROM unsorted_name GROUP BY key, place;
CREATE TABLE skeleton (key TEXT, place INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
INSERT INTO skeleton SELECT DISTINCT key, place FROM unsorted_skeleton ORDER BY key, place;
CREATE INDEX place_cell ON place (cell) WHERE cell IS NOT NULL;
"""


def fingerprint() -> str:
    """Return the versions of the schema and the data packages: a gazetteer with another fingerprint is outdated."""
    return f"schema {SCHEMA_VERSION}, {versions()}"


def compile_gazetteer(path: Path, on_progress: OnCompileProgress | None = None) -> None:
    """Write the gazetteer to a path, completely or not at all; `on_progress(done, total)` counts to 100.

    It takes about ten seconds, 200 MB of memory and 50 MB of disk. If two processes compile at once, each writes a
    temporary file, and the last to finish wins.
    Raises GazetteerError if the folder cannot be written, the disk is full or a data package is missing.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        protect_other_files(path)
        _remove_abandoned(path)
        with _temporary_file(path) as part:
            _write(part, on_progress or (lambda _done, _total: None))
            write_checksum(part)
            _sync(part)
            os.replace(part, path)
            _sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(
            f"cannot write the gazetteer to {path}: {error}; expected a writable folder with 80 MB of free space"
        ) from error


def protect_other_files(path: Path) -> None:
    """Make sure that the compiler overwrites only a gazetteer: a setting may name the wrong file.

    Raises GazetteerError if the file is another program's database. A file that is not a database is
    renamed: `.kept` is appended to its name.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
    except sqlite3.DatabaseError:
        with path.open("rb") as file:
            if file.read(len(_SQLITE_MAGIC)) != _SQLITE_MAGIC:
                path.rename(path.with_name(f"{path.name}.kept"))
        return
    if tables and not tables >= {"meta", "place", "name"}:
        raise GazetteerError(
            f"{path} is another program's database and was not overwritten; expected a path for the gazetteer, "
            "such as ~/.cache/dateline/gazetteer.sqlite"
        )


def _remove_abandoned(path: Path) -> None:
    """Delete the temporary files of compilers that were killed more than an hour ago."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()


@contextmanager
def _temporary_file(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    os.chmod(name, 0o644)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _write(part: Path, on_progress: OnCompileProgress) -> None:
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        # Nobody reads this file until it is complete, so it needs neither a journal nor a sync before the end.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        for share in TableBuilder(connection).build():
            on_progress(int(share * 75), 100)
        connection.execute("COMMIT")
        for number, statement in enumerate(filter(str.strip, _INDEXES.split(";"))):
            connection.execute(statement)
            on_progress(80 + 4 * number, 100)
        connection.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (fingerprint(),))
        connection.execute("INSERT INTO meta SELECT 'places', count(*) FROM place")
        connection.execute("INSERT INTO meta VALUES ('local_names', ?)", (json.dumps(local_names()),))
        connection.executescript("DROP TABLE temp.unsorted_name; DROP TABLE temp.unsorted_skeleton;")
    finally:
        connection.close()
    on_progress(100, 100)


def checksums(path: Path) -> tuple[int, int]:
    """Return the checksum written in a gazetteer file, and the checksum of its bytes (CRC-32)."""
    with path.open("rb") as file:
        head = file.read(100)
        crc = zlib.crc32(head[CRC_OFFSET + 4 :], zlib.crc32(head[:CRC_OFFSET]))
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return int.from_bytes(head[CRC_OFFSET : CRC_OFFSET + 4], "big"), crc


def write_checksum(path: Path) -> None:
    """Write a file's checksum into its header, so that a damaged or incomplete file is detected."""
    _, crc = checksums(path)
    with path.open("r+b") as file:
        file.seek(CRC_OFFSET)
        file.write(crc.to_bytes(4, "big"))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
