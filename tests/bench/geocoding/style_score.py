"""Answer and score the generated styles: accuracy, precision, honest doubt, and the cost of caution."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from db.events.draft import Draft, WrittenPlace
from geo.choice import SURE_CONFIDENCE
from geo.geocoders.offline import offline_candidate_finder
from geo.place import Place, Precision
from geo.resolver.resolver import Resolver
from timeline.places.judgement import Judge, PlaceContext, caching_judge
from timeline.places.locate import located

from .score import BOLD_KM, FAR_KM, FINE_PRECISIONS, chord_distance_km
from .styles import GoldRow

SURE = 0.9  # from this confidence, at least 95 in 100 answers should be right


class StyleVerdict(NamedTuple):
    """A gold row, the best place for it and whether that place is marked as doubtful; `place` None: no answer."""

    row: GoldRow
    place: Place | None
    is_marked: bool

    @property
    def km(self) -> float:
        """Return the distance between the right place and the answer; infinite if there is none of the two."""
        row, place = self.row, self.place
        if place is None or row.lat is None or row.lon is None:
            return float("inf")
        return chord_distance_km(row.lon, row.lat, place.lon, place.lat)

    @property
    def is_hit(self) -> bool:
        """Return whether the place is within the tolerance; for a row without a right place, whether none is sure."""
        return self.is_marked if self.row.lat is None else self.km <= self.row.tol_km

    @property
    def is_bold(self) -> bool:
        """Return whether an unmarked answer is a city or finer, and more than 50 km beyond the tolerance."""
        fine = self.place is not None and self.place.precision.value in FINE_PRECISIONS
        return fine and not self.is_marked and not self.is_hit and self.km > self.row.tol_km + BOLD_KM

    @property
    def is_far(self) -> bool:
        """Return whether an unmarked answer is more than 2,000 km off."""
        return self.place is not None and not self.is_marked and not self.is_hit and self.km > FAR_KM

    @property
    def is_precise(self) -> bool:
        """Return whether the place has the expected precision."""
        return self.place is not None and self.row.precision in (None, self.place.precision.value)

    @property
    def is_abroad(self) -> bool:
        """Return whether an unmarked answer is a country, and another one than that of the right place."""
        place = self.place
        if place is None or self.is_marked or self.row.cc is None or place.precision is not Precision.COUNTRY:
            return False
        return self.row.cc not in place.codes

    @property
    def is_sure(self) -> bool:
        """Return whether an unmarked answer claims 0.9 or more."""
        return self.place is not None and not self.is_marked and self.place.confidence >= SURE


def verdicts(resolver: Resolver, rows: Iterable[GoldRow]) -> list[StyleVerdict]:
    """Answer rows as an import does: the rows of a group as the places of one event, the others by themselves."""
    judge = caching_judge(offline_candidate_finder(resolver), PlaceContext())
    return [
        verdict
        for group, members in groupby(rows, key=lambda row: row.group)
        for verdict in (_together(list(members), judge) if group else _alone(resolver, members))
    ]


def _alone(resolver: Resolver, rows: Iterable[GoldRow]) -> Iterator[StyleVerdict]:
    for row in rows:
        best = next(iter(resolver.candidates(row.q, country=row.country, limit=1)), None)
        place = best.place if best else None
        yield StyleVerdict(row, place, place is None or place.confidence < SURE_CONFIDENCE)


def _together(rows: list[GoldRow], judge: Judge) -> Iterator[StyleVerdict]:
    where = tuple(WrittenPlace(text=row.q, country=row.country) for row in rows)
    draft = located(Draft(category="-", title="-", where=where), judge, lambda _field, _value, _message: None)
    for row, text in zip(rows, draft.texts, strict=True):
        place = draft.places[text.place] if text.place is not None else None
        yield StyleVerdict(row, place, place is None or text.doubt is not None)


class StyleShares(NamedTuple):
    """Per cent of `rows` rows, or of the rows named; None if there are none. `abroad` is a number of rows.

    `caution` is the share of right answers that are marked; `surest_right` the share of answers at 0.9 and above that
    are right.
    """

    rows: int
    hit: float | None
    none: float | None
    bold: float | None
    far: float | None
    precise: float | None
    right_or_marked: float | None
    caution: float | None
    surest: float | None
    surest_right: float | None
    abroad: int


def style_shares(scored: Sequence[StyleVerdict]) -> StyleShares:
    """Return the shares of a style."""
    hits = [verdict for verdict in scored if verdict.is_hit and verdict.row.lat is not None]
    surest = [verdict for verdict in scored if verdict.is_sure]
    return StyleShares(
        len(scored),
        _share(scored, lambda verdict: verdict.is_hit),
        _share(scored, lambda verdict: verdict.place is None),
        _share(scored, lambda verdict: verdict.is_bold),
        _share(scored, lambda verdict: verdict.is_far),
        _share(scored, lambda verdict: verdict.is_precise),
        _share(scored, lambda verdict: verdict.is_hit or verdict.is_marked),
        _share(hits, lambda verdict: verdict.is_marked),
        _share(scored, lambda verdict: verdict.is_sure),
        _share(surest, lambda verdict: verdict.is_hit),
        sum(verdict.is_abroad for verdict in scored),
    )


def _share(scored: Sequence[StyleVerdict], condition: Callable[[StyleVerdict], bool]) -> float | None:
    return round(100 * sum(map(condition, scored)) / len(scored), 1) if scored else None
