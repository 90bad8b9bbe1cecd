"""The parts of the review page are in the editor's words: roles, fields, dates and percentages."""

from typing import Any

import pytest

from db.writing.history import HistoryEntry
from geo.place import Place, Precision
from timeline.web.page_model import CategoryOption, Site
from timeline.web.render_review import (
    OpenedEvent,
    QueuePage,
    QueueRow,
    UncertainPlace,
    render_event,
    render_queue,
)

PROPERTIES: dict[str, Any] = {
    "title": "Raid", "summary": "", "category": "raid", "date": "2023-05-03", "earliest": "2023-05-03",
    "latest": "2023-05-03", "tags": [], "note": None, "status": "draft", "verification": "reported",
    "places": [], "place": None, "embargo_until": "2026-12-01T06:00:00Z",
}  # fmt: skip
BRUSSELS = Place(
    name="Brussels", lon=4.35, lat=50.85, country="BE", admin1="Brussels Capital", precision=Precision.CITY,
    confidence=0.24,
)  # fmt: skip


def _site(lang: str) -> Site:
    return Site(title="Unrest", description="", lang=lang, root="")


def _opened(lang: str, *entries: HistoryEntry) -> str:
    opened = OpenedEvent(
        feature={"id": "a", "properties": PROPERTIES},
        revision=3,
        categories=[CategoryOption(slug="raid", label="Raid")],
        doubts=[UncertainPlace(1, "Brussel <x>", None, "unsure", [BRUSSELS])],
        steps=[],
        may_change=True,
        history=list(entries),
        reading="",
    )
    return render_event(_site(lang), opened)


def _entry(*fields: dict[str, Any]) -> HistoryEntry:
    return HistoryEntry(2, "2023-06-01T10:05:00Z", "Ada", "changed", None, None, list(fields))


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "Ada, editor"), ("ca", "Ada, redactor"), ("fr", "Ada, rédacteur"), ("ar", "Ada، محرر")],
)
def test_the_queue_names_the_role_in_the_editors_language(lang: str, text: str) -> None:
    row = QueueRow("a", PROPERTIES, "Raid", "3 May 2023", "Brussel <x>", "unsure")
    counts = {"review": 0, "draft": 1, "places": 1}
    page = QueuePage(rows=[row], counts=counts, kind="places", page=1, more=False, name="Ada", role="editor")
    html = render_queue(_site(lang), page)
    assert text in html
    assert "<bdi>Brussel &lt;x&gt;</bdi>" in html


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "embargoed until 1 December 2026, 06:00 UTC"),
        ("fr", "sous embargo jusqu’au 1er décembre 2026, 6\u00a0h\u00a000 UTC"),
        ("ar", "حظر النشر حتى 1 ديسمبر 2026، 06:00 UTC"),
    ],
)
def test_an_embargo_is_a_date_in_words(lang: str, text: str) -> None:
    assert text in _opened(lang)


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "city, 24%"), ("es", "ciudad, 24\u00a0%"), ("ar", "مدينة، 24%")]
)
def test_a_suggested_place_has_its_country_and_confidence_in_words(lang: str, text: str) -> None:
    assert text in _opened(lang)
    assert "Belgium" in _opened("en")


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ["1 June 2023, 10:05 UTC", "Verification: <del><bdi>reported", "<ins><bdi>disputed"]),
        (
            "fr",
            [
                "1er juin 2023, 10\u00a0h\u00a005 UTC",
                "Vérification\u00a0: <del><bdi>selon les sources",
                "contesté",
            ],
        ),
    ],
)
def test_the_history_has_no_raw_values(lang: str, texts: list[str]) -> None:
    html = _opened(lang, _entry({"name": "verification", "old": "reported", "new": "disputed"}))
    assert [text for text in texts if text not in html] == []


def test_the_history_shows_dates_in_words_and_cuts_long_texts() -> None:
    date = {"name": "date", "old": None, "new": "2023-05-03/2023-05-05"}
    html = _opened("en", _entry(date, {"name": "summary", "old": "", "new": "x" * 500}))
    assert "<ins><bdi>3–5 May 2023</bdi></ins>" in html
    assert f"<bdi>{'x' * 159}…</bdi>" in html
