"""Score answers against gold places: hits, missing answers, confident errors, calibration, and the worst errors."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

EARTH_KM = 6371.0
BOLD_KM = 50.0  # beyond the tolerance
FAR_KM = 2000.0
FINE_PRECISIONS = ("point", "address", "neighbourhood", "city")
BANDS = 10


class BadPair(ValueError):
    """The answers do not belong to the gold rows: their number or order differs."""


class Shares(NamedTuple):
    """Per cent of `rows` rows that are a hit, have no answer, are confidently wrong or far off."""

    rows: int
    hit: float
    none: float
    bold: float
    far: float


class Band(NamedTuple):
    """The answers in a tenth of confidence: their number, their mean confidence and the share that is right.

    `confidence` and `right` are between 0 and 1.
    """

    low: float
    answers: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gold row and its answer; `km` is the distance between the two, None if there is no answer."""

    gold: dict[str, Any]
    answer: dict[str, Any]
    km: float | None

    @property
    def source(self) -> str:
        """Return the name of the source up to a slash."""
        return str(self.gold["source"]).partition("/")[0]

    @property
    def hit(self) -> bool:
        """Return whether the answer is within the row's tolerance."""
        return self.km is not None and self.km <= self.gold["tol_km"]

    @property
    def none(self) -> bool:
        """Return whether there is no answer."""
        return self.km is None

    @property
    def bold(self) -> bool:
        """Return whether the answer is a city or finer, and more than 50 km beyond the tolerance."""
        return self.km_beyond_tolerance > BOLD_KM and self.answer.get("precision") in FINE_PRECISIONS

    @property
    def far(self) -> bool:
        """Return whether the answer is more than 2,000 km off."""
        return self.km is not None and self.km > FAR_KM

    @property
    def km_beyond_tolerance(self) -> float:
        """Return the kilometres beyond the tolerance; 0 for a hit and for no answer."""
        return 0.0 if self.km is None else max(0.0, self.km - self.gold["tol_km"])

    @property
    def confidence(self) -> float:
        """Return the confidence of the answer."""
        return float(self.answer["confidence"])


def read(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file with a JSON object a line (UTF-8)."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def chord_distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the great-circle distance between two points in degrees, from the chord through the sphere."""
    x, y, z = _vector(lon, lat)
    u, v, w = _vector(other_lon, other_lat)
    chord = math.sqrt((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2)
    return 2 * EARTH_KM * math.asin(min(1.0, chord / 2))


def _vector(lon: float, lat: float) -> tuple[float, float, float]:
    lam, phi = math.radians(lon), math.radians(lat)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def judge(gold: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]]) -> list[Verdict]:
    """Return the verdict on each answer; raise BadPair unless rows and answers have the same texts in order."""
    if len(gold) != len(answers):
        raise BadPair(f"{len(gold)} gold rows, but {len(answers)} answers; expected an answer for each row")
    verdicts = []
    for row, answer in zip(gold, answers, strict=True):
        if row["q"] != answer.get("q"):
            raise BadPair(f"expected the answer to {row['q']!r}, not to {answer.get('q')!r}")
        km = None
        if answer.get("lat") is not None:
            km = chord_distance_km(row["lon"], row["lat"], answer["lon"], answer["lat"])
        verdicts.append(Verdict(row, answer, km))
    return verdicts


def by_source(verdicts: Iterable[Verdict]) -> dict[str, Shares]:
    """Return the shares of each source, sorted by name."""
    groups: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.source].append(verdict)
    return {source: shares(groups[source]) for source in sorted(groups)}


def shares(verdicts: Sequence[Verdict]) -> Shares:
    """Return the shares of rows, each row with the same weight."""

    def share(condition: Callable[[Verdict], bool]) -> float:
        return 100 * sum(map(condition, verdicts)) / len(verdicts)

    return Shares(
        len(verdicts),
        share(lambda verdict: verdict.hit),
        share(lambda verdict: verdict.none),
        share(lambda verdict: verdict.bold),
        share(lambda verdict: verdict.far),
    )


def macro(sources: dict[str, Shares]) -> Shares:
    """Return the mean over sources, each source with the same weight."""
    rows, *columns = zip(*sources.values(), strict=True)
    hit, none, bold, far = (sum(column) / len(sources) for column in columns)
    return Shares(sum(rows), hit, none, bold, far)


def bands(verdicts: Iterable[Verdict]) -> list[Band]:
    """Return the answers by tenths of confidence, lowest first; 1.0 is in the last band, empty bands are left out."""
    groups: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if not verdict.none:
            groups[_band(verdict)].append(verdict)
    return [
        Band(
            number / BANDS,
            len(group),
            sum(verdict.confidence for verdict in group) / len(group),
            sum(verdict.hit for verdict in group) / len(group),
        )
        for number, group in sorted(groups.items())
    ]


def surest_by_source(verdicts: Iterable[Verdict]) -> dict[str, Band]:
    """Return the answers of each source in the highest band, sorted by source; sources without any are left out."""
    groups: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.source].append(verdict)
    highest = {source: bands(groups[source])[-1:] for source in sorted(groups)}
    return {
        source: band for source, last in highest.items() for band in last if band.low == (BANDS - 1) / BANDS
    }


def _band(verdict: Verdict) -> int:
    return min(BANDS - 1, int(verdict.confidence * BANDS))


def calibration_error(verdicts: Sequence[Verdict], *, per_source: bool = False) -> float:
    """Return the expected calibration error: the weighted mean, over bands, of |confidence - share of right answers|.

    0 is perfect, 1 is the worst. With `per_source` each source has the same weight, as in the macro mean, else each
    answer. Rows without an answer are left out.
    Source: M. P. Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    answered = [verdict for verdict in verdicts if not verdict.none]
    counts: defaultdict[str, int] = defaultdict(int)
    for verdict in answered:
        counts[verdict.source] += 1
    gaps: defaultdict[int, float] = defaultdict(float)
    for verdict in answered:
        weight = 1 / (counts[verdict.source] * len(counts)) if per_source else 1 / len(answered)
        gaps[_band(verdict)] += weight * (verdict.confidence - verdict.hit)
    return sum(map(abs, gaps.values()))


def texts_of_several(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """Return the texts that have gold places further apart than their tolerances allow: one answer cannot be right."""
    first: dict[str, dict[str, Any]] = {}
    several = set()
    for row in (verdict.gold for verdict in verdicts):
        other = first.setdefault(row["q"], row)
        km = chord_distance_km(row["lon"], row["lat"], other["lon"], other["lat"])
        if km > row["tol_km"] + other["tol_km"]:
            several.add(row["q"])
    return frozenset(several)


def worst_errors(verdicts: Iterable[Verdict], limit: int) -> list[Verdict]:
    """Return the worst errors, ordered by confidence × kilometres beyond the tolerance.

    A confident answer 500 km off comes before an unsure one 1,000 km off. A text that occurs twice in the file is
    listed once.
    """
    errors = {verdict.gold["q"]: verdict for verdict in verdicts if verdict.km_beyond_tolerance}
    return sorted(
        errors.values(),
        key=lambda verdict: (-verdict.confidence * verdict.km_beyond_tolerance, verdict.gold["q"]),
    )[:limit]
