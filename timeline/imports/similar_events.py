"""Look for probable duplicates: the same day, near each other, with similar titles. They are told, never merged."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from db.dates.calendar import DAY
from db.events.draft import Draft
from db.store import Store
from geo.box import Box
from geo.place import Precision
from geo.sphere import around
from geo.text import fold

NEAR_KM = 10.0
_BAND = 0.1  # degrees of latitude; a little more than NEAR_KM
ALIKE = 0.75  # of two titles, by difflib's ratio
MOST = 100_000  # rows of an import that are held against each other and the database
_DAYS = frozenset({"day", "hour", "minute", "second"})
_CROWD = 100  # events of a day and a band, beyond which only the likeliest of them are held against a title
_TRIED = 30
_RAREST, _LATEST = 8, 1_000  # the rarest threes of letters of a title, and the last events that have one


class _Known(Struct, frozen=True, gc=False):
    """An event that was met; a hundred thousand are kept, so that its title is folded only when it is asked for."""

    id: str
    title: str
    lon: float
    lat: float

    @property
    def folded(self) -> str:
        return _folded(self.title)


_folded = lru_cache(maxsize=10_000)(fold)


@dataclass(slots=True)
class _Crowd:
    """The events of one day in a band of latitude; of many, those are found first that share rare threes of letters."""

    events: list[_Known] = field(default_factory=list)
    threes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    indexed: int = 0
    ids: frozenset[str] = frozenset()  # of all of them, where they are those of the store

    def near(self, box: Box, title: str) -> list[_Known]:
        """Return the events in a box that may be called alike, at most _CROWD of them."""
        if len(self.events) <= _CROWD:
            return [one for one in self.events if box.contains(one.lon, one.lat)]
        likely = (self.events[number] for number in self._sharing(title))
        return list(islice((one for one in likely if box.contains(one.lon, one.lat)), _TRIED))

    def _sharing(self, title: str) -> list[int]:
        for number in range(self.indexed, len(self.events)):
            for three in _threes(self.events[number].folded):
                self.threes[three].append(number)
        self.indexed = len(self.events)
        lists = sorted((self.threes[three] for three in _threes(title) if three in self.threes), key=len)
        shared = Counter(number for some in lists[:_RAREST] for number in some[-_LATEST:])
        return [number for number, _ in shared.most_common()]


def _threes(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


class SimilarEvents:
    """The events of an import by day, and those in the store."""

    def __init__(self, store: Store) -> None:
        self.before = store.days()
        self.days: dict[int, _Crowd] = defaultdict(_Crowd)
        self.bands: dict[tuple[int, int], _Crowd] = defaultdict(_Crowd)  # of days with a crowd
        self.stored = lru_cache(maxsize=256)(lambda day, band: _stored(store, day, band))
        self.count = 0

    def find(self, draft: Draft) -> tuple[str, str] | None:
        """Return the id and title of an event that may be the same as this new one, and remember this one."""
        when, place = draft.when, draft.places[0] if draft.places else None
        exact = when and when.precision in _DAYS and place and place.precision.rank <= Precision.CITY.rank
        if not exact or not when or not place or self.count >= MOST or not draft.id:
            return None
        self.count += 1
        if self.count == MOST:
            self.days.clear()  # nothing is held against them from here on
            self.bands.clear()
        day, band = when.start_min // DAY, math.floor(place.lat / _BAND)
        there = self.stored(day, band) if day in self.before else None
        title = _folded(draft.title)
        crowds = self._met(day, band, _Known(draft.id, draft.title, place.lon, place.lat))
        if there and draft.id in there.ids:
            return None  # it was told when it first came in
        box = around(place.lon, place.lat, NEAR_KM)
        matcher = SequenceMatcher(None, "", title, autojunk=False)
        for crowd in (*crowds, there) if there else crowds:
            for one in crowd.near(box, title):
                if one.id != draft.id and _alike(matcher, one.folded):
                    return one.id, one.title
        return None

    def _met(self, day: int, band: int, new: _Known) -> list[_Crowd]:
        """Remember an event, and return those of its day that may lie near; of a crowd those in bands beside it."""
        whole = self.days[day]
        if len(whole.events) < _CROWD:
            whole.events.append(new)
            return [whole]
        if len(whole.events) == _CROWD:
            for one in whole.events:
                self.bands[day, math.floor(one.lat / _BAND)].events.append(one)
            whole.events.append(new)  # one more than are looked at here from now on
        self.bands[day, band].events.append(new)
        return [self.bands[at] for n in (-1, 0, 1) if (at := (day, band + n)) in self.bands]


def _stored(store: Store, day: int, band: int) -> _Crowd:
    """Read the events of a day that may lie near places in a band, from the database."""
    box = Box(-180.0, max((band - 1) * _BAND, -90.0), 180.0, min((band + 2) * _BAND, 90.0))
    found = store.beside(day * DAY, (day + 1) * DAY - 1, box)
    events = [_Known(id_, title, lon, lat) for id_, title, lon, lat in found]
    return _Crowd(events, ids=frozenset(one.id for one in events))


def _alike(matcher: SequenceMatcher[str], title: str) -> bool:
    matcher.set_seq1(title)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
