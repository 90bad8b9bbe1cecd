"""The values that templates receive: the site, and one view of the events."""

from dataclasses import dataclass, field
from typing import Any

# The pages translate it; a description of an operator's own is shown as it is.
DEFAULT_DESCRIPTION = "Dated events on a map, with honest dates and honest places."


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site that a page belongs to.

    `root` is the path prefix of every link, such as "" or "/map"; `base` is the absolute address of the site, and
    `address` that of the page where it can be embedded. `framed` means that the page is inside an article's frame.
    """

    title: str
    description: str
    lang: str
    root: str
    base: str = ""
    address: str = ""
    theme: str = "auto"
    framed: bool = False

    @property
    def home(self) -> str:
        """Return the path of the events page, to which filters link."""
        return f"{self.root}/embed" if self.framed else f"{self.root}/"


@dataclass(frozen=True, kw_only=True)
class CategoryOption:
    """A category of the vocabulary, its marker (`color` as #rrggbb), and how many matching events have it."""

    slug: str
    label: str
    color: str = "#6b6b6b"
    shape: str = "circle"
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class CountryOption:
    """A country by its ISO 3166-1 alpha-2 code, and how many matching events name it."""

    code: str
    name: str
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class EventsView:
    """One page of events under a filter.

    `params` are the active, canonical query parameters; `histogram` has {"start", "end", "count"} for each bar, both
    days inclusive; `next` and `json` are relative addresses of the next page and of the list as GeoJSON.
    `filter_parameters` has for each parameter that chooses events its name, whether it takes a list, and whether the
    page's own filter evaluates it; `alternates` has media type and address of the same events in other formats.
    `vocabulary` has every category, also those without events; `large` means that more events match than the browser
    loads, `crowded` that the whole site has that many; `figures` are the names of figures that the bars can sum.
    """

    site: Site
    features: list[dict[str, Any]]
    matched: int
    undated: int
    unplaced: int
    params: list[tuple[str, str]] = field(default_factory=list)
    filter_parameters: list[tuple[str, bool, bool]] = field(default_factory=list)
    categories: list[CategoryOption] = field(default_factory=list)
    vocabulary: list[CategoryOption] = field(default_factory=list)
    countries: list[CountryOption] = field(default_factory=list)
    histogram: list[dict[str, Any]] = field(default_factory=list)
    interval: str = "month"
    figures: list[str] = field(default_factory=list)
    next: str | None = None
    large: bool = False
    crowded: bool = False
    json: str
    alternates: list[tuple[str, str]] = field(default_factory=list)
