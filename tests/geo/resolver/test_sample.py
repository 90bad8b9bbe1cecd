"""The answers to the geocoding benchmark's sample may get better, but not worse."""

import pytest
from bench.geocoding import score
from bench.geocoding.measure import answer
from bench.geocoding.run import SAMPLE

from geo.resolver.resolver import Resolver


@pytest.fixture(scope="module")
def verdicts(resolver: Resolver) -> list[score.Verdict]:
    """Return the verdict on the answer to every row of the sample."""
    gold = score.read(SAMPLE)
    return score.judge(gold, [answer(row["q"], resolver.resolve(row["q"])) for row in gold])


@pytest.fixture(scope="module")
def mean(verdicts: list[score.Verdict]) -> score.Shares:
    """Return the mean shares over the sources of the sample."""
    return score.macro(score.by_source(verdicts))


# The limits are a few points from the figures when they were set: hit 89.5, none 0.5, bold 2.5, far 2.5,
# calibration error 4.7 per cent. A row is half a point.
def test_at_least_87_per_cent_are_right(mean: score.Shares) -> None:
    assert mean.hit >= 87.0


def test_at_most_3_per_cent_have_no_answer(mean: score.Shares) -> None:
    assert mean.none <= 3.0


def test_at_most_4_per_cent_claim_a_city_and_are_wrong(mean: score.Shares) -> None:
    assert mean.bold <= 4.0


def test_at_most_4_per_cent_are_on_another_continent(mean: score.Shares) -> None:
    assert mean.far <= 4.0


def test_the_confidence_is_calibrated(verdicts: list[score.Verdict]) -> None:
    assert score.calibration_error(verdicts) <= 0.09


def test_95_per_cent_of_the_surest_answers_are_right(verdicts: list[score.Verdict]) -> None:
    surest = score.bands(verdicts)[-1]
    assert surest.low == 0.9
    assert surest.right >= 0.95
