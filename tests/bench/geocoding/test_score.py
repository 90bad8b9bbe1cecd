"""The arithmetic of the benchmark, its sample and its Markdown."""

import json
from typing import Any

import pytest

from bench.geocoding import run, sample, score, tables
from geo.sphere import distance_km


def gold(q: str = "x", source: str = "a", tol_km: float = 25, lon: float = 0.0) -> dict[str, Any]:
    return {"q": q, "source": source, "lon": lon, "lat": 0.0, "tol_km": tol_km}


def answer(
    q: str = "x", lon: float | None = 0.0, precision: str = "city", confidence: float = 0.9
) -> dict[str, Any]:
    lat = None if lon is None else 0.0
    return {"q": q, "lon": lon, "lat": lat, "precision": precision, "confidence": confidence}


def test_an_answer_within_the_tolerance_is_a_hit() -> None:
    inside, outside = score.judge([gold()] * 2, [answer(lon=0.22), answer(lon=0.23)])  # 24.5 and 25.6 km
    assert (inside.hit, outside.hit) == (True, False)


def test_a_missing_answer_counts_as_none_only() -> None:
    (verdict,) = score.judge([gold()], [answer(lon=None)])
    assert (verdict.none, verdict.hit, verdict.bold, verdict.far, verdict.km_beyond_tolerance) == (
        True,
        False,
        False,
        False,
        0.0,
    )


def test_bold_is_a_city_more_than_fifty_kilometres_beyond_the_tolerance() -> None:
    answers = [answer(lon=0.67), answer(lon=0.68), answer(lon=0.68, precision="admin1")]  # 74.5 and 75.6 km
    assert [verdict.bold for verdict in score.judge([gold()] * 3, answers)] == [False, True, False]


def test_far_is_more_than_two_thousand_kilometres_at_any_precision() -> None:
    answers = [answer(lon=17.9), answer(lon=18.1, precision="country")]
    assert [verdict.far for verdict in score.judge([gold()] * 2, answers)] == [False, True]


def test_each_source_has_the_same_weight_in_the_mean() -> None:
    rows = [gold(source="a/one"), gold(source="a/two"), gold(source="a"), gold(source="b")]
    answers = [answer(), answer(), answer(), answer(lon=90.0)]
    sources = score.by_source(score.judge(rows, answers))
    assert (sources["a"].rows, sources["a"].hit, sources["b"].hit) == (3, 100.0, 0.0)
    assert score.macro(sources) == score.Shares(4, 50.0, 0.0, 50.0, 50.0)


def test_answers_in_another_order_are_refused() -> None:
    with pytest.raises(score.BadPair, match="expected the answer to 'x', not to 'y'"):
        score.judge([gold()], [answer("y")])
    with pytest.raises(score.BadPair, match="2 gold rows, but 1 answers"):
        score.judge([gold()] * 2, [answer()])


def test_the_distance_agrees_with_the_haversine_formula() -> None:
    for points in (
        (0, 0, 180, 0),
        (-179.9, 10, 179.9, 10.1),
        (16.07, 38.15, 16.07, 38.15),
        (12, -89, -170, 89),
    ):
        assert score.chord_distance_km(*points) == pytest.approx(distance_km(*points), rel=1e-5, abs=1e-6)


def test_bands_group_answers_by_tenths_of_confidence() -> None:
    answers = [
        answer(confidence=0.29),
        answer(confidence=0.3),
        answer(confidence=1.0),
        answer(lon=9.0),
        answer(lon=None),
    ]
    bands = score.bands(score.judge([gold()] * 5, answers))
    assert [(band.low, band.answers, band.right) for band in bands] == [
        (0.2, 1, 1.0),
        (0.3, 1, 1.0),
        (0.9, 2, 0.5),
    ]
    assert bands[-1].confidence == pytest.approx(0.95)


def test_a_band_begins_with_its_lower_bound() -> None:
    answers = [answer(confidence=tenth / 10) for tenth in range(10)]
    assert [band.low for band in score.bands(score.judge([gold()] * 10, answers))] == [
        n / 10 for n in range(10)
    ]


def test_the_calibration_error_gives_rows_or_sources_the_same_weight() -> None:
    rows = [gold(), gold(), gold(), gold(source="b")]
    answers = [answer(confidence=0.9)] * 3 + [answer(lon=9.0, confidence=0.5)]
    verdicts = score.judge(rows, answers)
    assert score.calibration_error(verdicts) == pytest.approx((3 * 0.1 + 0.5) / 4)
    assert score.calibration_error(verdicts, per_source=True) == pytest.approx((0.1 + 0.5) / 2)


def test_the_worst_error_is_confident_and_far_off() -> None:
    rows = [gold("unsure"), gold("sure"), gold("right"), gold("sure")]
    answers = [
        answer("unsure", 10.0, confidence=0.3),
        answer("sure", 5.0),
        answer("right"),
        answer("sure", 5.0),
    ]
    errors = score.worst_errors(score.judge(rows, answers), 9)
    assert [verdict.gold["q"] for verdict in errors] == ["sure", "unsure"]


def test_the_sample_has_open_licences_equal_shares_and_a_notice() -> None:
    rows = score.read(run.SAMPLE)
    counts = {row["source"]: sum(row["source"] == other["source"] for other in rows) for row in rows}
    notice = run.SAMPLE.with_name("NOTICE").read_text("utf-8").splitlines()
    assert (len(rows), set(counts.values())) == (200, {40})
    assert {row["licence"] for row in rows} <= set(sample.OPEN_LICENCES)
    assert all(source in notice for source in counts)


def test_the_sample_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = score.read(run.SAMPLE)
    assert sample.select(rows[::-1], 50) == sample.select(rows, 50)
    assert sample.select(rows) == rows


def test_rows_without_an_open_licence_are_not_selected() -> None:
    row = score.read(run.SAMPLE)[0]
    assert (
        sample.select([{**row, "licence": "ODbL"}, {**row, "source": "geocoder_tester/poland_cities"}]) == []
    )


def test_only_the_text_between_the_markers_is_replaced() -> None:
    text = run.replace_generated("before\n" + run.BEGIN + "\nold\n" + run.END + "\nafter\n", "new")
    assert text == "before\n" + run.BEGIN + "\n\nnew\n\n" + run.END + "\nafter\n"


def test_every_note_is_about_a_different_string() -> None:
    lines = [json.loads(line) for line in (run.HERE / "reasons.jsonl").read_text("utf-8").splitlines()]
    assert all(set(line) == {"q", "why"} for line in lines)
    assert len({line["q"] for line in lines}) == len(lines)


def test_a_bar_inside_a_cell_is_escaped() -> None:
    assert (
        tables.markdown(tables.Table(("a", "b"), [("x|y", "1")]))
        == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |"
    )


def test_errors_are_counted_by_class() -> None:
    rows = [
        gold("Elk Grove"),
        gold("Elk Grove", lon=9.0),
        gold("Athens"),
        gold("Circle, US"),
        gold("Attu, US"),
    ]
    verdicts = score.judge(rows, [answer(row["q"], lon=30.0) for row in rows])
    places = ["no. 2, 0.01", "no. 2, 0.01", "no. 3, 0.05", "no. 2, 0.1", "not in 1"]
    explanations = [tables.Explanation("", place) for place in places]
    several = score.texts_of_several(verdicts)
    assert several == {"Elk Grove"}
    assert [count for _, count in tables.error_classes(verdicts, explanations, several).rows] == [
        "2",
        "1",
        "1",
        "1",
    ]
