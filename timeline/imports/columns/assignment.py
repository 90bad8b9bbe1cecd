"""The columns that were found for fields so far, while a plan is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from timeline.exchange.field_names import ways
from timeline.imports.columns.value_tests import holds


@dataclass(slots=True)
class Found:
    """Columns by field; `samples` are some values of each column, `values` the fields that all rows are given.

    `known` tells a category of the vocabulary; `barred` are columns that no field takes;
    `others` could have been taken for a field as well.
    """

    samples: Mapping[str, Sequence[str]]
    values: Mapping[str, str]
    known: Callable[[str], bool]
    columns: dict[str, tuple[str, ...]]
    taken: set[str] = field(default_factory=set)
    barred: frozenset[str] = frozenset()
    others: dict[str, list[str]] = field(default_factory=dict)

    def take(self, one: str, *names: str) -> None:
        """Give a field its columns."""
        self.columns[one] = names
        self.taken.update(names)

    def has(self, *fields: str) -> bool:
        """Tell whether one of the fields has a column or a value."""
        return any(one in self.columns or one in self.values for one in fields)

    def free(self) -> list[str]:
        """List the columns that are left."""
        return [name for name in self.samples if name not in self.taken and name not in self.barred]

    def called(self, keys: Iterable[str]) -> list[str]:
        """List the free columns that are called so, best first: whole names, then those with an aside."""
        order = {one: number for number, one in enumerate(keys)}
        ranked: list[tuple[tuple[int, int], int, str]] = []
        for name in self.free():
            rank = next(((way, order[one]) for way, one in enumerate(ways(name)) if one in order), None)
            if rank:
                ranked.append((rank, len(ranked), name))
        return [name for _, _, name in sorted(ranked)]

    def holds(self, one: str, name: str) -> bool:
        """Tell whether a column holds what a field takes."""
        return holds(one, self.samples[name], self.known)
