"""Ids of imported events: the row's own, one made from chosen columns, or a hash of the row; and their repetitions."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.errors import BadEvent
from timeline.exchange.row import Row
from timeline.exchange.slug import slug

_MAX_SLUG_CHARACTERS = 60  # characters of an id made from columns, before its hash
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def id_from_columns(columns: Mapping[str, Any], key: tuple[str, ...]) -> str:
    """Return an id made from the values of some columns: readable, and different for different values.

    Raises BadEvent if all of them are empty.
    """
    values = ["" if columns.get(name) is None else str(columns[name]).strip() for name in key]
    if not any(values):
        raise BadEvent(
            "key", f"{', '.join(key)}: every value is empty; expected at least one, to make the id from"
        )
    return f"{slug('-'.join(values))[:_MAX_SLUG_CHARACTERS].strip('-')}-{_digest(values, 4)}".lstrip("-")


def id_from_row(row: Row) -> str:
    """Return an id made from all values of a row: identical rows are the same event."""
    values = [sorted(row.columns.items()), row.points]
    return _digest([*values, row.when] if row.when else values, 10)


def _digest(value: object, size: int) -> str:
    text = _encode(value)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


Hashes = NDArray[np.int64]
RowNumbers = NDArray[np.uint32]
_MAX_IDS_IN_RUN = 262_144  # ids in a run; merging longer runs would need much memory for a moment


class FirstRows:
    """The row in which each id of a file came first, in 12 bytes a row; a dict of a million ids would take 100 MB.

    Hashes of ids and numbers of rows are stored in sorted runs of growing length, which are merged from time to time.
    """

    def __init__(self) -> None:
        self.runs: list[tuple[Hashes, RowNumbers]] = []

    def add(self, ids: Sequence[str], numbers: Sequence[int]) -> list[int]:
        """Add some rows, and return for each the number of the row in which its id came first."""
        if not ids:
            return []
        hashes = np.fromiter(map(hash, ids), np.int64, len(ids))
        order = np.argsort(hashes, kind="stable")
        keys, rows = hashes[order], np.asarray(numbers, np.uint32)[order]
        is_first = np.ones(len(keys), bool)
        is_first[1:] = keys[1:] != keys[:-1]
        group = np.cumsum(is_first) - 1
        keys, rows = keys[is_first], rows[is_first]
        repeated = np.zeros(len(keys), bool)
        for run_keys, run_rows in self.runs:
            at = np.minimum(np.searchsorted(run_keys, keys), len(run_keys) - 1)
            matches = run_keys[at] == keys
            rows[matches] = run_rows[at[matches]]
            repeated |= matches
        self._append(keys[~repeated], rows[~repeated])
        first = np.empty(len(order), np.uint32)
        first[order] = rows[group]
        return [int(number) for number in first]

    def _append(self, keys: Hashes, rows: RowNumbers) -> None:
        if not len(keys):
            return
        self.runs.append((keys, rows))
        while len(self.runs) > 1 and _may_merge(*(len(run[0]) for run in self.runs[-2:])):
            (keys_a, rows_a), (keys_b, rows_b) = self.runs[-2:]
            keys, rows = np.concatenate((keys_a, keys_b)), np.concatenate((rows_a, rows_b))
            order = np.argsort(keys, kind="stable")
            self.runs[-2:] = [(keys[order], rows[order])]


def _may_merge(previous: int, last: int) -> bool:
    return previous <= 2 * last and previous + last <= _MAX_IDS_IN_RUN
