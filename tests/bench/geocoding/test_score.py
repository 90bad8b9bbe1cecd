"""The benchmark's own arithmetic, its sample and its Markdown."""

import json
from typing import Any

import pytest

from bench.geocoding import run, sample, score, tables
from geo.sphere import distance_km


def gold(q: str = "x", source: str = "a", tol_km: float = 25, lon: float = 0.0) -> dict[str, Any]:
    return {"q": q, "source": source, "lon": lon, "lat": 0.0, "tol_km": tol_km}


def said(
    q: str = "x", lon: float | None = 0.0, precision: str = "city", confidence: float = 0.9
) -> dict[str, Any]:
    lat = None if lon is None else 0.0
    return {"q": q, "lon": lon, "lat": lat, "precision": precision, "confidence": confidence}


def test_an_answer_within_the_tolerance_is_a_hit() -> None:
    inside, outside = score.judge([gold()] * 2, [said(lon=0.22), said(lon=0.23)])  # 24.5 and 25.6 km
    assert (inside.hit, outside.hit) == (True, False)


def test_no_answer_is_none_and_nothing_else() -> None:
    (one,) = score.judge([gold()], [said(lon=None)])
    assert (one.none, one.hit, one.bold, one.far, one.beyond) == (True, False, False, False, 0.0)


def test_bold_is_a_city_more_than_fifty_kilometres_beyond_the_tolerance() -> None:
    answers = [said(lon=0.67), said(lon=0.68), said(lon=0.68, precision="admin1")]  # 74.5 and 75.6 km
    assert [one.bold for one in score.judge([gold()] * 3, answers)] == [False, True, False]


def test_far_is_more_than_two_thousand_kilometres_whatever_is_claimed() -> None:
    answers = [said(lon=17.9), said(lon=18.1, precision="country")]
    assert [one.far for one in score.judge([gold()] * 2, answers)] == [False, True]


def test_each_source_weighs_the_same_in_the_mean() -> None:
    rows = [gold(source="a/one"), gold(source="a/two"), gold(source="a"), gold(source="b")]
    answers = [said(), said(), said(), said(lon=90.0)]
    sources = score.by_source(score.judge(rows, answers))
    assert (sources["a"].rows, sources["a"].hit, sources["b"].hit) == (3, 100.0, 0.0)
    assert score.macro(sources) == score.Shares(4, 50.0, 0.0, 50.0, 50.0)


def test_answers_in_another_order_are_refused() -> None:
    with pytest.raises(score.BadPair, match="expected the answer to 'x', not to 'y'"):
        score.judge([gold()], [said("y")])
    with pytest.raises(score.BadPair, match="2 gold rows, but 1 answers"):
        score.judge([gold()] * 2, [said()])


def test_distance_is_that_of_the_haversine_formula() -> None:
    for points in (
        (0, 0, 180, 0),
        (-179.9, 10, 179.9, 10.1),
        (16.07, 38.15, 16.07, 38.15),
        (12, -89, -170, 89),
    ):
        assert score.apart_km(*points) == pytest.approx(distance_km(*points), rel=1e-5, abs=1e-6)


def test_bands_hold_what_they_say() -> None:
    answers = [
        said(confidence=0.29),
        said(confidence=0.3),
        said(confidence=1.0),
        said(lon=9.0),
        said(lon=None),
    ]
    found = score.bands(score.judge([gold()] * 5, answers))
    assert [(one.low, one.answers, one.right) for one in found] == [
        (0.2, 1, 1.0),
        (0.3, 1, 1.0),
        (0.9, 2, 0.5),
    ]
    assert found[-1].claimed == pytest.approx(0.95)


def test_a_band_begins_with_its_lower_bound() -> None:
    answers = [said(confidence=tenth / 10) for tenth in range(10)]
    assert [one.low for one in score.bands(score.judge([gold()] * 10, answers))] == [
        n / 10 for n in range(10)
    ]


def test_the_calibration_error_weighs_rows_or_sources() -> None:
    rows = [gold(), gold(), gold(), gold(source="b")]
    answers = [said(confidence=0.9)] * 3 + [said(lon=9.0, confidence=0.5)]
    verdicts = score.judge(rows, answers)
    assert score.calibration_error(verdicts) == pytest.approx((3 * 0.1 + 0.5) / 4)
    assert score.calibration_error(verdicts, per_source=True) == pytest.approx((0.1 + 0.5) / 2)


def test_the_worst_error_is_sure_and_far_off() -> None:
    rows = [gold("unsure"), gold("sure"), gold("right"), gold("sure")]
    answers = [said("unsure", 10.0, confidence=0.3), said("sure", 5.0), said("right"), said("sure", 5.0)]
    found = score.worst(score.judge(rows, answers), 9)
    assert [one.gold["q"] for one in found] == ["sure", "unsure"]


def test_the_sample_is_open_even_and_named_in_the_notice() -> None:
    rows = score.read(run.SAMPLE)
    counts = {row["source"]: sum(row["source"] == other["source"] for other in rows) for row in rows}
    notice = run.SAMPLE.with_name("NOTICE").read_text("utf-8").splitlines()
    assert (len(rows), set(counts.values())) == (200, {40})
    assert {row["licence"] for row in rows} <= set(sample.OPEN)
    assert all(source in notice for source in counts)


def test_the_sample_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = score.read(run.SAMPLE)
    assert sample.choose(rows[::-1], 50) == sample.choose(rows, 50)
    assert sample.choose(rows) == rows


def test_what_may_not_be_copied_is_not_chosen() -> None:
    row = score.read(run.SAMPLE)[0]
    assert (
        sample.choose([{**row, "licence": "ODbL"}, {**row, "source": "geocoder_tester/poland_cities"}]) == []
    )


def test_results_keep_what_stands_around_the_generated_part() -> None:
    found = run.between("before\n" + run.BEGIN + "\nold\n" + run.END + "\nafter\n", "new")
    assert found == "before\n" + run.BEGIN + "\n\nnew\n\n" + run.END + "\nafter\n"


def test_every_note_is_about_one_string() -> None:
    lines = [json.loads(line) for line in (run.HERE / "reasons.jsonl").read_text("utf-8").splitlines()]
    assert all(set(line) == {"q", "why"} for line in lines)
    assert len({line["q"] for line in lines}) == len(lines)


def test_a_cell_with_a_bar_stays_one_cell() -> None:
    assert (
        tables.markdown(tables.Table(("a", "b"), [("x|y", "1")]))
        == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |"
    )
