"""The pages that the server renders, without scripts."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import combinations, pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from db.events.categories import SHAPES, VOCABULARY
from timeline.api.params.tables import FILTER
from timeline.web import filter_links, vendor
from timeline.web.figures import figure_label, figure_text
from timeline.web.messages import translator_for
from timeline.web.page_model import DEFAULT_DESCRIPTION
from timeline.web.render import (
    ASSETS,
    CSP,
    STATIC,
    CategoryOption,
    CountryOption,
    EventsView,
    Site,
    render_docs,
    render_document,
    render_event,
    render_events,
    render_problem,
)
from timeline.web.stills.histogram import chart
from timeline.web.stills.markers import PATHS, contrast, readable, symbols

SITE = Site(title="Unrest", description="Three years of it", lang="en", root="/map")
CATEGORIES = [
    CategoryOption(slug="raid", label="Raid", color="#1f3fae", shape="circle", count=3),
    CategoryOption(slug="arrest", label="Arrest", color="#c2300f", shape="triangle", count=1),
]
COUNTRIES = [CountryOption(code="NL", name="Netherlands", count=2)]
ITALY = {
    "name": "Italy",
    "country": "IT",
    "precision": "country",
    "lon": 12.48,
    "lat": 41.89,
    "radius_km": 500,
}
PARTS_OF_URL = ("href", "src", "action")


class Page(HTMLParser):
    """The elements of a page, each as (tag, attributes), and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:  # scripts are not text
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def elements_named(self, tag: str, **expected: str | None) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and expected.items() <= attributes.items()
        ]

    def addresses(self) -> list[str]:
        return [
            attributes[name] or ""
            for _, attributes in self.elements
            for name in PARTS_OF_URL
            if name in attributes
        ]


def event(**properties: object) -> dict[str, Any]:
    defaults = {
        "title": "Homes searched",
        "summary": "At dawn.",
        "category": "raid",
        "date": "2023-05-03",
        "display_date": "3 May 2023",
        "earliest": "2023-05-03",
        "date_precision": "day",
        "places": [ITALY],
    }
    return {"type": "Feature", "id": "a/b c", "properties": {**defaults, **properties}}


def view(*features: dict[str, Any], **changes: Any) -> EventsView:
    defaults = EventsView(
        site=SITE,
        features=list(features),
        matched=len(features),
        undated=0,
        unplaced=0,
        categories=CATEGORIES,
        countries=COUNTRIES,
        json="/map/events?f=geojson",
        filter_parameters=[(parameter.name, parameter.many, parameter.local) for parameter in FILTER],
    )
    return replace(defaults, **changes)


def events(*features: dict[str, Any], **changes: Any) -> Page:
    return Page(render_events(view(*features, **changes)))


EVERY_PAGE = {
    "events": render_events(view(event())),
    "empty": render_events(view(params=[("q", "x")])),
    "event": render_event(SITE, event(), "/map/collections/events/items/a?f=json"),
    "document": render_document(
        SITE, "Conformance", {"conformsTo": ["https://a.example/core"]}, "/map/conformance"
    ),
    "problem": render_problem(
        SITE, {"title": "Bad value", "status": 400, "detail": "Why", "example": "limit=10"}
    ),
    "docs": render_docs(SITE),
}


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_address_of_a_page_is_under_the_root(name: str) -> None:
    page = Page(EVERY_PAGE[name])
    outside = [address for address in page.addresses() if not address.startswith(("/map/", "#", "https://"))]
    assert page.addresses()
    assert outside == []


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_page_contains_no_inline_script_or_style(name: str) -> None:
    page = Page(EVERY_PAGE[name])
    assert [tag for tag, attributes in page.elements if tag == "style" or "style" in attributes] == []
    inline = [attributes for attributes in page.elements_named("script") if not attributes.get("src")]
    assert [attributes for attributes in inline if attributes.get("type") != "application/json"] == []
    assert [key for _, attributes in page.elements for key in attributes if key.startswith("on")] == []


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_asset_of_a_page_exists(name: str) -> None:
    assets = [
        address for address in Page(EVERY_PAGE[name]).addresses() if address.startswith(f"/map{ASSETS}/")
    ]
    assert assets
    assert [
        address for address in assets if not (STATIC / address.removeprefix(f"/map{ASSETS}/")).is_file()
    ] == []


def test_the_policy_allows_nothing_inline_and_no_other_origin() -> None:
    assert CSP.startswith("default-src 'none'")
    assert "unsafe" not in CSP
    assert "http" not in CSP
    assert "*" not in CSP


def test_texts_of_users_are_escaped() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    hostile = event(title=evil, summary=evil, note=evil, tags=[evil], category=evil, figures={evil: 1})
    for html in (render_events(view(hostile, params=[("q", evil)])), render_event(SITE, hostile, "x")):
        assert [
            attributes
            for attributes in Page(html).elements_named("script")
            if attributes.get("type") not in ("module", "application/json")
        ] == []
        assert [
            attributes for attributes in Page(html).elements_named("img") if "onerror" in attributes
        ] == []


def test_an_event_links_to_its_page_with_its_id_encoded() -> None:
    assert events(event()).elements_named("a", href="/map/collections/events/items/a%2Fb%20c?f=html")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/", None, "http://[bad"]
)
def test_a_source_is_linked_only_to_http_and_https(url: str | None) -> None:
    page = events(event(sources=[{"title": "Gazette", "url": url}]))
    assert "Gazette" in page.text
    assert [address for address in page.addresses() if address == url] == []


def test_a_source_shows_its_publisher_and_date() -> None:
    source = {"title": "Gazette", "publisher": "Press", "url": "https://a.example/", "date": "2023-05-04"}
    page = events(event(sources=[source]))
    assert page.elements_named("a", href="https://a.example/")
    assert "Gazette, Press, 4 May 2023" in page.text


def test_a_place_known_by_country_only_is_marked() -> None:
    assert "Italy · location known by country only" in events(event()).text


def test_a_city_names_its_country_and_has_no_mark() -> None:
    rome = {"name": "Rome", "country": "IT", "precision": "city", "lon": 12.5, "lat": 41.9}
    text = events(event(places=[rome])).text
    assert "Rome Italy" in text
    assert "location known" not in text


def test_many_places_are_folded_and_all_are_in_the_page() -> None:
    places = [{**ITALY, "name": f"Place {number}"} for number in range(10)]
    text = events(event(places=places)).text
    assert "and 9 more places" in text
    assert "Place 9" in text


def test_an_unplaced_event_is_marked() -> None:
    assert "No location" in events(event(places=[])).text


@pytest.mark.parametrize(
    ("precision", "machine"),
    [("day", "2023-05-03"), ("month", "2023-05"), ("year", "2023"), ("interval", None)],
)
def test_a_machine_readable_date_has_the_precision_of_the_date(precision: str, machine: str | None) -> None:
    times = events(event(date_precision=precision)).elements_named("time")
    assert [time["datetime"] for time in times] == ([machine] if machine else [])


@pytest.mark.parametrize(
    ("date", "label"), [("2023-05-04?", "Why the date is uncertain"), ("2023-05-04", "Note")]
)
def test_a_note_on_an_uncertain_date_has_a_label_that_names_the_date(date: str, label: str) -> None:
    assert f"{label}: Two dates are given." in events(event(date=date, note="Two dates are given.")).text


@pytest.mark.parametrize(("verification", "word"), [("disputed", "Disputed"), ("reported", "As reported")])
def test_a_disputed_or_reported_event_is_marked(verification: str, word: str) -> None:
    assert word in events(event(verification=verification)).text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("officers", 2770, "Officers: 2,770"),
        ("leaders_arrested", 1, "Leaders arrested: 1"),
        ("seized_eur", 5_500_000, "Seized: €5,500,000"),
        ("cocaine_kg", 700, "Cocaine: 700 kg"),
        ("deaths_per_year", 37.8, "Deaths per year: 37.8"),
        ("rural_agencies_percent", 71, "Rural agencies: 71%"),
        ("sentence_months", 30, "Sentence: 30 months"),
        ("unknown_to_us", 3, "Unknown to us: 3"),
        ("days", 3, "Days: 3"),
    ],
)
def test_a_figure_is_its_label_and_its_value(name: str, value: float, text: str) -> None:
    assert figure_text(name, value, translator_for("en")) == text


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("ca", ["Comissat: 5.500.000\u00a0€", "Agències rurals: 71\u00a0%", "Sentence: 30 mesos"]),
        ("es", ["Incautado: 5.500.000\u00a0€", "Agencias rurales: 71\u00a0%", "Sentence: 30 meses"]),
        (
            "fr",
            [
                "Saisi\u00a0: 5\u202f500\u202f000\u00a0€",
                "Services ruraux\u00a0: 71\u00a0%",
                "Sentence\u00a0: 30\u00a0mois",
            ],
        ),
        ("ar", ["المضبوطات: \u200f5,500,000\u00a0€", "الأجهزة الريفية: 71%", "Sentence: 30 شهرًا"]),
    ],
)
def test_a_figure_has_the_labels_spaces_and_units_of_its_language(lang: str, texts: list[str]) -> None:
    figures = {"seized_eur": 5_500_000, "rural_agencies_percent": 71, "sentence_months": 30}
    assert [figure_text(name, value, translator_for(lang)) for name, value in figures.items()] == texts


def test_a_figure_that_bars_can_sum_names_its_unit() -> None:
    names = ("seized_eur", "cocaine_kg", "arrests", "rural_agencies_percent")
    labels = [figure_label(name, translator_for("en")) for name in names]
    assert labels == ["Seized (EUR)", "Cocaine (kg)", "Arrests", "Rural agencies (%)"]


def test_a_chip_removes_one_filter_and_keeps_the_others() -> None:
    params = [
        ("category", "raid,arrest"),
        ("near", "4,50"),
        ("radius", "80"),
        ("cursor", "abc"),
        ("limit", "5"),
    ]
    addresses = {
        chip.text: chip.href for chip in filter_links.chips(view(params=params), translator_for("en"))
    }
    assert addresses == {
        "Raid": "/map/?near=4,50&radius=80&limit=5&category=arrest",
        "Arrest": "/map/?near=4,50&radius=80&limit=5&category=raid",
        "Within 80\u00a0km of 4, 50": "/map/?category=raid,arrest&limit=5",
    }


def test_filters_without_a_field_survive_the_form() -> None:
    page = events(
        params=[("bbox", "1,2,3,4"), ("q", "x"), ("cursor", "c"), ("undated", "exclude"), ("lang", "en")]
    )
    hidden = {
        attributes["name"]: attributes["value"] for attributes in page.elements_named("input", type="hidden")
    }
    assert hidden == {"bbox": "1,2,3,4", "lang": "en"}


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2020/2023", "2020-01-01", "2023-12-31"),
        ("2023-05", "2023-05-01", "2023-05-31"),
        ("../2023-05-03", "", "2023-05-03"),
        ("2016-11-27/P2D", "2016-11-27", "2016-11-28"),
    ],
)
def test_the_date_fields_show_the_whole_days_of_the_period(period: str, start: str, end: str) -> None:
    page = events(params=[("datetime", period)])
    assert (
        page.elements_named("input", id="start")[0]["value"],
        page.elements_named("input", id="end")[0]["value"],
    ) == (
        start,
        end,
    )
    assert page.elements_named("input", name="datetime") == []


@pytest.mark.parametrize("period", ["2023-05-01T12:00:00Z/..", "-0044", "nonsense"])
def test_a_period_that_the_fields_cannot_show_stays_in_the_form(period: str) -> None:
    page = events(params=[("datetime", period)])
    assert page.elements_named("input", type="hidden", name="datetime", value=period)
    assert page.elements_named("input", id="start")[0]["value"] == ""


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2020/2023", "2020–2023"),
        ("2023-05-01/2023-05-31", "May 2023"),
        ("2023-05-01/..", "since 1 May 2023"),
    ],
)
def test_a_period_is_written_in_words(period: str, text: str) -> None:
    assert filter_links.period_text(period, "en") == text


def test_a_country_code_may_have_any_case() -> None:
    page = events(params=[("country", "nl")])
    assert page.elements_named("option", value="NL", selected=None)
    assert "Remove filter: Netherlands" in page.text


def test_several_chosen_categories_stay_chosen_in_the_form() -> None:
    page = events(params=[("category", "raid,arrest")])
    assert page.elements_named("option", value="raid,arrest", selected=None)


BUCKETS = [
    {"start": None, "end": "2022-12-31", "count": 4},
    {"start": "2023-01-01", "end": "2023-01-31", "count": 0},
    {"start": "2023-02-01", "end": "2023-02-28", "count": 2},
]


def test_a_bar_links_to_its_period_under_the_same_filter() -> None:
    drawn = chart(
        view(params=[("q", "x"), ("datetime", "2020/2024")], histogram=BUCKETS), translator_for("en")
    )
    assert drawn is not None
    queries = [parse_qs(urlsplit(bar.href or "").query) for bar in drawn.bars]
    assert queries == [
        {"q": ["x"], "datetime": ["../2022-12-31"]},
        {"q": ["x"], "datetime": ["2023-02-01/2023-02-28"]},
    ]


def test_bars_have_the_height_and_the_label_of_their_counts() -> None:
    drawn = chart(view(histogram=BUCKETS), translator_for("en"))
    assert drawn is not None
    assert [(bar.height, bar.label) for bar in drawn.bars] == [
        (64, "31 December 2022 and earlier: 4 events"),
        (32, "February 2023: 2 events"),
    ]


def test_labels_below_the_bars_do_not_touch_on_a_phone() -> None:
    days = [date(2022, 1, 3) + timedelta(weeks=week) for week in range(20)]
    weeks = [{"start": f"{day}", "end": f"{day + timedelta(days=6)}", "count": 1} for day in days]
    drawn = chart(view(histogram=weeks, interval="week"), translator_for("en"))
    assert drawn is not None
    places = [float(tick.x.rstrip("%")) for tick in drawn.ticks]
    assert len(places) >= 2
    assert all(after - before >= 25 for before, after in pairwise(places))


def test_time_runs_with_the_script() -> None:
    latin, arabic = (chart(view(histogram=BUCKETS), translator_for(lang)) for lang in ("en", "ar"))
    assert latin is not None
    assert arabic is not None
    assert (latin.bars[0].left, arabic.bars[0].left) == ("0.000%", "66.667%")


@pytest.mark.parametrize(
    ("start", "end"), [(None, None), ("+012024-01-01", "+012024-12-31"), ("-0044-01-01", None)]
)
def test_a_bucket_outside_the_calendar_is_drawn(start: str | None, end: str | None) -> None:
    assert events(histogram=[{"start": start, "end": end, "count": 1}], interval="year").elements_named(
        "rect"
    )


def test_an_empty_list_offers_one_link_to_all_events() -> None:
    page = events(params=[("q", "x"), ("lang", "en")])
    assert "No event matches these filters." in page.text
    assert [link["href"] for link in page.elements_named("a") if link.get("class") == "button"] == [
        "/map/?lang=en"
    ]


def test_counts_are_above_the_list() -> None:
    assert "1,051 events 12 undated · 4 unplaced" in events(matched=1051, undated=12, unplaced=4).text


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("ar", "rtl"), ("xx-nonsense", "ltr")])
def test_the_page_names_its_language_and_direction(lang: str, direction: str) -> None:
    page = events(event(), site=replace(SITE, lang=lang))
    assert page.elements_named("html", lang=lang, dir=direction)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_field_has_a_label_and_every_id_is_unique(name: str) -> None:
    page = Page(EVERY_PAGE[name])
    named = {attributes.get("for") for attributes in page.elements_named("label")}
    fields = [
        attributes
        for tag in ("input", "select")
        for attributes in page.elements_named(tag)
        if attributes.get("type") != "hidden"
    ]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert {attributes.get("id") for attributes in fields} <= named
    assert len(ids) == len(set(ids))


def test_a_document_has_no_script_links_and_is_cut_at_a_depth() -> None:
    deep: dict[str, object] = {}
    for _ in range(900):
        deep = {"in": deep}
    link = {"rel": "self", "href": "javascript:alert(1)", "title": "Bad"}
    page = Page(render_document(SITE, "T", {"links": [link], "deep": deep, "list": [1, None, True]}, "x"))
    assert "Bad" in page.text
    assert "javascript:alert(1)" not in page.addresses()


def test_a_problem_shows_its_detail_and_its_example() -> None:
    page = Page(EVERY_PAGE["problem"])
    assert "Bad value" in page.text
    assert "400" in page.text
    assert "limit=10" in page.text
    assert page.elements_named("a", href="/map/")


def test_every_category_of_the_vocabulary_has_a_marker_of_its_own() -> None:
    options = [
        CategoryOption(slug=kind.slug, label="", color=kind.color, shape=kind.shape) for kind in VOCABULARY
    ]
    marks = {slug: mark for slug, mark in symbols(options).items() if slug}
    assert len(marks) == len(VOCABULARY)
    for slug, other_slug in combinations(marks, 2):
        first, second = marks[slug], marks[other_slug]
        different = first.path != second.path or (first.light != second.light and first.dark != second.dark)
        assert different, f"{slug} and {other_slug} have the same marker and colour"


def test_every_shape_that_a_category_may_have_is_drawn() -> None:
    assert tuple(PATHS) == SHAPES


def test_an_unknown_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown marker shape 'star'; expected one of circle, triangle"):
        symbols([CategoryOption(slug="a", label="A", shape="star")])


@pytest.mark.parametrize("color", ["#ffff00", "#ffffff", "#000000", "#1f3fae"])
@pytest.mark.parametrize("ground", ["#ffffff", "#17191d"])
def test_every_colour_has_enough_contrast_with_its_ground(color: str, ground: str) -> None:
    assert contrast(readable(color, ground), ground) >= 3


@pytest.mark.parametrize("color", ["red", "#fff", 'url("x")', ""])
def test_an_invalid_colour_becomes_grey(color: str) -> None:
    mark = symbols([CategoryOption(slug="a", label="A", color=color)])["a"]
    assert re.fullmatch(r"#[0-9a-f]{6}", mark.light)
    assert mark.light == "#6b6b6b"


def test_the_vendored_files_are_those_of_the_pinned_releases() -> None:
    recorded = json.loads(vendor.HASHES.read_text(encoding="utf-8"))
    assert recorded["sha256"] == vendor.hashes()
    assert recorded["packages"] == {package.name: package.version for package in vendor.PACKAGES}


def _in(lang: str) -> Site:
    return replace(SITE, lang=lang)


def test_a_list_of_places_has_the_punctuation_of_its_language() -> None:
    rome = {"name": "Roma", "country": "IT", "precision": "city", "lon": 12.5, "lat": 41.9}
    milan = {**rome, "name": "Milano"}
    sicily = {**rome, "name": "Sicilia", "precision": "admin1"}
    feature = event(places=[rome, milan, sicily])
    french = Page(render_events(view(feature, site=_in("fr")))).text
    arabic = Page(render_events(view(feature, site=_in("ar")))).text
    assert "Roma Italie, Milano Italie\u00a0; Sicilia".replace("\u00a0", " ") in french
    assert "Roma إيطاليا، Milano إيطاليا؛ Sicilia" in arabic


@pytest.mark.parametrize(
    ("lang", "title"),
    [("en", "Bad value"), ("es", "La solicitud no es válida"), ("fr", "La requête n’est pas valide")],
)
def test_a_problem_has_a_title_in_the_readers_language(lang: str, title: str) -> None:
    html = render_problem(_in(lang), {"title": "Bad value", "status": 400, "detail": "Why"})
    assert f"<h1>{title}</h1>" in html
    assert ("Bad value" in html) == (lang == "en")


def test_the_default_description_is_translated_and_an_operators_own_is_not() -> None:
    french = replace(_in("fr"), description=DEFAULT_DESCRIPTION)
    assert "des dates et des lieux honnêtes" in Page(render_events(view(site=french))).text
    assert "Three years of it" in Page(render_events(view(site=_in("fr")))).text


@pytest.mark.parametrize(
    ("name", "value", "lang", "text"),
    [
        ("min_precision", "admin1", "en", "Location known to the state or region, or better"),
        ("min_precision", "city", "fr", "Lieu connu à la ville près ou mieux"),
        ("precision", "city", "es", "Ubicación: ciudad"),
        ("match", "certain", "en", "Only events certain to fall within these dates"),
        ("undated", "exclude", "es", "Sin fecha: excluidos"),
        ("near", "4.35,50.85", "en", "Within 50\u00a0km of 4.35, 50.85"),
        ("near", "4.35,50.85", "ar", "ضمن 50\u00a0كم من \u20664.35, 50.85\u2069"),
        ("country", "BE", "ar", "بلجيكا"),
        ("datetime", "2023-05-03/2023-05-05", "ca", "del 3 al 5 de maig del 2023"),
    ],
)
def test_a_chip_shows_no_raw_value(name: str, value: str, lang: str, text: str) -> None:
    (chip,) = filter_links.chips(view(site=_in(lang), params=[(name, value)]), translator_for(lang))
    assert chip.text == text


def test_the_bounds_of_a_date_are_in_words() -> None:
    html = render_event(_in("fr"), event(latest="2023-05-03", created="2023-06-01T10:00:00Z"), "x")
    assert "<bdi>3 mai 2023</bdi> – <bdi>3 mai 2023</bdi>" in html
    assert ">1er juin 2023</time>" in html
