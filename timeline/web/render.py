"""The pages as HTML: the events, one event, an OGC document, a problem, the API documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from timeline.web import event_model, filter_links
from timeline.web.content_security import CSP
from timeline.web.date_forms import date_forms
from timeline.web.figures import figure_label
from timeline.web.messages import Translator, translator_for
from timeline.web.page_model import DEFAULT_DESCRIPTION, CategoryOption, CountryOption, EventsView, Site
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
_SERVER_ONLY = (
    "desk_",
    "role_",
    "figure_",
    "problem_",
    "description",
)  # texts that the page's script never writes


def _digest(folder: Path) -> str:
    """Return twelve hexadecimal digits that change with any name or byte of the folder's files."""
    digest = sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


# The path of the static files changes with their content, so that browsers may cache them for ever.
ASSETS = f"/assets/{_digest(STATIC)}"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.tests["web"] = event_model.is_web_address
_ENVIRONMENT.tests["fits_one_line"] = event_model.fits_one_line


def render_events(view: EventsView) -> str:
    """Return the page of events with its filters and its timeline, as HTML."""
    site, translator = view.site, translator_for(view.site.lang)
    categories = {option.slug: option for option in view.vocabulary or view.categories}
    marks = symbols(categories.values())
    keys = (key for key in translator.messages if not key.startswith(_SERVER_ONLY))
    return render(
        "events.html",
        site,
        view=view,
        events=[event_model.event_text(site, translator, feature, categories) for feature in view.features],
        marks=marks,
        words=block(translator.for_browser(keys)),
        facts=block(_facts(view, marks)),
        still=filter_links.still_query(view.params),
        still_map=filter_links.still_query([*view.params, ("part", "map")]),
        chart=chart(view, translator),
        chart_height=HEIGHT,
        chips=filter_links.chips(view, translator),
        figure_label=lambda name: figure_label(name, translator),
        json_url=view.json,
        **_links(view),
        **_form_values(view, translator),
    )


def _links(view: EventsView) -> dict[str, Any]:
    """Return the addresses to which the page links: other filters, and the page outside its frame."""
    home, params = view.site.home, view.params

    def address(changed: Sequence[tuple[str, str]]) -> str:
        return filter_links.page_address(home, changed)

    return {
        "full": filter_links.page_address(f"{view.site.root}/", params),
        "undated": address(filter_links.with_value(params, "undated", "only")),
        "unplaced": address(filter_links.with_value(params, "unplaced", "only")),
        "any_date": address(filter_links.with_value(params, "datetime", "")),
        "clear": address(filter_links.without_filters(params)),
        "pill": lambda slug: address(filter_links.with_toggled(params, "category", slug)),
    }


def _form_values(view: EventsView, translator: Translator) -> dict[str, Any]:
    """Return what the form of filters shows."""
    dates = filter_links.date_fields(view.params)
    countries = [code.upper() for code in filter_links.list_values(view.params, "country")]
    labels = [filter_links.country_label(view, code, translator) for code in countries]
    return {
        "dates": dates,
        "hidden": filter_links.hidden_fields(view.params, dates),
        "chosen": {
            "category": filter_links.list_values(view.params, "category"),
            "country": countries,
            "verification": filter_links.list_values(view.params, "verification"),
        },
        "chosen_countries": translator.translate("comma").join(labels),
        "ask": lambda name: filter_links.value_of(view.params, name),
    }


def render_event(
    site: Site, feature: Mapping[str, Any], json_url: str, category: CategoryOption | None = None
) -> str:
    """Return the page of one event as HTML; `category` has its label and marker."""
    translator = translator_for(site.lang)
    categories = {category.slug: category} if category else {}
    return render(
        "event.html",
        site,
        event=event_model.event_text(site, translator, feature, categories),
        properties=feature.get("properties") or {},
        precision=lambda place: event_model.precision_text(place, translator),
        tagged=lambda tag: filter_links.page_address(site.home, [("tag", tag)]),
        marks=symbols(categories.values()),
        json_url=json_url,
    )


def render_document(site: Site, title: str, document: Mapping[str, Any], json_url: str) -> str:
    """Return a JSON document of the API as HTML: its description, its links, and its values as nested lists."""
    values = {k: v for k, v in document.items() if k not in ("title", "description", "links")}
    return render(
        "document.html",
        site,
        title=document.get("title") or title,
        description=document.get("description"),
        links=document.get("links") or [],
        plain_values={k: v for k, v in values.items() if not isinstance(v, dict | list)},
        nested_values={k: v for k, v in values.items() if isinstance(v, dict | list)},
        json_url=json_url,
    )


def render_problem(site: Site, problem: Mapping[str, Any]) -> str:
    """Return the page of an RFC 9457 problem: what was wrong, what was expected, an example, and a link home."""
    translator = translator_for(site.lang)
    key = f"problem_{problem.get('status')}"
    title = translator.translate(key if translator.has(key) else "problem")
    return render("problem.html", site, problem=problem, translated_title=title, json_url=None)


def render_docs(site: Site) -> str:
    """Return the page of the API documentation, which loads {root}/openapi.json in the browser."""
    return render("docs.html", site, json_url=None)


def block(document: Mapping[str, Any]) -> Markup:
    """Return JSON for a script element of HTML, in which only `<` could end the element."""
    return Markup(msgspec.json.encode(document).decode().replace("<", "\\u003c"))  # noqa: S704  # no tag is left in it


def _facts(view: EventsView, marks: Mapping[str, Symbol]) -> dict[str, Any]:
    """Return what the page's script cannot compute: paths, sizes, and the vocabulary with its markers."""
    options = view.vocabulary or view.categories
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
        "categories": [_category_fact(option, marks[option.slug]) for option in options],
        "dates": date_forms(site.lang),
        "filter": [
            {"name": name, "many": many, "local": local} for name, many, local in view.filter_parameters
        ],
    }


def _category_fact(option: CategoryOption, mark: Symbol) -> dict[str, str]:
    return {
        "slug": option.slug,
        "label": option.label,
        "light": mark.light,
        "dark": mark.dark,
        "path": mark.path,
    }


def render(template: str, site: Site, **values: Any) -> str:
    """Return a template filled in with these values and with those that every page needs."""
    translator = translator_for(site.lang)
    if site.description == DEFAULT_DESCRIPTION:
        site = replace(site, description=translator.translate("description"))
    return _ENVIRONMENT.get_template(template).render(
        site=site,
        root=site.root,
        assets=site.root + ASSETS,
        framed=site.framed,
        translate=translator.translate,
        number=translator.number,
        date_text=lambda date: event_model.date_text(date, site.lang),
        direction=translator.direction,
        **values,
    )
