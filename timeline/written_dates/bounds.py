"""Dates with one limit: `before 1900`, `no later than 1900`, `post-1945`, `since 2010`.

`before` and `after` exclude the date, `by` and `on or after` include it. If the date itself is vague, as in "after
c. 1900", or has a time of day, its own year or day is possible as well.
"""

import re
from collections.abc import Callable

from db.dates.calendar import DAY, edtf_year, year_month_day
from db.dates.edtf import When
from timeline.written_dates import bound_words as words
from timeline.written_dates.lexicon import any_of
from timeline.written_dates.single_date import Parts

_FORMS = {
    "before": "[..{}]", "by": "[..{}]", "after": "[{}..]", "not before": "[{}..]",
    "until": "../{}", "since": "{}/..",
}  # fmt: skip
_SIDES = tuple(
    (re.compile(rf"^((?:{words.CLOSELY} )?{pattern})(?: |(?<='))(.+)$"), kind)
    for kind, pattern in (
        ("by", words.BY), ("before", words.BEFORE), ("until", words.UNTIL), ("not before", words.NOT_BEFORE),
        ("after", words.AFTER), ("since", words.SINCE),
    )
)  # fmt: skip
_SUFFIXES = tuple(
    (re.compile(rf"^(?:{words.SINCE} )?(.+?),? \(?{pattern}\)?$"), kind)
    for kind, pattern in (
        ("by", words.OR_BEFORE), ("not before", words.OR_AFTER), ("since", words.ONWARDS),
    )
)  # fmt: skip
_FROM_ON = re.compile(rf"^(?:{words.SINCE}|von) (.+?) (?:on|an)$")
_PREFIXES = ((re.compile(r"^pre[ -]?(?=\S)"), "before"), (re.compile(r"^post[ -]?(?=\S)"), "after"))
_CLOSELY = re.compile(rf"^{words.CLOSELY} ")
_AND = re.compile(
    rf"^(.+) {any_of(('and', 'but', 'and yet', 'y', 'i', 'et', 'mais', 'e', 'und', 'aber'))} (.+)$"
)

Split = tuple[str, str, str]  # kind, date, and words that say more, such as "shortly before"


def splits(text: str) -> list[Split]:
    """Return how a folded text may be split into the kind of its limit and a date."""
    candidates: list[Split] = []
    for pattern, kind in _SUFFIXES:
        if match := pattern.match(text):
            candidates.append((kind, match[1], ""))
    if match := _FROM_ON.match(text):
        candidates.append(("since", match[1], ""))
    for pattern, kind in _PREFIXES:
        if match := pattern.match(text):
            candidates.append((kind, text[match.end() :], ""))
    for pattern, kind in _SIDES:
        if match := pattern.match(text):
            candidates.append((kind, match[2], match[1] if _CLOSELY.match(text) else ""))
    return candidates


def bounded(kind: str, side: Parts, edtf: str, *, has_time: bool) -> str:
    """Return the EDTF of a limit: ("before", 1900) → `[..1899]`; `has_time` if the text names a time of that day."""
    if kind in ("before", "after") and not (side.about or side.unsure or side.remainder or has_time):
        edtf = _adjacent(edtf, side, kind)
    elif edtf.startswith("["):  # a decade before Christ
        first, last = edtf[1:-1].split("..")
        edtf = first if kind in ("after", "not before", "since") else last
    return _FORMS[kind].format(edtf)


def between(text: str, limit: Callable[[str], str | None]) -> str | None:
    """Return `[a..b]` for "after 1850 and before 1900", where `limit` reads each of the two; None for another text."""
    if not (match := _AND.match(text)):
        return None
    sides = [limit(match[1]), limit(match[2])]
    lower = next((side for side in sides if side and side.endswith("..]")), None)
    upper = next((side for side in sides if side and side.startswith("[..")), None)
    return f"{lower[:-1]}{upper[3:]}" if lower and upper else None


def _adjacent(edtf: str, side: Parts, kind: str) -> str:
    """Return the day, month or year that ends before a date or begins after it."""
    when = When.parse(edtf)
    seconds = when.start_min - 1 if kind == "before" else when.end_max + 1
    year, month, day = year_month_day(seconds // DAY)
    text = edtf_year(year)
    if side.month:
        text += f"-{month:02}"
    return f"{text}-{day:02}" if side.day else text
