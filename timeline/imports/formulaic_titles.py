"""Distinguish titles that were made by a formula, such as "Robbery in Gent", from titles that are similar for a reason.

Two titles are similar for a reason if they share words that few other titles of the file have. The words of their day
are none of these: only events of one day are compared, so that all of them share it.
"""

import math
import re
from collections import Counter
from typing import NamedTuple

from db.dates.calendar import year_month_day
from timeline.written_dates.lexicon import folded, months, weekdays

MAX_WORDS_COUNTED = 200_000  # different words of the titles of a file; later new words count as rare
MAX_PAIRS_PENDING = 5_000  # pairs of similar titles that wait for the end of the file
_MIN_SHARE_OF_BITS = 0.6  # of those that tell one title of the file from all others
_ALL_COUNTED, _STEP = 5_000, 4
_WORD = re.compile(r"\w+")


class SimilarPair(NamedTuple):
    """A row whose event may be the same as another one: its position, title and day, and the other's id and title.

    `day` counts from 1970-01-01.
    """

    at: str
    title: str
    day: int
    other_id: str
    other_title: str


class FormulaicTitles:
    """Counts the words of the titles of a file, and keeps similar pairs until all of them are counted.

    Of a large file every fourth title is counted, which tells common words from rare ones as well.
    """

    def __init__(self) -> None:
        self.seen = self.titles = 0
        self.words = Counter[str]()
        self.pairs: list[SimilarPair] = []

    def count(self, title: str) -> None:
        """Count the words of a title."""
        self.seen += 1
        if self.seen > _ALL_COUNTED and self.seen % _STEP:
            return
        self.titles += 1
        words = set(_WORD.findall(title.casefold()))
        if len(self.words) >= MAX_WORDS_COUNTED:
            words = {word for word in words if word in self.words}
        self.words.update(words)

    def add(self, pair: SimilarPair) -> list[SimilarPair]:
        """Keep a pair; return the pairs that are similar for a reason if there are too many to keep."""
        self.pairs.append(pair)
        return self.take() if len(self.pairs) >= MAX_PAIRS_PENDING else []

    def take(self) -> list[SimilarPair]:
        """Return the pairs that are similar for a reason, and forget all."""
        pairs, self.pairs = self.pairs, []
        return [pair for pair in pairs if not self.is_formulaic(pair)]

    def is_formulaic(self, pair: SimilarPair) -> bool:
        """Return whether two titles share only words of their day and words that many titles of the file have."""
        shared = set(_WORD.findall(pair.title.casefold())) & set(_WORD.findall(pair.other_title.casefold()))
        # The two titles themselves do not make a word common.
        others = (max(self.words[word] - 2, 0) + 0.5 for word in shared if not _is_of_day(word, pair.day))
        bits = sum(-math.log2(min(count / (self.titles + 1), 1)) for count in others)
        return bits < _MIN_SHARE_OF_BITS * math.log2(max(self.titles, 1))


def _is_of_day(word: str, day: int) -> bool:
    """Return whether a word is the year, month or day of a date, in digits or as a name, or the name of a weekday."""
    year, month, day_of_month = year_month_day(day)
    if word.isdecimal():
        return int(word) in (year, month, day_of_month) or (len(word) == 2 and int(word) == year % 100)
    name = folded(word)
    return months().get(name) == month or name in weekdays()
