"""The benchmark runs: on the real command, in a small way."""

import pytest

from bench.geocoding import measure, run, score, tables
from geo.resolver.resolver import Resolver


@pytest.fixture(scope="module")
def outcome() -> run.Outcome:
    """Run on the sample, each command once and on few strings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "MANY", 1)
        patch.setattr(measure, "TRIES", 1)
        return run.run(run.SAMPLE, compiling=False, most=3)


def test_the_batch_command_answers_as_the_resolver_does(outcome: run.Outcome, resolver: Resolver) -> None:
    for verdict in outcome.verdicts:
        own = measure.answer(verdict.gold["q"], resolver.resolve(verdict.gold["q"]))
        assert {name: verdict.answer[name] for name in own} == own


def test_time_memory_and_size_are_plausible(outcome: run.Outcome) -> None:
    assert 0.05 < outcome.batch.start < 60
    assert 30e6 < outcome.batch.memory < 1e9
    assert 0 < outcome.lookups.known <= outcome.lookups.known_p99 < 1000
    assert 10e6 < outcome.compiled.size < 1e9


@pytest.mark.parametrize("write", [tables.text, tables.markdown])
def test_the_report_has_every_part(outcome: run.Outcome, write: run.Write) -> None:
    found = "\n\n".join(run.report(outcome, write))
    for part in (
        "sample of 200 strings",
        "macro mean",
        "0.9 to 1.0",
        "calibration error",
        "The 3 worst errors",
    ):
        assert part in found


def test_results_are_those_of_the_development_set(outcome: run.Outcome) -> None:
    stood = run.RESULTS.read_text("utf-8")
    assert run.put(outcome, "nonsense") == "RESULTS.md is about the development set; left as it was"
    assert run.RESULTS.read_text("utf-8") == stood


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(measure.CommandFailed, match=r"absent\.jsonl"):
        measure.command("geocode", "--file", "absent.jsonl", "--out", "never.jsonl")


def test_sources_before_make_up_their_mean() -> None:
    stood = run.before()
    mean = stood.pop("macro mean")
    made = score.macro(stood)
    assert made.rows == mean.rows
    assert made[1:] == pytest.approx(mean[1:], abs=0.1)
