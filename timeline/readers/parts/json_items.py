"""Read the objects of JSON so that nothing is lost: repeated names get a number, large numbers become text."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, BinaryIO

import ijson
from ijson.backends import python as exact_backend

from timeline.exchange.checks import is_large_number
from timeline.exchange.row import Note
from timeline.readers.parts.json_outline import Outline

MAX_EXAMPLES = 5
_MAX_NAME_CHARACTERS = 60  # of a name in the note
_SPACE_BEFORE_COLON = re.compile(rb'"[ \t\r\n]+:')


class NumberedNames(dict[str, Any]):
    """The members of an object; the second of one name is called `name (2)`, as the second column of a table is."""

    __slots__ = ("last_numbers", "repeats")

    def __init__(self) -> None:
        super().__init__()
        self.last_numbers: dict[str, int] = {}
        self.repeats = Counter[str]()

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self:
            number = self.last_numbers.get(name, 1) + 1
            while f"{name} ({number})" in self:
                number += 1
            self.last_numbers[name] = number
            self.repeats[name] += 1
            name = f"{name} ({number})"
        super().__setitem__(name, value)


def numbered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object as `NumberedNames` if a name is repeated, otherwise as a dictionary."""
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    members = NumberedNames()
    for name, value in pairs:
        members[name] = value
    return members


class RepeatedNames:
    """Counts members whose name their object already has, and quotes the first ones for a note."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.count = 0
        self.examples: list[str] = []

    def add(self, number: int, value: Any) -> None:
        """Count the repeated names in an object, which is the given one of its unit, and in the objects inside it."""
        if isinstance(value, NumberedNames):
            self.count += value.repeats.total()
            for name in value.repeats:
                if len(self.examples) < MAX_EXAMPLES:
                    self.examples.append(f"{name[:_MAX_NAME_CHARACTERS]!r} ({self.unit} {number})")
        if isinstance(value, Mapping | list):
            for part in value.values() if isinstance(value, Mapping) else value:
                self.add(number, part)

    def finish(self, note: Note) -> None:
        """Note the number of repeated names, the first ones and where their values are."""
        if not self.count:
            return
        members = "1 member" if self.count == 1 else f"{self.count:,} members"
        first = ", ".join(self.examples)
        note(
            f"has {members} with a name that the object already has: {first}; the first value counts, and the "
            "others are read under names such as 'title (2)'"
        )


def json_items(
    stream: BinaryIO, prefix: str, outline: Outline, repeated: RepeatedNames | None = None
) -> Iterator[Any]:
    """Yield the values at `prefix`, and count repeated names in `repeated`.

    Files with repeated names or large numbers take slower ways, so that other files cost nothing.
    """
    map_type = NumberedNames if outline.has_repeated_names else None
    if outline.has_large_numbers:
        values = map(with_storable_numbers, exact_backend.items(stream, prefix, map_type=map_type))
    else:
        values = ijson.items(stream, prefix, use_float=True, map_type=map_type)
    if not outline.has_repeated_names or repeated is None:
        yield from values
        return
    for number, value in enumerate(values, 1):
        repeated.add(number, value)
        yield value


def exact_value(text: bytes) -> Any:
    """Return the value of a line, with numbered names and large numbers as text; raise ValueError if it is not JSON."""
    return json.loads(
        text.decode(),
        object_pairs_hook=numbered,
        parse_int=_whole_number,
        parse_float=_float,
        parse_constant=_refuse,
    )


def may_repeat_names(text: bytes, encoded: bytes) -> bool:
    """Return whether an object in `text` may have a name twice, if `encoded` is the JSON of its value without spaces.

    Only a repeated name makes the number of `":` differ, except in texts with odd spaces or escapes, which
    are read exactly as well.
    """
    return (
        text.count(b'":') != encoded.count(b'":')
        or b"\\u0022" in text
        or bool(_SPACE_BEFORE_COLON.search(text))
    )


def with_storable_numbers(value: Any) -> Any:
    """Change decimal numbers to floats in a value, and numbers that are too large to texts."""
    if isinstance(value, dict):
        for name, part in value.items():
            dict.__setitem__(value, name, with_storable_numbers(part))
        return value
    if isinstance(value, list):
        return [with_storable_numbers(part) for part in value]
    if isinstance(value, Decimal):
        return float(value) if isfinite(float(value)) else str(value)
    return str(value) if is_large_number(value) else value


def _whole_number(digits: str) -> int | str:
    if len(digits) > sys.int_info.default_max_str_digits or is_large_number(number := int(digits)):
        return digits
    return number


def _float(digits: str) -> float | str:
    return number if isfinite(number := float(digits)) else digits


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON; for a missing number write null")
