"""The serving benchmark as CI runs it: every view agrees with the events, and pages use the indexes."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import postgres_programs
import pytest

from bench.serving import agree, generate, measure, postgres, queries, rounds, run, tables, targets
from db.events.draft import Draft
from geo.gazetteer.reader import Gazetteer

EVENTS = 50_000


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> rounds.Plan:
    """Return a plan with a database of 50,000 events."""
    folder = tmp_path_factory.mktemp("bench")
    database = folder / "events.db"
    generate.write_database(database, generate.drafts(EVENTS, gazetteer=gazetteer.path))
    return rounds.Plan(
        events=EVENTS,
        runs=1,
        seconds=1,
        database=database,
        folder=folder,
        world=generate.world(gazetteer.path),
    )


@pytest.fixture(scope="module")
def server(plan: rounds.Plan) -> Iterator[measure.Server]:
    """Return a server of that database."""
    started = measure.dateline(plan.database)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def events(gazetteer: Gazetteer) -> list[Draft]:
    """Return the same events, for the plain loop."""
    return list(generate.drafts(EVENTS, gazetteer=gazetteer.path))


@pytest.mark.slow
def test_every_view_agrees_with_a_plain_loop_over_the_events(
    plan: rounds.Plan, server: measure.Server, events: list[Draft]
) -> None:
    comparisons = agree.check_views(server, events, agree.questions(plan.world, 60))
    for view in ("numberMatched", "histogram", "pins", "summary, countries", "clusters, zoom 2", "countries"):
        assert comparisons[view] == 60
    assert comparisons["ids"] > 30


@pytest.mark.slow
def test_an_event_too_few_is_a_disagreement(
    plan: rounds.Plan, server: measure.Server, events: list[Draft]
) -> None:
    with pytest.raises(agree.Disagreement, match="numberMatched"):
        agree.check_views(server, events[1:], [""])


@pytest.mark.slow
def test_pages_use_the_indexes(plan: rounds.Plan) -> None:
    plans = agree.plans(plan.database, plan.world, EVENTS)
    assert set(plans) > {kind.name for kind in queries.KINDS}


@pytest.mark.parametrize("step", ["SCAN e", "SCAN e USING INDEX ix_event_newest"])
def test_a_plan_that_reads_every_row_is_refused(step: str) -> None:
    with pytest.raises(agree.Disagreement, match="reads all rows"):
        agree._check(queries.KINDS[0].name, "/events", [step])


@pytest.mark.slow
def test_the_first_events_do_not_depend_on_the_number_of_events(
    events: list[Draft], gazetteer: Gazetteer
) -> None:
    assert list(generate.drafts(20, gazetteer=gazetteer.path)) == list(islice(events, 20))


@pytest.mark.slow
def test_events_are_skewed_as_the_readme_says(events: list[Draft]) -> None:
    def share(count: int) -> float:
        return count / EVENTS

    assert share(sum(event.when is None for event in events)) == pytest.approx(0.03, abs=0.005)
    assert share(sum(not event.places for event in events)) == pytest.approx(0.03, abs=0.005)
    assert share(sum(len(event.places) > 1 for event in events)) == pytest.approx(0.1, abs=0.01)
    assert {len(event.summary) for event in events} == {200}
    assert len({event.category for event in events}) == 12


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_wrk_sees_no_failed_request(plan: rounds.Plan, server: measure.Server) -> None:
    paths = [
        queries.our_path(query) for query in queries.page_queries(queries.KINDS[0], plan.world, EVENTS, 50)
    ]
    load = measure.wrk(server, paths, 1)
    assert load.errors == 0
    assert 0 < load.p50 <= load.p99
    assert load.rate > 1


def test_ratios_are_taken_within_a_run() -> None:
    loads = [measure.Load(rate, 1, 1, 1, 0, 1) for rate in (10.0, 40.0, 90.0)]
    kind = queries.KINDS[0].name
    outcome = rounds.Outcome(loads={(kind, "dateline"): loads, (kind, "tipg"): [loads[0]] * 3})
    assert tables.ratio(outcome, kind, "tipg") == 4.0
    assert tables.ratio(outcome, kind, "pygeoapi") is None


def test_an_unavailable_program_is_named_and_the_run_continues() -> None:
    outcome = rounds.Outcome()
    with rounds.skipping(outcome, "tipg"):
        raise measure.Unavailable("PostGIS is not installed")
    assert outcome.skipped == ["tipg: PostGIS is not installed"]


def test_a_database_written_by_older_code_is_rebuilt(tmp_path: Path) -> None:
    old = tmp_path / "events-100-000000000000.db"
    old.touch()
    database = run.database(tmp_path, 100)
    assert database.exists()
    assert database == run.database(tmp_path, 100)
    assert not old.exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_a_full_run_prints_every_table(plan: rounds.Plan, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = run.arguments().parse_args([])
    run.full(replace(plan, edits=20, rows=2_000, with_peers=False), chosen)
    report = capsys.readouterr().out
    for heading in ("Targets", "Compressed pages", "While being edited", "Other figures"):
        assert f"## {heading}" in report
    for figure in ("import, 5 saves a second, readers of pages", "same SQL in a plain loop", "2 worker(s)"):
        assert figure in report
    skipped = report.partition("## Skipped")[2].split("\n- ")[1:]
    absent = ("nginx is not installed", "dateline on PostgreSQL: ")
    assert all(any(part in reason for part in absent) for reason in skipped), skipped
    assert postgres_programs.missing() or "dateline on PostgreSQL" in report.partition("## Skipped")[0]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
@pytest.mark.skipif(postgres_programs.missing() is not None, reason=f"{postgres_programs.missing()}")
def test_postgresql_is_measured_in_the_same_run_and_gives_the_same_answers(
    tmp_path: Path, plan: rounds.Plan, gazetteer: Gazetteer
) -> None:
    database, few = tmp_path / "events.db", 2_000
    generate.write_database(database, generate.drafts(few, gazetteer=gazetteer.path))
    outcome, small = (
        rounds.Outcome(),
        replace(plan, events=few, seconds=0.2, database=database, with_peers=False),
    )
    outcome.pages = {kind.name: measure.spread([1, 1]) for kind in queries.KINDS}
    server = measure.dateline(database)
    try:
        rounds._compare_all(small, outcome, server, lambda _step: None)
    finally:
        server.stop()
    assert outcome.skipped == []
    for kind in queries.KINDS:
        assert outcome.finds[kind.name, "dateline"] == outcome.finds[kind.name, "dateline on PostgreSQL"]
    assert set(outcome.in_turn) == {query.name for query in (*queries.VIEWS, *queries.KINDS)}
    assert outcome.copied
    assert outcome.copied.own_cpu > 0.1
    assert outcome.copied.server_cpu > 0.01
    assert "on PostgreSQL we are" in tables.pages(outcome).headings


def test_a_run_without_postgresql_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gazetteer: Gazetteer
) -> None:
    plan = rounds.Plan(
        events=0, database=tmp_path / "events.db", folder=tmp_path, world=generate.world(gazetteer.path)
    )
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = rounds.Outcome()
    with rounds._on_postgres(plan, outcome, lambda _step: None) as started:
        assert started == {}
    assert outcome.skipped == [
        "dateline on PostgreSQL, tipg and pygeoapi: initdb is not installed"
        " (Debian's packages postgresql and postgresql-postgis)"
    ]
    assert "on PostgreSQL we are" not in tables.pages(outcome).headings


def test_targets_compare_postgresql_with_sqlite_and_peers() -> None:
    page, view = queries.KINDS[0].name, queries.VIEWS[0].name
    rates = {"dateline": 300.0, "dateline on PostgreSQL": 200.0, "tipg": 25.0}
    outcome = rounds.Outcome(
        loads={(page, name): [measure.Load(rate, 1, 1, 1, 0, 1)] for name, rate in rates.items()},
        in_turn={
            page: [measure.spread([1, 1]), measure.spread([3, 3])],
            view: [measure.spread([10, 10]), measure.spread([10.5, 10.5])],
        },
        copied=postgres.Copied("postgresql://", 1, 4, 1, 1),
        sizes={"dateline": 1},
    )
    rows = {row[0]: row[1:] for row in targets.targets(outcome, 10_000).rows}
    assert rows[f"{view}: time on PostgreSQL, × SQLite"] == ("≤ 1.1 ×", "1.05 ×", "yes")
    assert rows[f"{page}: time on PostgreSQL, × SQLite"] == ("≤ 2 ×", "3.00 ×", "no")
    assert rows[f"{page}: the same with eight connections"] == ("≤ 2 ×", "1.50 ×", "yes")
    assert rows[f"{page}: on PostgreSQL, × tipg"] == ("≥ 10 ×", "8.0 ×", "no")
    assert rows["copy from SQLite to PostgreSQL, events a second"][1:] == ("2,500", "no")
