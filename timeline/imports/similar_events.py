"""Find probable duplicates: same day, near each other, similar titles. The import warns of them, and keeps both."""

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
from timeline.imports.formulaic_titles import FormulaicTitles

_NEAR_KM = 10.0
_BAND_DEGREES = 0.1  # of latitude; a little more than _NEAR_KM
_MIN_SIMILARITY = 0.75  # of two titles, by difflib's ratio
MAX_ROWS_COMPARED = 100_000  # of an import that are compared with each other and with the database
_EXACT_DATES = frozenset({"day", "hour", "minute", "second"})
_MAX_EVENTS_COMPARED = (
    100  # events of a day and a band; of more, only the likeliest are compared with a title
)
_MAX_EVENTS_COMPARED_BY_TRIGRAM = 30
_RAREST_TRIGRAMS = 8  # of a title
_LATEST_EVENTS = 1_000  # that contain a trigram


class _ComparedEvent(Struct, frozen=True, gc=False):
    """An event of the import or the store; a hundred thousand are stored, so its title is folded only when needed."""

    id: str
    title: str
    lon: float
    lat: float

    @property
    def folded(self) -> str:
        return _folded(self.title)


_folded = lru_cache(maxsize=10_000)(fold)


@dataclass(slots=True)
class _Group:
    """The events of one day in a band of latitude; if there are many, those that share rare trigrams are compared."""

    events: list[_ComparedEvent] = field(default_factory=list)
    numbers_by_trigram: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    indexed: int = 0
    ids: frozenset[str] = frozenset()  # of all events, for a group that was read from the store

    def may_have_near(self, lat: float, id_: str) -> bool:
        """Return whether an event other than the one with this id may be near a latitude (degrees)."""
        if len(self.events) > _MAX_EVENTS_COMPARED:
            return True
        return any(abs(event.lat - lat) <= _BAND_DEGREES and event.id != id_ for event in self.events)

    def near(self, box: Box, title: str) -> list[_ComparedEvent]:
        """Return the events in a box that may have a similar title."""
        if len(self.events) <= _MAX_EVENTS_COMPARED:
            # Most events of a day are in other latitudes.
            band = (event for event in self.events if box.south <= event.lat <= box.north)
            return [event for event in band if box.contains(event.lon, event.lat)]
        likely = (self.events[number] for number in self._sharing_trigrams(title))
        return list(
            islice(
                (event for event in likely if box.contains(event.lon, event.lat)),
                _MAX_EVENTS_COMPARED_BY_TRIGRAM,
            )
        )

    def _sharing_trigrams(self, title: str) -> list[int]:
        """Return the numbers of events that share rare trigrams with a title, those with most of them first."""
        for number in range(self.indexed, len(self.events)):
            for trigram in _trigrams(self.events[number].folded):
                self.numbers_by_trigram[trigram].append(number)
        self.indexed = len(self.events)
        shared = (
            self.numbers_by_trigram[trigram]
            for trigram in _trigrams(title)
            if trigram in self.numbers_by_trigram
        )
        rarest = sorted(shared, key=len)[:_RAREST_TRIGRAMS]
        counts = Counter(number for numbers in rarest for number in numbers[-_LATEST_EVENTS:])
        return [number for number, _ in counts.most_common()]


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


class SimilarEvents:
    """The events of an import by day, and those of the store, to compare new ones with."""

    def __init__(self, store: Store) -> None:
        self.stored_days = store.days()
        self.days: dict[int, _Group] = defaultdict(_Group)
        self.bands: dict[tuple[int, int], _Group] = defaultdict(_Group)  # of days with many events
        self.stored = lru_cache(maxsize=256)(lambda day, band: _stored(store, day, band))
        self.count = 0
        self.titles = FormulaicTitles()

    def find(self, draft: Draft) -> tuple[str, str] | None:
        """Return id and title of an event that may be the same as this one; remember this one for later rows."""
        when, place = draft.when, draft.places[0] if draft.places else None
        is_exact = (
            when and when.precision in _EXACT_DATES and place and place.precision.rank <= Precision.CITY.rank
        )
        if not is_exact or not when or not place or self.count >= MAX_ROWS_COMPARED or not draft.id:
            return None
        self.count += 1
        self.titles.count(draft.title)
        if self.count == MAX_ROWS_COMPARED:
            self.days.clear()  # later rows are not compared
            self.bands.clear()
        day, band = when.start_min // DAY, math.floor(place.lat / _BAND_DEGREES)
        stored = self.stored(day, band) if day in self.stored_days else None
        groups = self._add(day, band, _ComparedEvent(draft.id, draft.title, place.lon, place.lat))
        if stored and draft.id in stored.ids:
            return None  # the import that created it has warned
        if stored:
            groups = [*groups, stored]
        if not any(group.may_have_near(place.lat, draft.id) for group in groups):
            return None  # as for most rows, so that a box around the place would be in vain
        return _similar(draft, around(place.lon, place.lat, _NEAR_KM), groups)

    def _add(self, day: int, band: int, new: _ComparedEvent) -> list[_Group]:
        """Remember an event, and return the groups of its day that may be near: all, or the neighbouring bands."""
        group = self.days[day]
        if len(group.events) < _MAX_EVENTS_COMPARED:
            group.events.append(new)
            return [group]
        if len(group.events) == _MAX_EVENTS_COMPARED:
            for event in group.events:
                self.bands[day, math.floor(event.lat / _BAND_DEGREES)].events.append(event)
            group.events.append(new)  # marks the day as divided into bands
        self.bands[day, band].events.append(new)
        return [self.bands[at] for n in (-1, 0, 1) if (at := (day, band + n)) in self.bands]


def _stored(store: Store, day: int, band: int) -> _Group:
    """Read the events of a day that may be near places in a band from the store."""
    south, north = max((band - 1) * _BAND_DEGREES, -90.0), min((band + 2) * _BAND_DEGREES, 90.0)
    rows = store.pins_nearby(day * DAY, (day + 1) * DAY - 1, Box(-180.0, south, 180.0, north))
    events = [_ComparedEvent(id_, title, lon, lat) for id_, title, lon, lat in rows]
    return _Group(events, ids=frozenset(event.id for event in events))


def _similar(draft: Draft, box: Box, groups: list[_Group]) -> tuple[str, str] | None:
    title = _folded(draft.title)
    near = [event for group in groups for event in group.near(box, title) if event.id != draft.id]
    if not near:
        return None  # as for most rows, so that a matcher, which indexes the title, would be in vain
    matcher = SequenceMatcher(None, "", title, autojunk=False)
    return next(((event.id, event.title) for event in near if _is_similar(matcher, event.folded)), None)


def _is_similar(matcher: SequenceMatcher[str], title: str) -> bool:
    matcher.set_seq1(title)
    # Two upper bounds of the ratio, which are faster, rule out most titles.
    if matcher.real_quick_ratio() < _MIN_SIMILARITY or matcher.quick_ratio() < _MIN_SIMILARITY:
        return False
    return matcher.ratio() >= _MIN_SIMILARITY
