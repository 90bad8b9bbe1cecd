"""Splices: how an array changes where some of its elements are removed and others inserted."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from db.columns.arrays import Ints, Mask

_MAX_SLICES = 1_000  # up to so many pieces, copying slices is faster than copying by a mask
_MAX_COMPARISONS = 6  # up to so many shifts, comparing all numbers is faster than a table of new numbers


class Splice:
    """The removal of some elements of an array, and the insertion of others.

    `removed` are indexes of elements; an element is inserted before each index of `inserted`, which may be the length.
    Both are ascending, and both are indexes into the array as it was. Arrays that come out equal are shared.
    """

    def __init__(self, length: int, removed: Ints, inserted: Ints) -> None:
        self.length = length
        self.removed = removed
        self.inserted = inserted
        self.new_length = length - len(removed) + len(inserted)
        self.new_positions: Ints = inserted - np.searchsorted(removed, inserted) + np.arange(len(inserted))
        """The indexes of the inserted elements in the array as it becomes."""
        self.in_place = np.array_equal(removed, self.new_positions)
        """Whether each new element takes the place of a removed one, so that no other element moves."""

    def apply(self, old: npt.NDArray[Any], values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the array with these inserted values, in the order of `inserted`."""
        if self.in_place:
            if not len(self.removed) or np.array_equal(old[self.removed], values):
                return old
            changed = old.copy()
            changed[self.removed] = values
            return changed
        new = np.empty(self.new_length, dtype=old.dtype)
        new[self.new_positions] = values
        if len(self.removed) + len(self.inserted) <= _MAX_SLICES:
            for begin, end, to in self._runs():
                new[to : to + end - begin] = old[begin:end]
        else:
            new[self._remaining_after()] = old[self.remaining()]
        return new

    def remaining(self) -> Mask:
        """Return which elements of the array as it was stay."""
        mask = np.ones(self.length, dtype=bool)
        mask[self.removed] = False
        return mask

    def _remaining_after(self) -> Mask:
        mask = np.ones(self.new_length, dtype=bool)
        mask[self.new_positions] = False
        return mask

    def _runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield begin and end of each run of elements that stay together, and where it begins afterwards."""
        removed = set(self.removed.tolist())
        ends = (index + 1 for index in removed)
        cuts = sorted({0, self.length, *removed, *ends, *self.inserted.tolist()})
        for begin, end in pairwise(cuts):
            if begin not in removed:
                yield begin, end, begin + self._shift(begin)

    def _shift(self, index: int) -> int:
        inserted = int(np.searchsorted(self.inserted, index, side="right"))
        return inserted - int(np.searchsorted(self.removed, index))

    def renumber(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return where the elements with these numbers are afterwards; numbers of removed elements stay in order."""
        only_appended = not len(self.removed) and int(self.inserted.min(initial=self.length)) == self.length
        if self.in_place or only_appended or not len(numbers):
            return numbers
        if len(self.removed) + len(self.inserted) <= _MAX_COMPARISONS:
            new = numbers.copy()
            for index in self.inserted.tolist():
                new += numbers >= index
            for index in self.removed.tolist():
                new -= numbers > index
            return new
        shifts = np.zeros(self.length + 1, dtype=np.int64)
        np.add.at(shifts, self.inserted, 1)
        np.subtract.at(shifts, self.removed + 1, 1)
        table = (np.arange(self.length + 1) + np.cumsum(shifts)).astype(numbers.dtype)
        renumbered: npt.NDArray[Any] = table[numbers]
        return renumbered


def contained(ascending: Ints, values: Ints) -> Mask:
    """Return which of the values are in an ascending array."""
    at = np.searchsorted(ascending, values)
    if not len(ascending):
        return at < 0
    equal: Mask = ascending[np.minimum(at, len(ascending) - 1)] == values
    return equal & (at < len(ascending))
