"""Texts that were encoded as UTF-8 and then read in another encoding, such as `CafÃ©` for `Café`."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_MAX_ROUNDS = 3  # a text may be encoded again and again
_ENCODINGS = ("cp1252", "mac_roman", "cp850")
_COMMON_LEADS = (0xC2, 0xC3)  # of accented letters, and of signs
_OTHER_LEADS = (0xC4, 0xC5, 0xCE, 0xCF, 0xD0, 0xD1, 0xD8, 0xD9)  # of letters that come in words
_CENTRAL_LEADS = (0xC4, 0xC5)
_CONTINUATIONS = range(0x80, 0xC0)
# Quotes, dashes and the ellipsis of Windows-1252, which may follow a capital Ã: then it is followed by no letter.
_PUNCTUATION = (0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97)


class _Misreading(NamedTuple):
    """How UTF-8 looks in an encoding: `sure` matches what no text has otherwise, `any_sequence` all its sequences."""

    sure: re.Pattern[str]
    any_sequence: re.Pattern[str]
    to_bytes: Mapping[str, int]

    def undone(self, text: str) -> str:
        """Return the text as it was encoded; the same text if it does not look like this misreading."""
        return self.any_sequence.sub(self._decoded, text) if self.sure.search(text) else text

    def _decoded(self, match: re.Match[str]) -> str:
        try:
            return bytes(map(self.to_bytes.__getitem__, match[0])).decode()
        except UnicodeDecodeError:
            return match[0]


def repaired(text: str) -> str:
    """Return a text as it was before it was encoded twice; the same text if it was not.

    >>> repaired("CafÃ© â€œLunaâ€\\x9d")
    'Café “Luna”'
    """
    for _ in range(_MAX_ROUNDS):
        better = text
        if not text.isascii():
            for misreading in _MISREADINGS:
                better = misreading.undone(better)
        if better == text:
            return text
        text = better
    return text


def _misreading(encoding: str) -> _Misreading:
    table = _table(encoding)
    more, punctuation = _class(table, _CONTINUATIONS), _class(table, _PUNCTUATION)
    common, other = _class(table, _COMMON_LEADS), _class(table, _OTHER_LEADS)
    triple = _class(table, range(0xE0, 0xF0)) + more * 2
    quadruple = _class(table, range(0xF0, 0xF5)) + more * 3
    quotes = _class(table, (0xE2,)) + more * 2
    sure = [f"{common}(?!{punctuation}){more}", f"{common}{punctuation}(?=[^\\W\\d_])", quotes]
    if encoding == "cp1252":
        sure += [f"(?:{other}{more}){{2,}}", f"(?<=[a-z]){_class(table, _CENTRAL_LEADS)}{more}", quadruple]
    double = _class(table, range(0xC2, 0xE0)) + more
    return _Misreading(re.compile("|".join(sure)), re.compile(f"{double}|{triple}|{quadruple}"), table)


def _table(encoding: str) -> dict[str, int]:
    """Return the byte of each character from 0x80 on; controls stand for bytes that Windows-1252 leaves undefined."""
    table = {chr(byte): byte for byte in range(0x80, 0xA0)} if encoding == "cp1252" else {}
    for byte in range(0x80, 0x100):
        character = bytes([byte]).decode(encoding, "ignore")
        if character:
            table[character] = byte
    return table


def _class(table: Mapping[str, int], wanted: Iterable[int]) -> str:
    """Return a regular expression for one of the characters that stand for some bytes."""
    numbers = set(wanted)
    return "[" + "".join(re.escape(text) for text, byte in table.items() if byte in numbers) + "]"


_MISREADINGS = tuple(map(_misreading, _ENCODINGS))
