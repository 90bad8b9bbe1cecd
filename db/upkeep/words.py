"""The words of erased texts: what to search the files for, and what a reason quotes."""

import re
from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"[^\W_]{4,}")
_MAX_PHRASE_LENGTH = 200
_WORDS_IN_QUOTE = 4


def words(texts: Iterable[str]) -> list[str]:
    """Return the words (four letters and more) of texts, and short texts as phrases; names first, then the longest."""
    unique: dict[str, None] = {}
    for text in texts:
        if " " in text.strip() and len(text) <= _MAX_PHRASE_LENGTH:
            unique[text] = None
        unique |= dict.fromkeys(word for word in _WORD.findall(text) if not word.isdigit())
    return sorted(unique, key=lambda word: (word[:1].islower(), -len(word)))


def quoted(reason: str, texts: Sequence[str]) -> list[str]:
    """Return what a reason quotes of texts: names (words with a capital letter), or else four words in a row."""
    names = {word for text in texts for word in _WORD.findall(text) if word[0].isupper()}
    runs = {run for text in texts for run in _runs(text)}
    quotes = [word for word in _WORD.findall(reason) if word in names]
    return quotes or [run for run in _runs(reason) if run in runs]


def _runs(text: str) -> Iterator[str]:
    parts = re.findall(r"\w+", text.casefold())
    return (" ".join(parts[at : at + _WORDS_IN_QUOTE]) for at in range(len(parts) - _WORDS_IN_QUOTE + 1))
