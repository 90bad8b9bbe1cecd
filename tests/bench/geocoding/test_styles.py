"""The generated styles: their arithmetic, their generators and the command that scores them."""

from pathlib import Path

import pytest

from bench.geocoding import run, style_report, style_score, styles
from geo.gazetteer.reader import Gazetteer
from geo.place import Place, Precision
from geo.resolver.resolver import Resolver


def gold(text: str = "x", **fields: str | None) -> styles.GoldRow:
    return styles.GoldRow(text, 0.0, 0.0, 25.0, "a", **fields)


def verdict(
    row: styles.GoldRow,
    lon: float = 0.0,
    precision: str = "city",
    confidence: float = 0.95,
    country: str = "GH",
) -> style_score.StyleVerdict:
    place = Place(
        name="x", lon=lon, lat=0.0, precision=Precision(precision), country=country, confidence=confidence
    )
    return style_score.StyleVerdict(row, place, confidence < 0.65)


def test_marked_errors_are_neither_bold_nor_far() -> None:
    sure, marked = verdict(gold(), lon=90.0), verdict(gold(), lon=90.0, confidence=0.6)
    assert (sure.is_bold, sure.is_far, marked.is_bold, marked.is_far) == (True, True, False, False)


def test_a_text_without_a_right_place_needs_doubt() -> None:
    nowhere = gold()._replace(lat=None, lon=None)
    sure, marked = verdict(nowhere), verdict(nowhere, confidence=0.3)
    missing = style_score.StyleVerdict(nowhere, None, True)
    assert [sure.is_hit, marked.is_hit, missing.is_hit] == [False, True, True]
    assert sure.is_bold


def test_a_foreign_country_is_abroad_unless_it_is_marked() -> None:
    town = gold(cc="GB")
    assert verdict(town, precision="country", country="PL").is_abroad
    assert not verdict(town, precision="country", country="PL", confidence=0.5).is_abroad
    assert not verdict(town, precision="country", country="GB").is_abroad
    assert not verdict(town, precision="city", country="PL").is_abroad


def test_the_cost_of_caution_is_a_share_of_the_right_answers() -> None:
    scored = [
        verdict(gold(precision="city")),
        verdict(gold(precision="admin1"), confidence=0.6),
        verdict(gold(), lon=90.0),
    ]
    shares = style_score.style_shares(scored)
    assert (shares.caution, shares.surest, shares.surest_right, shares.precise) == (50.0, 66.7, 50.0, 66.7)


def test_texts_of_a_group_are_answered_as_places_of_one_event(resolver: Resolver) -> None:
    rows = [gold("Cambridge", group="1"), gold("Boston", group="1"), gold("Cambridge")]
    together, _, alone = style_score.verdicts(resolver, rows)
    assert together.place
    assert alone.place
    assert (together.place.country, alone.place.country) == ("US", "GB")


@pytest.mark.parametrize("style", styles.all_styles(), ids=lambda style: style.name)
def test_a_style_generates_the_same_rows_in_every_run(style: styles.Style, gazetteer: Gazetteer) -> None:
    rows = list(style.rows(gazetteer))
    assert rows == list(style.rows(gazetteer))
    assert len(rows) >= 20
    assert all(row.precision in (None, *map(str, Precision)) and row.q.strip() for row in rows)


def test_the_table_shows_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = style_score.style_shares([verdict(gold(), lon=90.0)])
    style_report.write_shares(tmp_path / "before.json", {"style": before})
    monkeypatch.setattr(style_report, "BEFORE", tmp_path / "before.json")
    table = style_report.style_table({"style": style_score.style_shares([verdict(gold())])})
    assert table.rows[0][:4] == ("style", "1", "0.0 → 100.0", "0.0")


def test_the_command_lists_the_errors_of_a_style(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "styles.json"
    words = ["--styles", "city of 100,000 alone", "--worst", "3", "--json", str(path)]
    monkeypatch.setattr("sys.argv", ["run", *words])
    run.main()
    output = capsys.readouterr().out
    assert "km off" in output
    assert "right or marked" in output
    assert style_report.read_shares(path)["city of 100,000 alone"].rows > 5000
