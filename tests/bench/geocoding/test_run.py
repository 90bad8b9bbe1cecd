"""The benchmark runs with the real command on the sample."""

import resource

import pytest

from bench.geocoding import measure, run, score, tables
from geo.resolver.resolver import Resolver


@pytest.fixture(scope="module")
def outcome() -> run.Outcome:
    """Return the outcome of a run on the sample, with each command run once on few texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "TEXTS_IN_LONG_RUN", 1)
        patch.setattr(measure, "RUNS_PER_COMMAND", 1)
        return run.run(run.SAMPLE, compiling=False, worst_count=3)


def test_the_batch_command_gives_the_answers_of_the_resolver(
    outcome: run.Outcome, resolver: Resolver
) -> None:
    for verdict in outcome.verdicts:
        expected = measure.answer(verdict.gold["q"], resolver.resolve(verdict.gold["q"]))
        assert {name: verdict.answer[name] for name in expected} == expected


def test_time_memory_and_size_are_plausible(outcome: run.Outcome) -> None:
    assert 0.05 < outcome.batch.start < 60
    # The kernel's peak includes this process as it was when it started the command.
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert 30e6 < outcome.batch.memory < 1e9 + own_peak
    assert 0 < outcome.lookups.repeated <= outcome.lookups.repeated_p99 < 1000
    assert 10e6 < outcome.compilation.size < 1e9


@pytest.mark.parametrize("format_table", [tables.text, tables.markdown])
def test_the_report_has_every_section(outcome: run.Outcome, format_table: run.FormatTable) -> None:
    report = "\n\n".join(run.report(outcome, format_table))
    for part in (
        "sample of 200 strings",
        "macro mean",
        "0.9 to 1.0",
        "calibration error",
        "The 3 worst errors",
    ):
        assert part in report


def test_a_run_on_the_sample_does_not_change_the_results(outcome: run.Outcome) -> None:
    before = run.RESULTS.read_text("utf-8")
    message = run.write_results(outcome, "nonsense")
    assert message == "RESULTS.md not changed: it reports on the development set only"
    assert run.RESULTS.read_text("utf-8") == before


def test_the_error_of_a_failed_command_contains_its_output() -> None:
    with pytest.raises(measure.CommandFailed, match=r"absent\.jsonl"):
        measure.command("geocode", "--file", "absent.jsonl", "--out", "never.jsonl")


def test_the_earlier_shares_of_the_sources_give_their_earlier_mean() -> None:
    sources = run.before()
    mean = sources.pop("macro mean")
    computed = score.macro(sources)
    assert computed.rows == mean.rows
    assert computed[1:] == pytest.approx(mean[1:], abs=0.1)
