"""Lists of column names in messages, which a file could make endless."""

from collections.abc import Iterable
from itertools import islice

MAX_NAMES_LISTED = 100


def listed(names: Iterable[str], *, quoted: bool = True) -> str:
    """Return names separated by commas: the first hundred, and the number of the others."""
    names = iter(names)
    first = [repr(name) if quoted else name for name in islice(names, MAX_NAMES_LISTED)]
    others = sum(1 for _ in names)
    return ", ".join(first) + (f" and {others:,} more" if others else "")
