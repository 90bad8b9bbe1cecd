"""The columns that are assigned to fields so far, while a plan is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from geo.countries.world_regions import is_world_region
from timeline.exchange.field_names import possible_keys
from timeline.imports.columns.value_tests import fits, share

_MAX_AREAS_TESTED = 20  # values of a column, each of which is looked up in the gazetteer
_MIN_SHARE_OF_AREAS = 0.3


@dataclass(slots=True)
class Assignment:
    """The columns of each field; `samples` are some values of each column; no column is assigned to a field of
    `overrides`.

    `is_category` returns whether a text is a category of the vocabulary, `is_area` whether it may be a state;
    `assigned` and `excluded` columns are not free. `alternatives` are columns that could have been
    assigned to a field instead; `mapped` are the fields that the user mapped.
    """

    samples: Mapping[str, Sequence[str]]
    overrides: Mapping[str, str]
    is_category: Callable[[str], bool]
    columns: dict[str, tuple[str, ...]]
    assigned: set[str] = field(default_factory=set)
    excluded: frozenset[str] = frozenset()
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    is_area: Callable[[str], bool] = lambda text: True
    mapped: frozenset[str] = frozenset()

    def assign(self, field_name: str, *columns: str) -> None:
        """Assign columns to a field."""
        self.columns[field_name] = columns
        self.assigned.update(columns)

    def has(self, *field_names: str) -> bool:
        """Return whether one of the fields has a column or an override."""
        return any(name in self.columns or name in self.overrides for name in field_names)

    def free(self) -> list[str]:
        """Return the columns that no field has and that are not excluded."""
        return [name for name in self.samples if name not in self.assigned and name not in self.excluded]

    def free_named(self, keys: Iterable[str]) -> list[str]:
        """Return the free columns that have one of these names, best first: whole names, then those with an aside."""
        order = {key: number for number, key in enumerate(keys)}
        ranked: list[tuple[tuple[int, int], int, str]] = []
        for name in self.free():
            rank = next(
                ((spelling, order[key]) for spelling, key in enumerate(possible_keys(name)) if key in order),
                None,
            )
            if rank:
                ranked.append((rank, len(ranked), name))
        return [name for _, _, name in sorted(ranked)]

    def unknown_categories(self, column: str) -> float:
        """Return the share, 0 to 1, of the values of a column that are no categories of the vocabulary."""
        texts = [text for text in map(str.strip, self.samples[column]) if text]
        return share(texts, lambda text: not self.is_category(text)) if texts else 1.0

    def fits(self, field_name: str, column: str) -> bool:
        """Return whether the values of a column are ones that a field can have."""
        if field_name == "admin1" and not self._are_areas(column):
            return False
        return fits(field_name, self.samples[column], self.is_category)

    def _are_areas(self, column: str) -> bool:
        """Return whether some of the values of a column are areas: "state" may also mean open or closed."""
        values = dict.fromkeys(text for text in map(str.strip, self.samples[column]) if text)
        tested = list(islice(values, _MAX_AREAS_TESTED))
        areas = sum(self.is_area(text) or is_world_region(text) for text in tested)
        return areas >= _MIN_SHARE_OF_AREAS * len(tested)
