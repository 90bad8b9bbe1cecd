"""Warn of texts of a file that were encoded twice, or repair them with --fix-encoding."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import structs

from timeline.readers import Note, Row

_MAX_EXAMPLES = 3
_MAX_CHARACTERS_QUOTED = 60
_MAX_CHARACTERS_CHECKED = 100_000  # of a text


class _Repairs:
    """Repairs texts, counts those that were encoded twice, and keeps the first examples."""

    def __init__(self) -> None:
        self.count = 0
        self.examples: dict[str, str] = {}
        self.names: dict[str, str] = {}  # of columns

    def text(self, text: str) -> str:
        """Return a text as it was before it was encoded twice."""
        if text.isascii() or len(text) > _MAX_CHARACTERS_CHECKED:
            return text
        # Imported for the first such text: its tables take 20 ms, and many files are in ASCII.
        from timeline.exchange.double_encoding import repaired

        better = repaired(text)
        if better != text:
            self.count += 1
            if len(self.examples) < _MAX_EXAMPLES:
                self.examples.setdefault(text[:_MAX_CHARACTERS_QUOTED], better[:_MAX_CHARACTERS_QUOTED])
        return better

    def value(self, value: Any) -> Any:
        """Return a value of JSON with its texts repaired."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, Mapping):
            return {self.text(name): self.value(item) for name, item in value.items()}
        return value

    def row(self, row: Row) -> Row:
        """Return a row with its columns and their names repaired; the same row if nothing was wrong."""
        if _is_plain(row.columns):
            return row
        before = self.count
        columns = {self._name(name): self.value(value) for name, value in row.columns.items()}
        is_changed = self.count > before or any(name not in columns for name in row.columns)
        return structs.replace(row, columns=columns) if is_changed else row

    def _name(self, name: str) -> str:
        if name.isascii():
            return name
        if name not in self.names:
            self.names[name] = self.text(name)
        return self.names[name]


def _is_plain(columns: Mapping[str, Any]) -> bool:
    """Return whether all names and texts are ASCII, and no value has others inside it."""
    try:
        return "".join(columns.values()).isascii() and "".join(columns).isascii()
    except TypeError:  # not only texts
        values = (
            value.isascii() if isinstance(value, str) else not isinstance(value, list | dict)
            for value in columns.values()
        )
        return all(values) and "".join(columns).isascii()


def with_encoding_checked(rows: Iterator[Row], note: Note, *, fix: bool) -> Iterator[Row]:
    """Yield the rows, with `fix` repaired; at the end, `note` is called if texts were encoded twice."""
    repairs = _Repairs()
    for row in rows:
        better = repairs.row(row)
        yield better if fix else row
    if not repairs.count:
        return
    texts = "1 text" if repairs.count == 1 else f"{repairs.count:,} texts"
    examples = ", ".join(f"{text!r}, which means {better!r}" for text, better in repairs.examples.items())
    if fix:
        note(f"has {texts} that were encoded twice and are repaired: {examples}")
    else:
        note(f"has {texts} that were encoded twice: {examples}; repair with --fix-encoding")
