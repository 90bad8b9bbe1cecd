"""Which row of a file each id stood in first, in 12 bytes a row: a million ids in a dict would take 100 MB."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]
Numbers = NDArray[np.uint32]
_LONGEST = 262_144  # ids in a run; to merge longer ones takes much memory for a moment


class Seen:
    """Hashes of ids beside numbers of rows, in sorted runs of growing length that are merged now and then."""

    def __init__(self) -> None:
        self.runs: list[tuple[Hashes, Numbers]] = []

    def first(self, identities: Sequence[str], numbers: Sequence[int]) -> list[int]:
        """Tell for each id of some rows in which row it stood first: in this one, or in one before."""
        if not identities:
            return []
        hashes = np.fromiter(map(hash, identities), np.int64, len(identities))
        order = np.argsort(hashes, kind="stable")
        keys, rows = hashes[order], np.asarray(numbers, np.uint32)[order]
        new = np.ones(len(keys), bool)
        new[1:] = keys[1:] != keys[:-1]
        group = np.cumsum(new) - 1
        keys, rows = keys[new], rows[new]
        there = np.zeros(len(keys), bool)
        for known, before in self.runs:
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            hit = known[at] == keys
            rows[hit] = before[at[hit]]
            there |= hit
        self._keep(keys[~there], rows[~there])
        found = np.empty(len(order), np.uint32)
        found[order] = rows[group]
        return [int(one) for one in found]

    def _keep(self, keys: Hashes, rows: Numbers) -> None:
        if not len(keys):
            return
        self.runs.append((keys, rows))
        while len(self.runs) > 1 and _merge(*(len(run[0]) for run in self.runs[-2:])):
            (a, of_a), (b, of_b) = self.runs[-2:]
            joined, rows = np.concatenate((a, b)), np.concatenate((of_a, of_b))
            order = np.argsort(joined, kind="stable")
            self.runs[-2:] = [(joined[order], rows[order])]


def _merge(before: int, last: int) -> bool:
    return before <= 2 * last and before + last <= _LONGEST
