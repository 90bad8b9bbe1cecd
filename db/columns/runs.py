"""Rows that belong to events: arrays sorted by event, and where the rows of each event begin in them."""

import numpy as np
import numpy.typing as npt

from db.columns.arrays import Ints, Small


def begins_of(event: npt.NDArray[np.integer], events: int) -> Small:
    """Return where the rows of each event begin, and the number of rows; `event` is the ascending event of each row."""
    begins = np.zeros(events + 1, dtype=np.int32)
    np.cumsum(np.bincount(event, minlength=events), out=begins[1:])
    return begins


def rows_of(begins: Small, events: npt.NDArray[np.integer]) -> Ints:
    """Return the rows of some events, in the order of these."""
    begin = begins[events].astype(np.int64)
    sizes = begins[events + 1] - begin
    ends = np.cumsum(sizes)
    rows: Ints = np.repeat(begin - (ends - sizes), sizes)
    rows += np.arange(len(rows))
    return rows


def sizes_of(begins: Small, events: npt.NDArray[np.integer]) -> Small:
    """Return the number of rows of each of these events."""
    sizes: Small = begins[events + 1] - begins[events]
    return sizes
