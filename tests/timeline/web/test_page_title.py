"""The title above the timeline: a span written as briefly as possible, and no finer than the bars."""

from itertools import cycle
from typing import Any

import pytest
from chromium import CHROMIUM
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

ZONES = ("Pacific/Kiritimati", "America/Los_Angeles")
FORMAT_SPANS = """async (spans) => {
  const { assets } = JSON.parse(document.querySelector("#facts").textContent);
  const { formatSpan } = await import(`${assets}/app/shared/date_text.js`);
  const day = (text) => Date.parse(text) / 864e5;
  return spans.map(([from, to, unit]) => formatSpan(day(from), day(to), unit));
}"""
SPANS = [
    ("2023-05-03", "2023-05-03", "day"),
    ("2024-02-01", "2024-02-29", "day"),
    ("2022-01-01", "2022-12-31", "day"),
    ("2018-01-01", "2022-12-31", "day"),
    ("2022-03-01", "2022-05-31", "day"),
    ("2022-03-02", "2022-05-31", "day"),
    ("2023-01-01", "2023-12-31", "week"),
    ("2000-01-01", "2023-06-30", "quarter"),
    ("2000-01-01", "2023-06-30", "year"),
]
TEXTS = {
    "en": ["3 May 2023", "February 2024", "2022", "2018–2022", "March to May 2022", "2 March to 31 May 2022",
           "2023", "January 2000 to June 2023", "2000–2023"],
    "ca": ["3 de maig del 2023", "febrer del 2024", "2022", "2018-2022", "del març al maig del 2022",
           "del 2 de març al 31 de maig del 2022", "2023", "del gener del 2000 al juny del 2023", "2000-2023"],
    "es": ["3 de mayo de 2023", "febrero de 2024", "2022", "2018-2022", "de marzo a mayo de 2022",
           "del 2 de marzo al 31 de mayo de 2022", "2023", "de enero de 2000 a junio de 2023", "2000-2023"],
    "fr": ["3 mai 2023", "février 2024", "2022", "2018-2022", "de mars à mai 2022", "du 2 mars au 31 mai 2022",
           "2023", "de janvier 2000 à juin 2023", "2000-2023"],
    "ar": ["3 مايو 2023", "فبراير 2024", "2022", "2018–2022", "من مارس إلى مايو 2022", "من 2 مارس إلى 31 مايو 2022",
           "2023", "من يناير 2000 إلى يونيو 2023", "2000–2023"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "zone"),
    [*zip(TEXTS, cycle(ZONES), strict=False), pytest.param("en", ZONES[1], marks=pytest.mark.slow)],
)
def test_a_span_is_written_as_briefly_as_possible(visit: Any, server: Any, lang: str, zone: str) -> None:
    page = visit(f"{server.url}/?lang={lang}", timezone_id=zone, drawn=False)
    assert page.evaluate(FORMAT_SPANS, SPANS) == TEXTS[lang]


@pytest.mark.parametrize(
    ("window", "title"),
    [
        pytest.param("2023-05-03", "3 May 2023", marks=pytest.mark.slow),
        pytest.param("2023-05", "May 2023", marks=pytest.mark.slow),
        pytest.param("2020-01-01/2021-12-31", "2020–2021", marks=pytest.mark.slow),
        ("2021/..", "2021–2023"),
        ("2022-03-02/2022-03-09", "2–9 March 2022"),
    ],
)
def test_the_title_names_the_window(visit: Any, server: Any, window: str, title: str) -> None:
    page = visit(f"{server.url}/?datetime={window}", drawn=False)
    expect(page.locator(".timeline h2")).to_have_text(title)


def test_the_title_of_all_dates_is_no_finer_than_the_bars(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    expect(page.locator(".timeline h2")).to_have_text("January 2000 to December 2023")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".timeline h2")).to_have_text("2000–2023")


BRIGHT = """async (windows) => {
  const { assets } = JSON.parse(document.querySelector("#facts").textContent);
  const { brightBars } = await import(`${assets}/app/timeline/draw.js`);
  return windows.map((one) => [0, 1, 2].filter(brightBars([0, 10, 20, 30], one)));
}"""


def test_bars_in_the_window_are_bright_and_one_that_holds_it(visit: Any, server: Any) -> None:
    page = visit(f"{server.url}/", drawn=False)
    windows = [None, [0, 29], [10, 19], [5, 25], [12, 13], [9, 10], [40, 50]]
    assert page.evaluate(BRIGHT, windows) == [[0, 1, 2], [0, 1, 2], [1], [1], [1], [0, 1], []]
