"""Score answers against gold places: right, none, bold and far, how honest the confidence is, the worst errors."""

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
FINE = ("point", "address", "neighbourhood", "city")
BANDS = 10


class BadPair(ValueError):
    """Answers that do not belong to the gold rows: another number of them, or another order."""


class Shares(NamedTuple):
    """Per cent of `rows` rows that are a hit, have no answer, are boldly wrong or far off."""

    rows: int
    hit: float
    none: float
    bold: float
    far: float


class Band(NamedTuple):
    """The answers whose confidence lies in one tenth: how many, what they claim, how many of them are right.

    `claimed` and `right` are shares between 0 and 1.
    """

    low: float
    answers: int
    claimed: float
    right: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gold row beside its answer; `km` is the distance between the two, None where there is no answer."""

    gold: dict[str, Any]
    answer: dict[str, Any]
    km: float | None

    @property
    def source(self) -> str:
        """Name the source, without what follows a slash."""
        return str(self.gold["source"]).partition("/")[0]

    @property
    def hit(self) -> bool:
        """Tell whether the answer lies within the row's own tolerance."""
        return self.km is not None and self.km <= self.gold["tol_km"]

    @property
    def none(self) -> bool:
        """Tell whether there is no answer."""
        return self.km is None

    @property
    def bold(self) -> bool:
        """Tell whether the answer claims to be a city or finer, and lies more than 50 km beyond the tolerance."""
        return self.beyond > BOLD_KM and self.answer.get("precision") in FINE

    @property
    def far(self) -> bool:
        """Tell whether the answer is more than 2,000 km off."""
        return self.km is not None and self.km > FAR_KM

    @property
    def beyond(self) -> float:
        """Measure how many kilometres beyond the tolerance the answer lies; 0 for a hit and for no answer."""
        return 0.0 if self.km is None else max(0.0, self.km - self.gold["tol_km"])

    @property
    def confidence(self) -> float:
        """Give the confidence that the answer claims."""
        return float(self.answer["confidence"])


def read(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line (UTF-8)."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def apart_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Measure the great-circle distance between two points in degrees, from the chord through the sphere."""
    x, y, z = _vector(lon, lat)
    u, v, w = _vector(other_lon, other_lat)
    chord = math.sqrt((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2)
    return 2 * EARTH_KM * math.asin(min(1.0, chord / 2))


def _vector(lon: float, lat: float) -> tuple[float, float, float]:
    lam, phi = math.radians(lon), math.radians(lat)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def judge(gold: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]]) -> list[Verdict]:
    """Put each gold row beside its answer; raise BadPair where they are not the same texts in the same order."""
    if len(gold) != len(answers):
        raise BadPair(f"{len(gold)} gold rows, but {len(answers)} answers")
    verdicts = []
    for row, answer in zip(gold, answers, strict=True):
        if row["q"] != answer.get("q"):
            raise BadPair(f"expected the answer to {row['q']!r}, not to {answer.get('q')!r}")
        known = answer.get("lat") is not None
        km = apart_km(row["lon"], row["lat"], answer["lon"], answer["lat"]) if known else None
        verdicts.append(Verdict(row, answer, km))
    return verdicts


def by_source(verdicts: Iterable[Verdict]) -> dict[str, Shares]:
    """Give the shares of each source, in order of their names."""
    groups: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.source].append(verdict)
    return {source: shares(groups[source]) for source in sorted(groups)}


def shares(verdicts: Sequence[Verdict]) -> Shares:
    """Give the shares of some rows, each row counting the same."""

    def share(wanted: Callable[[Verdict], bool]) -> float:
        return 100 * sum(map(wanted, verdicts)) / len(verdicts)

    return Shares(
        len(verdicts),
        share(lambda one: one.hit),
        share(lambda one: one.none),
        share(lambda one: one.bold),
        share(lambda one: one.far),
    )


def macro(sources: dict[str, Shares]) -> Shares:
    """Give the mean over sources, each source counting the same whatever its number of rows."""

    def mean(values: Iterable[float]) -> float:
        return sum(values) / len(sources)

    every = list(sources.values())
    return Shares(
        sum(one.rows for one in every),
        mean(one.hit for one in every),
        mean(one.none for one in every),
        mean(one.bold for one in every),
        mean(one.far for one in every),
    )


def bands(verdicts: Iterable[Verdict]) -> list[Band]:
    """Group the answers by tenths of confidence, lowest first; 1.0 belongs to the last; empty bands are left out."""
    groups: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if not verdict.none:
            groups[_band(verdict)].append(verdict)
    return [
        Band(
            number / BANDS,
            len(group),
            sum(one.confidence for one in group) / len(group),
            sum(one.hit for one in group) / len(group),
        )
        for number, group in sorted(groups.items())
    ]


def _band(verdict: Verdict) -> int:
    return min(BANDS - 1, int(verdict.confidence * BANDS))


def calibration_error(verdicts: Sequence[Verdict], *, per_source: bool = False) -> float:
    """Measure how far confidence and share of right answers lie apart: the mean over bands, by their weight.

    0 is perfect, 1 is the worst. `per_source` gives each source the same weight, as in the macro mean; else each
    answer has the same. Rows without an answer claim nothing and are left out.
    Source: M. P. Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    answered = [one for one in verdicts if not one.none]
    counts: defaultdict[str, int] = defaultdict(int)
    for one in answered:
        counts[one.source] += 1
    gaps: defaultdict[int, float] = defaultdict(float)
    for one in answered:
        weight = 1 / (counts[one.source] * len(counts)) if per_source else 1 / len(answered)
        gaps[_band(one)] += weight * (one.confidence - one.hit)
    return sum(map(abs, gaps.values()))


def worst(verdicts: Iterable[Verdict], most: int) -> list[Verdict]:
    """List the worst errors: those that claim most while lying furthest beyond the tolerance.

    The order is confidence × kilometres beyond the tolerance, so a sure answer 500 km off stands above an unsure
    one 1,000 km off; a text that stands in the file twice is listed once.
    """
    costs = {one.gold["q"]: one for one in verdicts if one.beyond}
    return sorted(costs.values(), key=lambda one: (-one.confidence * one.beyond, one.gold["q"]))[:most]
