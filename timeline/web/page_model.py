"""What the pages are given: the site, and one view of the events."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site around a page.

    `root` is the path prefix of every link, such as "" or "/map"; `base` the absolute address of the site, and
    `address` that of the page, where it can be embedded. `framed`: the page stands in somebody's article.
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
        """Give the path of the page of events, which filters lead back to."""
        return f"{self.root}/embed" if self.framed else f"{self.root}/"


@dataclass(frozen=True, kw_only=True)
class CategoryOption:
    """A category of the vocabulary, its marker (`color` as #rrggbb), and how many events it holds."""

    slug: str
    label: str
    color: str = "#6b6b6b"
    shape: str = "circle"
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class CountryOption:
    """A country by its ISO 3166-1 alpha-2 code, and how many events it holds."""

    code: str
    name: str
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class EventsView:
    """One page of events under a filter.

    `params` are the active, canonical query parameters; `histogram` holds {"start", "end", "count"}, both
    days inclusive; `next` and `json` are relative addresses of the next page and of the list as GeoJSON.
    `filter_parameters` are the names of the parameters that choose events, and whether each takes a list.
    `vocabulary` holds every category, also those without events; `large`: too many for the browser to hold,
    `crowded`: the whole site has that many; `figures`: what may be summed instead of counting events.
    """

    site: Site
    features: list[dict[str, Any]]
    matched: int
    undated: int
    unplaced: int
    params: list[tuple[str, str]] = field(default_factory=list)
    filter_parameters: list[tuple[str, bool]] = field(default_factory=list)
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
