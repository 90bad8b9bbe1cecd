"""Render the pages: the events, one event, an OGC document, a problem, the API documentation."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from timeline.web import event_model, filter_links
from timeline.web.content_security import CSP
from timeline.web.date_forms import date_forms
from timeline.web.messages import voice
from timeline.web.page_model import CategoryOption, CountryOption, EventsView, Site
from timeline.web.stills.histogram import HEIGHT, chart
from timeline.web.stills.markers import Symbol, symbols

__all__ = [
    "ASSETS",
    "CSP",
    "STATIC",
    "CategoryOption",
    "CountryOption",
    "EventsView",
    "Site",
    "render_docs",
    "render_document",
    "render_event",
    "render_events",
    "render_problem",
]

STATIC = Path(__file__).parent / "static"


def _version(folder: Path) -> str:
    """Name the state of a folder by its files' names and bytes, in twelve hexadecimal digits."""
    found = sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes())
    return found.hexdigest()[:12]


# Where the pages find their own files: another address for every other state, so that it may be kept for ever.
ASSETS = f"/assets/{_version(STATIC)}"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.tests["web"] = event_model.web
_ENVIRONMENT.tests["flat"] = event_model.flat


def render_events(view: EventsView) -> str:
    """Render the list of events with its filters and its timeline."""
    site, speaker = view.site, voice(view.site.lang)
    categories = {option.slug: option for option in view.vocabulary or view.categories}
    dates = filter_links.dates(view.params)
    marks = symbols(categories.values())
    return render(
        "events.html",
        site,
        view=view,
        rows=[event_model.row(site, speaker, feature, categories) for feature in view.features],
        marks=marks,
        words=block(speaker.script(key for key in speaker.messages if not key.startswith("desk_"))),
        facts=block(_facts(view, marks)),
        still=filter_links.still(view.params),
        still_map=filter_links.still([*view.params, ("part", "map")]),
        full=filter_links.page(f"{site.root}/", view.params),
        undated=filter_links.page(site.home, filter_links.put(view.params, "undated", "only")),
        unplaced=filter_links.page(site.home, filter_links.put(view.params, "unplaced", "only")),
        chart=chart(view, speaker),
        chart_height=HEIGHT,
        chips=filter_links.chips(view, speaker),
        dates=dates,
        hidden=filter_links.hidden(view.params, dates),
        chosen={
            "category": filter_links.values(view.params, "category"),
            "country": [code.upper() for code in filter_links.values(view.params, "country")],
        },
        ask=lambda name: filter_links.text(view.params, name),
        pill=lambda slug: filter_links.page(site.home, filter_links.toggle(view.params, "category", slug)),
        any_date=filter_links.page(site.home, filter_links.put(view.params, "datetime", "")),
        clear=filter_links.page(site.home, filter_links.clear(view.params)),
        json_url=view.json,
    )


def render_event(
    site: Site, feature: Mapping[str, Any], json_url: str, category: CategoryOption | None = None
) -> str:
    """Render one event in full; `category` brings its label and marker."""
    speaker = voice(site.lang)
    found = {category.slug: category} if category else {}
    return render(
        "event.html",
        site,
        row=event_model.row(site, speaker, feature, found),
        properties=feature.get("properties") or {},
        precision=lambda place: event_model.precision(place, speaker),
        tagged=lambda tag: filter_links.page(site.home, [("tag", tag)]),
        marks=symbols(found.values()),
        json_url=json_url,
    )


def render_document(site: Site, title: str, document: Mapping[str, Any], json_url: str) -> str:
    """Render a JSON document of the API: its description, its links, and the rest as nested lists."""
    rest = {k: v for k, v in document.items() if k not in ("title", "description", "links")}
    return render(
        "document.html",
        site,
        title=document.get("title") or title,
        description=document.get("description"),
        links=document.get("links") or [],
        plain_values={k: v for k, v in rest.items() if not isinstance(v, dict | list)},
        rest={k: v for k, v in rest.items() if isinstance(v, dict | list)},
        json_url=json_url,
    )


def render_problem(site: Site, problem: Mapping[str, Any]) -> str:
    """Render an RFC 9457 problem: what was wrong, what was expected, an example, and the way back."""
    return render("problem.html", site, problem=problem, json_url=None)


def render_docs(site: Site) -> str:
    """Render the API documentation, which reads {root}/openapi.json in the browser."""
    return render("docs.html", site, json_url=None)


def block(document: Mapping[str, Any]) -> Markup:
    """Write JSON that may stand in a script element of HTML, where only `<` could end it."""
    return Markup(msgspec.json.encode(document).decode().replace("<", "\\u003c"))  # noqa: S704  # no tag is left in it


def _facts(view: EventsView, marks: Mapping[str, Symbol]) -> dict[str, Any]:
    """Tell the page's script what it cannot see: where the site is, and the vocabulary with its markers."""
    kinds = [
        {
            "slug": option.slug,
            "label": option.label,
            "light": mark.light,
            "dark": mark.dark,
            "path": mark.path,
        }
        for option in view.vocabulary or view.categories
        for mark in [marks[option.slug]]
    ]
    site = view.site
    return {
        "root": site.root,
        "assets": site.root + ASSETS,
        "home": site.home,
        "framed": site.framed,
        "title": site.title,
        "large": view.large,
        "crowded": view.crowded,
        "matched": view.matched,
        "figures": view.figures,
        "categories": kinds,
        "dates": date_forms(site.lang),
        "filter": [{"name": name, "many": many} for name, many in view.filter_parameters],
    }


def render(template: str, site: Site, **values: Any) -> str:
    """Render a template with what every page needs."""
    speaker = voice(site.lang)
    return _ENVIRONMENT.get_template(template).render(
        site=site,
        root=site.root,
        assets=site.root + ASSETS,
        framed=site.framed,
        say=speaker.say,
        number=speaker.number,
        direction=speaker.direction,
        **values,
    )
