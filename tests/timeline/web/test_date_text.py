"""The page's script writes days and spans of days with the same words as the server."""

import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.dates.calendar import days
from db.dates.display import display
from timeline.web.date_forms import date_forms
from timeline.web.filter_links import period_text
from timeline.web.messages import LANGUAGES
from timeline.web.render import STATIC
from timeline.web.stills.histogram import is_round

NODE = shutil.which("node")
SCRIPT = """
const [path, forms, spans] = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
const facts = { textContent: JSON.stringify({ dates: forms }) };
globalThis.document = { getElementById: (id) => (id === "facts" ? facts : null) };
import(path).then((module) => {
  console.log(JSON.stringify(spans.map(([first, last]) => module.formatSpan(first, last))));
});
"""
STARTS = (
    *(date(2023, month, day) for month in (1, 4, 5, 10, 12) for day in (1, 2, 11, 30)),
    date(44, 3, 15),
    date(999, 12, 31),
)
LENGTHS = (1, 2, 10, 31, 61, 92, 365, 1096)
YEARS = ((1990, 1990), (1990, 1999), (44, 60), (-43, -43), (-43, 10), (990, 1010))


def _spans() -> list[tuple[str, str]]:
    """Return pairs of first and last day, as ISO dates."""
    months = [("2023-04-01", "2023-04-30"), ("2023-04-01", "2023-10-31"), ("2021-06-01", "2022-10-31")]
    spans = [(start, start + timedelta(days=length - 1)) for start in STARTS for length in LENGTHS]
    return months + [(first.isoformat(), last.isoformat()) for first, last in spans]


def _from_script(language: str, spans: list[tuple[int, int]], tmp_path: Path) -> list[str]:
    assert NODE is not None
    script = tmp_path / "spans.cjs"
    script.write_text(SCRIPT, encoding="utf-8")
    # Node reads a module's type from the nearest package.json; the served files need none.
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    shutil.copytree(STATIC / "app" / "shared", tmp_path / "shared")
    module = (tmp_path / "shared" / "date_text.js").as_uri()
    request = json.dumps([module, date_forms(language), spans])
    done = subprocess.run(
        [NODE, script], input=request, capture_output=True, text=True, check=True, timeout=60
    )
    return list(json.loads(done.stdout))


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_span_of_days_has_the_servers_words(language: str, tmp_path: Path) -> None:
    spans = _spans()
    numbers = [(_number(first), _number(last)) for first, last in spans]
    assert _from_script(language, numbers, tmp_path) == [
        period_text(f"{first}/{last}", language) for first, last in spans
    ]


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_span_of_years_has_the_servers_words_in_every_era(language: str, tmp_path: Path) -> None:
    numbers = [(days(first), days(last + 1) - 1) for first, last in YEARS]
    expected = [
        display(f"{_edtf(first)}" if first == last else f"{_edtf(first)}/{_edtf(last)}", language)
        for first, last in YEARS
    ]
    assert _from_script(language, numbers, tmp_path) == expected


def _number(day: str) -> int:
    return days(*map(int, day.split("-")))


def _edtf(year: int) -> str:
    return f"{year:04}" if year >= 0 else f"{year:05}"


ROUND = """
const [path, facts, years, size] = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(facts) }) };
import(path).then(({ roundYears }) => {
  const isRound = roundYears(years);
  console.log(JSON.stringify(years.filter((year) => isRound(year, size))));
});
"""


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize(("years", "labelled"), [
    (list(range(-120, 120)), [-99, -49, 50, 100]), ([-150, -100, -50, 0, 50], [-150, -100, -50, 0, 50]),
])  # fmt: skip
def test_the_page_and_its_pictures_label_the_same_years(
    years: list[int], labelled: list[int], tmp_path: Path
) -> None:
    script = tmp_path / "round.cjs"
    script.write_text(ROUND, encoding="utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    shutil.copytree(STATIC / "app", tmp_path / "app")
    module = (tmp_path / "app" / "timeline" / "draw.js").as_uri()
    request = json.dumps([module, {"dates": date_forms("en")}, years, 50])
    done = subprocess.run(
        [str(NODE), script], input=request, capture_output=True, text=True, check=True, timeout=60
    )
    is_yearly = years[1] - years[0] == 1
    assert json.loads(done.stdout) == labelled
    assert [year for year in years if is_round(year, 50, is_yearly=is_yearly)] == labelled
