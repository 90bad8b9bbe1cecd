"""Every sentence of the interface, in one place for a translator; numbers and names in the page's language.

A pair holds the forms for one and for many. What stands in braces is filled in.
"""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal

TEXTS: dict[str, str | tuple[str, str]] = {
    "skip": "Skip to the events",
    "skip_timeline": "Skip the timeline",
    "site_links": "Site",
    "api": "API",
    "geojson": "GeoJSON",
    "all_events": "All events",
    "filters": "Filters",
    "search": "Search",
    "search_hint": 'Words, "a phrase" or prefix*',
    "from": "From",
    "to": "To",
    "category": "Category",
    "all_categories": "All categories",
    "country": "Country",
    "all_countries": "All countries",
    "order": "Order",
    "order_-date": "Newest first",
    "order_date": "Oldest first",
    "order_title": "By title",
    "order_-updated": "Last changed first",
    "no_undated": "Leave out undated events",
    "apply": "Show events",
    "clear": "Clear all filters",
    "active": "Active filters",
    "add": "Add filter",
    "remove": "Remove filter",
    "categories": "Categories",
    "timeline": "Timeline",
    "timeline_help": "Events by the earliest day on which they may have begun; a bar leads to its time.",
    "all_dates": "All dates",
    "per_day": "events per day",
    "per_week": "events per week",
    "per_month": "events per month",
    "per_quarter": "events per quarter",
    "per_year": "events per year",
    "per_decade": "events per decade",
    "per_century": "events per century",
    "per_millennium": "events per millennium",
    "per_period": "events per period",
    "before": "{to} and before",
    "any_time": "no known beginning",
    "events": ("{n} event", "{n} events"),
    "bar": ("{when}: {n} event", "{when}: {n} events"),
    "undated_count": "{n} undated",
    "unplaced_count": "{n} unplaced",
    "undated": "undated",
    "unplaced": "No place given",
    "more_places": ("and {n} more place", "and {n} more places"),
    "more_figures": ("{n} more figure", "{n} more figures"),
    "at_country": "placed at country level",
    "at_region": "placed at the level of several countries",
    "at_admin1": "placed at state or region level",
    "at_admin2": "placed at county or district level",
    "at_city": "placed at city level",
    "at_neighbourhood": "placed at neighbourhood level",
    "at_point": "exact point",
    "within_km": "within about {km} km",
    "disputed": "Disputed",
    "reported": "As reported",
    "confirmed": "Confirmed",
    "draft": "Draft",
    "review": "In review",
    "retracted": "Retracted",
    "doubt": "Why the date is doubtful",
    "note": "Note",
    "source": ("Source", "Sources"),
    "next": "Next page",
    "empty": "No event matches these filters.",
    "empty_site": "There are no events yet.",
    "attribution": "Place data",
    "date": "Date",
    "date_text": "Date as recorded (EDTF)",
    "bounds": "Earliest and latest possible day",
    "open_start": "no known beginning",
    "open_end": "no known end",
    "places": "Places",
    "place": "Place",
    "precision": "Precision",
    "position": "Longitude, latitude",
    "figures": "Figures",
    "tags": "Tags",
    "verification": "Verification",
    "status": "Status",
    "data": "Further data",
    "created": "Recorded",
    "updated": "Last changed",
    "id": "Identifier",
    "links": "Links",
    "yes": "yes",
    "no": "no",
    "nothing": "none",
    "example": "For example",
    "problem": "Something went wrong",
    "back": "Show all events",
    "docs": "API documentation",
    "servers": "Server",
    "docs_noscript": "This page needs JavaScript. The same description as a file:",
    "openapi": "OpenAPI description",
    "chip_bbox": "Inside the box {value}",
    "chip_near": "Within {km} km of {value}",
    "chip_within": "Inside a drawn area",
    "chip_precision": "Placed at least at the level: {value}",
    "chip_filter": "Expression: {value}",
    "chip_ids": ("{n} chosen event", "{n} chosen events"),
    "chip_tag": "Tag: {value}",
    "chip_q": "Search: {value}",
    "chip_undated_exclude": "Without undated events",
    "chip_undated_only": "Only undated events",
    "chip_unplaced_exclude": "Without unplaced events",
    "chip_unplaced_only": "Only unplaced events",
    "chip_match_certain": "Only if the date is certain",
    "chip_other": "{name}: {value}",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Says texts, numbers and country names in the language of a page."""

    lang: str
    locale: Locale

    @property
    def direction(self) -> str:
        """Give the writing direction for `dir`: ltr or rtl."""
        return str(self.locale.text_direction)

    def say(self, key: str, n: int | None = None, **parts: object) -> str:
        """Fill in a text; `n` chooses between one and many. Raises KeyError for a text that is not there."""
        text = TEXTS[key]
        if isinstance(text, tuple):
            text = text[0] if n == 1 else text[1]
        if n is not None:
            parts["n"] = self.number(n)
        return text.format(**parts) if parts else text

    def knows(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in TEXTS

    def number(self, value: float) -> str:
        """Write a number with the separators of the language."""
        return str(format_decimal(value, locale=self.locale))

    def money(self, value: float, currency: str) -> str:
        """Write an amount of a currency (ISO 4217), without cents where there are none."""
        pattern = self.locale.currency_formats["standard"].pattern
        if float(value).is_integer():
            pattern = pattern.replace("0.00", "0")
        return str(
            format_currency(value, currency, format=pattern, locale=self.locale, currency_digits=False)
        )

    def country(self, code: str | None) -> str | None:
        """Name a country by its ISO 3166-1 alpha-2 code; a code that nobody knows stands as it is."""
        return self.locale.territories.get(code, code) if code else None


@lru_cache(maxsize=64)
def voice(lang: str) -> Voice:
    """Find the voice of a language tag; one that babel does not know reads as English."""
    try:
        return Voice(lang, Locale.parse(lang.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return Voice("en", Locale("en"))
