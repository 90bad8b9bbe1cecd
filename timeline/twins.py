"""Look for probable duplicates: the same day, near each other, with similar titles. They are told, never merged."""

from collections import defaultdict
from difflib import SequenceMatcher

from db.civil import DAY
from db.draft import Draft
from db.store import Store
from geo.place import Precision
from geo.sphere import around
from geo.text import fold

NEAR_KM = 10.0
_DEGREES = 0.1  # of latitude; a little more than NEAR_KM
ALIKE = 0.75  # of two titles, by difflib's ratio
MOST = 100_000  # rows of an import that are held against each other and the database
_DAYS = frozenset({"day", "hour", "minute", "second"})


class Twins:
    """The events of an import by day, and those in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.before = store.days()
        self.days: dict[int, list[tuple[str, str, float, float]]] = defaultdict(list)
        self.count = 0

    def of(self, draft: Draft) -> tuple[str, str] | None:
        """Return the id and title of an event that may be the same as this new one, and remember this one."""
        when, place = draft.when, draft.places[0] if draft.places else None
        exact = when and when.precision in _DAYS and place and place.precision.rank <= Precision.CITY.rank
        if not exact or not when or not place or self.count >= MOST or not draft.id:
            return None
        self.count += 1
        if self.count == MOST:
            self.days.clear()  # nothing is held against them from here on
        day, lon, lat = when.start_min // DAY, place.lon, place.lat
        known = self.days[day]
        close = [one for one in known if abs(one[3] - lat) < _DEGREES]
        known.append((draft.id, draft.title, lon, lat))
        if not close and day not in self.before:
            return None
        box, title = around(lon, lat, NEAR_KM), fold(draft.title)
        here = [(id_, other) for id_, other, *at in close if box.holds(*at)]
        there = self.store.beside(day * DAY, (day + 1) * DAY - 1, box) if day in self.before else []
        if any(id_ == draft.id for id_, _ in there):
            return None  # it was told when it first came in
        return next(
            (one for one in (*here, *there) if one[0] != draft.id and _alike(title, fold(one[1]))), None
        )


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
