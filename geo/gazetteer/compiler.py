"""Make the gazetteer: one read-only SQLite file from the installed data packages."""

import glob
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from geo.data_files import versions
from geo.errors import GazetteerError
from geo.gazetteer.packages import Harvest

SCHEMA = 8
CRC_AT = 60  # bytes 60 to 63 of a SQLite file are its user_version (SQLite file format, 1.3)

Progress = Callable[[int, int], None]

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, lon INTEGER NOT NULL, lat INTEGER NOT NULL, kind INTEGER NOT NULL,
    country TEXT, admin1 INTEGER, admin2 INTEGER, population INTEGER NOT NULL, names INTEGER NOT NULL,
    radius INTEGER NOT NULL, cell INTEGER, codes TEXT
);
CREATE TEMP TABLE heap (key TEXT, place INTEGER, rank INTEGER);
CREATE TEMP TABLE bones (key TEXT, place INTEGER);
"""
_INDEXES = """
CREATE TABLE name (key TEXT, place INTEGER, rank INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
INSERT INTO name SELECT key, place, min(rank) FROM heap GROUP BY key, place;
CREATE TABLE skeleton (key TEXT, place INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
INSERT INTO skeleton SELECT DISTINCT key, place FROM bones ORDER BY key, place;
CREATE INDEX place_cell ON place (cell) WHERE cell IS NOT NULL;
"""


def fingerprint() -> str:
    """Name the data packages' versions and the schema's: a gazetteer with another fingerprint is old."""
    return f"schema {SCHEMA}, {versions()}"


def compile_gazetteer(path: Path, progress: Progress | None = None) -> None:
    """Write the gazetteer to a path, all of it or nothing; `progress(done, total)` counts to 100.

    It takes about ten seconds, 200 MB of memory and 50 MB of disk. Two processes that compile at once each
    write a file of their own, and the last to finish wins.
    Raises GazetteerError when the folder cannot be written, the disk is full or a data package is missing.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        spare(path)
        _sweep(path)
        with _beside(path) as part:
            _write(part, progress or (lambda _done, _total: None))
            seal(part)
            _sync(part)
            os.replace(part, path)
            _sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(f"cannot make the gazetteer at {path}: {error}") from error


def spare(path: Path) -> None:
    """Make sure that only a gazetteer is written over: a setting may name the wrong file.

    Another program's database raises GazetteerError; what cannot be read at all is kept under another name.
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
            if file.read(len(_MAGIC)) != _MAGIC:
                path.rename(path.with_name(f"{path.name}.kept"))
        return
    if tables and not tables >= {"meta", "place", "name"}:
        raise GazetteerError(
            f"{path} is a database of something else, and was left alone; choose another file"
        )


_MAGIC = b"SQLite format 3"
_STALE_SECONDS = 3600


def _sweep(path: Path) -> None:
    """Take away what a compile that was killed an hour or longer ago left beside the file."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    os.chmod(name, 0o644)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _write(part: Path, progress: Progress) -> None:
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        # Nobody reads this file before it is whole, so neither a journal nor a sync is needed on the way.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        harvest = Harvest(connection)
        for share in harvest.gather():
            progress(int(share * 75), 100)
        connection.execute("COMMIT")
        for number, statement in enumerate(filter(str.strip, _INDEXES.split(";"))):
            connection.execute(statement)
            progress(80 + 4 * number, 100)
        connection.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (fingerprint(),))
        connection.execute("INSERT INTO meta SELECT 'places', count(*) FROM place")
        connection.executescript("DROP TABLE temp.heap; DROP TABLE temp.bones;")
    finally:
        connection.close()
    progress(100, 100)


def checksum(path: Path) -> tuple[int, int]:
    """Give the checksum that a gazetteer file carries, and the one that its bytes have (CRC-32)."""
    with path.open("rb") as file:
        head = file.read(100)
        crc = zlib.crc32(head[CRC_AT + 4 :], zlib.crc32(head[:CRC_AT]))
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return int.from_bytes(head[CRC_AT : CRC_AT + 4], "big"), crc


def seal(path: Path) -> None:
    """Write a file's checksum into its header, so that a broken or half-written one is noticed."""
    _, crc = checksum(path)
    with path.open("r+b") as file:
        file.seek(CRC_AT)
        file.write(crc.to_bytes(4, "big"))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
