"""Columns in a file: a server that starts maps them, and reads only what changed since.

The file is next to the database, or in the user's cache. Several workers map the same file, and so share its memory. It
contains no texts but the slugs of categories and the names of figures. It never changes: a new one replaces it.
"""

import mmap
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from sqlalchemy import Connection, Engine

from db.columns.block_counts import FIRST_CODE, BlockCounts
from db.columns.cell_groups import CellGroups
from db.columns.snapshot import ARRAYS, LISTS, Columns, Position
from db.columns.sums import PARTS_OF_SUM
from db.engines import backend_of, run
from db.engines.files import locked, replacement

MIN_STORED_EVENTS = 100_000
"""Fewer events are read from the database in a fraction of a second."""
_FORMAT = 3  # increase it when an array means something else
_MAGIC = b"Dateline columns\n"
_ALIGNMENT = 64
_COUNTS: tuple[tuple[str, type[Any]], ...] = (("block_counts", BlockCounts), ("cell_groups", CellGroups))
_NAMES = (*ARRAYS, *(f"{prefix}.{field.name}" for prefix, kind in _COUNTS for field in fields(kind)))
_LENGTH_BYTES = 8


class _Header(msgspec.Struct):
    """What a file contains: its place in the history of a database, lists of names, and where each array is."""

    format: int
    revision: str
    position: Position
    entry: str
    lists: dict[str, list[str]]
    arrays: dict[str, tuple[str, int, int]]
    """Type, length, and offset from the end of the header, of each array."""
    size: int


@contextmanager
def columns_lock(engine: Engine) -> Iterator[Path | None]:
    """Yield the path of the file while no other process writes it; None if there can be no file."""
    file = backend_of(engine).columns_file(engine)
    with ExitStack() as lock:
        try:
            if file is not None:
                lock.enter_context(locked(file))
        except OSError:
            file = None  # the folder cannot be written
        yield file


def save(columns: Columns, file: Path, connection: Connection) -> None:
    """Write columns, all or nothing; the caller holds the lock. Raises OSError if the disk cannot take them."""
    arrays, offset = {}, 0
    contents = _contents(columns)
    for name, array in contents.items():
        arrays[name] = (array.dtype.str, len(array), offset)
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = _Header(
        format=_FORMAT,
        revision=_revision(connection),
        position=columns.position,
        entry=_entry(connection, columns.position.seq),
        lists={name: getattr(columns, name) for name in LISTS},
        arrays=arrays,
        size=offset,
    )
    with replacement(file) as stream:
        _write_header(stream, msgspec.json.encode(header))
        for array in contents.values():
            stream.write(memoryview(array).cast("B") if len(array) else b"")
            stream.write(bytes(-array.nbytes % _ALIGNMENT))


def _contents(columns: Columns) -> dict[str, Any]:
    """Return all arrays, in one dimension, by their names in the file."""
    contents = {name: getattr(columns, name) for name in ARRAYS}
    for prefix, kind in _COUNTS:
        counts = getattr(columns, prefix)
        for field in fields(kind):
            array = np.empty(0, dtype=np.int64) if counts is None else getattr(counts, field.name)
            contents[f"{prefix}.{field.name}"] = array.ravel()
    return contents


def _counts(lists: dict[str, list[str]], arrays: dict[str, Any]) -> dict[str, Any]:
    """Return `block_counts` and `cell_groups` from the arrays of a file."""
    block_counts, cell_groups = (
        {field.name: arrays[f"{prefix}.{field.name}"] for field in fields(kind)} for prefix, kind in _COUNTS
    )
    axes, figures = (len(block_counts["blocks"]), len(lists["categories"])), len(lists["figures"])
    block_counts["counts"] = block_counts["counts"].reshape(*axes, FIRST_CODE + len(lists["codes"]) + figures)
    block_counts["sums"] = block_counts["sums"].reshape(*axes, figures, PARTS_OF_SUM)
    return {
        # There are two blocks at least, unless the counts would have taken too much memory.
        "block_counts": BlockCounts(**block_counts) if axes[0] else None,
        "cell_groups": CellGroups(**cell_groups),
    }


def _write_header(stream: BinaryIO, encoded: bytes) -> None:
    stream.write(
        _MAGIC + len(encoded).to_bytes(_LENGTH_BYTES) + zlib.crc32(encoded).to_bytes(_LENGTH_BYTES) + encoded
    )
    stream.write(bytes(-stream.tell() % _ALIGNMENT))


def load(file: Path, connection: Connection) -> Columns | None:
    """Return the columns of a file, mapped into memory; None unless they belong to the connection's database."""
    try:
        with file.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    header, begin = _read_header(mapped)
    if header is None or len(mapped) != begin + header.size or not _belongs(header, connection):
        return None
    arrays: dict[str, Any] = {
        name: np.frombuffer(mapped, np.dtype(kind), length, begin + offset)
        for name, (kind, length, offset) in header.arrays.items()
    }
    columns = {name: arrays[name] for name in ARRAYS} | _counts(header.lists, arrays)
    return Columns(position=header.position, **header.lists, **columns)  # type: ignore[arg-type]  # by their names


def _read_header(mapped: mmap.mmap) -> tuple[_Header | None, int]:
    """Return the header and the offset of the first array; None for a file of another format or a damaged one."""
    begin = len(_MAGIC) + 2 * _LENGTH_BYTES
    length, checksum = (
        int.from_bytes(mapped[at : at + _LENGTH_BYTES]) for at in (len(_MAGIC), len(_MAGIC) + _LENGTH_BYTES)
    )
    encoded = mapped[begin : begin + length]
    if mapped[: len(_MAGIC)] != _MAGIC or zlib.crc32(encoded) != checksum:
        return None, 0
    try:
        header = msgspec.json.decode(encoded, type=_Header)
    except msgspec.MsgspecError:
        return None, 0
    same = header.format == _FORMAT and tuple(header.arrays) == _NAMES and tuple(header.lists) == LISTS
    return header if same else None, -(-(begin + length) // _ALIGNMENT) * _ALIGNMENT


def _belongs(header: _Header, connection: Connection) -> bool:
    """Return whether the database has the history that the columns come from."""
    epoch = run(connection, "SELECT epoch FROM data_version").scalar_one()
    return (
        header.position.epoch == epoch
        and header.revision == _revision(connection)
        and header.entry == _entry(connection, header.position.seq)
    )


def _revision(connection: Connection) -> str:
    return str(run(connection, "SELECT version_num FROM alembic_version").scalar_one())


def _entry(connection: Connection, seq: int) -> str:
    """Return a hash of the entry of the feed up to which columns are read.

    A database that was replaced by an older copy, and has changed since, has another entry with this number.
    """
    row = run(connection, "SELECT event, kind, at, pk FROM change WHERE seq = ?", (seq,)).first()
    return blake2b(repr(tuple(row) if row else None).encode(), digest_size=16).hexdigest()
