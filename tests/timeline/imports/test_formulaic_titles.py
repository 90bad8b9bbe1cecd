"""Events are reported as probable duplicates only if their titles are similar for a reason."""

import io
import random
from datetime import date, timedelta

import pytest

from db.store import Store
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

HEADER = "id,title,category,date,lat,lon"
KINDS = ("Robbery", "Burglary", "Assault", "Theft", "Vandalism")
DUPLICATES = (
    ("Fire destroys the Meridian flour warehouse", "Fire destroyed Meridian flour warehouse"),
    ("Ferry Aurelia runs aground off the pier", "The ferry Aurelia ran aground off the pier"),
    ("Strike at the Halloran shipyard begins", "Strike begins at Halloran shipyard"),
)


def take(store: Store, rows: list[str]) -> Report:
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(publish=True))
    return importer.import_stream("a.csv", io.BytesIO("\n".join([HEADER, *rows]).encode()))


def formulaic(number: int) -> list[str]:
    """Return rows whose titles are a kind and a town, with many of the same kind on the same day in the same town."""
    chance = random.Random(2)
    return [
        f"f{n},{chance.choice(KINDS)} in Lakewood,raid,2021-03-{chance.randint(1, 28):02},41.48,-81.79"
        for n in range(number)
    ]


def pairs() -> list[str]:
    return [
        f"d{n}{side},{title},raid,2021-03-{n + 1:02},41.48,-81.79"
        for n, pair in enumerate(DUPLICATES)
        for side, title in zip("ab", pair, strict=True)
    ]


def similar(report: Report) -> list[str]:
    return [remark.at for remark in report.warnings if "may be the event" in remark.message]


def test_thousands_of_formulaic_titles_do_not_bury_the_few_that_matter(store: Store) -> None:
    report = take(store, [*formulaic(2_000), *pairs()])
    assert similar(report) == ["line 2003", "line 2005", "line 2007"]


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%-d %B %Y", "%d.%m.%y", "%A %-d %b %Y"])
def test_the_day_in_formulaic_titles_is_no_reason_to_report_them(store: Store, form: str) -> None:
    chance = random.Random(4)
    days = (date(2015, 1, 1) + timedelta(days=chance.randrange(900)) for _ in range(2_000))
    rows = [
        f"f{n},{chance.choice(KINDS)} in Lakewood {day.strftime(form)},raid,{day},41.48,-81.79"
        for n, day in enumerate(days)
    ]
    assert similar(take(store, [*rows, *pairs()])) == ["line 2003", "line 2005", "line 2007"]


def test_duplicates_of_a_small_file_are_reported(store: Store) -> None:
    assert similar(take(store, pairs())) == ["line 3", "line 5", "line 7"]


def test_two_equal_titles_of_a_small_file_are_reported(store: Store) -> None:
    rows = [
        "a,Robbery in Lakewood,raid,2021-03-01,41.48,-81.79",
        "b,Robbery in Lakewood,raid,2021-03-01,41.48,-81.79",
    ]
    assert similar(take(store, rows)) == ["line 3"]


def test_a_duplicate_of_a_stored_event_is_reported(store: Store) -> None:
    rows = pairs()
    take(store, rows[::2])
    assert len(similar(take(store, [*formulaic(500), *rows[1::2]]))) == 3


def test_numbered_titles_are_no_duplicates(store: Store) -> None:
    rows = [f"s{n},Meteorite Allende {n},study,1969-02-08,26.97,-105.32" for n in range(60)]
    assert similar(take(store, rows)) == []
