"""Links to the page with one filter more or less, and the active filters in words, for pages without JavaScript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from db.dates.calendar import DAY, iso_date, month_length, year_month_day
from db.dates.display import display
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadInterval
from timeline.web.messages import Translator
from timeline.web.page_model import EventsView

Params = Sequence[tuple[str, str]]

# Parameters that change how events are shown, and not which.
_DISPLAY_PARAMETERS = frozenset(
    {"limit", "sortby", "properties", "geometry", "lang", "f", "cursor"}
    | {"event", "spot", "map", "theme", "inview", "measure"}
)
_DEPENDENTS = {"near": "radius", "filter": "filter-lang", "datetime": "match"}
_WITHOUT_CHIP = frozenset({"radius", "filter-lang"})
_FORM_FIELDS = frozenset({"start", "end", "category", "country", "verification", "q", "sortby"})
_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"  # of <input type="date">
_DEFAULT_RADIUS_KM = "50"


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, and the address of the view without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class DateFields:
    """The values of the two date fields; `exact` if they say the same as the `datetime` parameter."""

    start: str
    end: str
    exact: bool


def page_address(home: str, params: Params) -> str:
    """Return the address of the events page at `home`, without the cursor, which is valid for one filter only."""
    query = urlencode([(k, v) for k, v in params if k not in ("cursor", "f")], quote_via=quote, safe=",:/")
    return f"{home}?{query}" if query else home


def event_address(root: str, identifier: object) -> str:
    """Return the address of one event's page."""
    return f"{root}/collections/events/items/{quote(str(identifier), safe='')}?f=html"


def list_values(params: Params, name: str) -> list[str]:
    """Return the values of a comma-separated parameter."""
    return [part for key, value in params if key == name for part in value.split(",") if part]


def value_of(params: Params, name: str) -> str:
    """Return the value of a parameter, "" where it is not set."""
    return next((value for key, value in params if key == name), "")


def with_value(params: Params, name: str, value: str) -> list[tuple[str, str]]:
    """Return the parameters with one set; an empty value removes it and the parameter that depends on it."""
    removed = {name} if value else {name, _DEPENDENTS.get(name, name)}
    others = [pair for pair in params if pair[0] not in removed]
    return [*others, (name, value)] if value else others


def with_toggled(params: Params, name: str, value: str) -> list[tuple[str, str]]:
    """Return the parameters with a value added to a comma-separated one, or removed if it is there."""
    present = list_values(params, name)
    values = [other for other in present if other != value] if value in present else [*present, value]
    return with_value(params, name, ",".join(values))


def without_filters(params: Params) -> list[tuple[str, str]]:
    """Return the parameters that choose no events, such as the language and the order."""
    return [pair for pair in params if pair[0] in _DISPLAY_PARAMETERS]


def hidden_fields(params: Params, dates: DateFields) -> list[tuple[str, str]]:
    """Return the parameters without a field in the form, so that submitting it keeps them."""
    in_form = _FORM_FIELDS | {"cursor", "f"} | ({"datetime"} if dates.exact else set())
    return [(k, v) for k, v in params if k not in in_form and (k, v) != ("undated", "exclude")]


def date_fields(params: Params) -> DateFields:
    """Return the `datetime` parameter as two days; both are empty where it names no whole days."""
    period = value_of(params, "datetime")
    if not period:
        return DateFields("", "", exact=True)
    span = _parse_interval(period)
    if span is None:
        return DateFields("", "", exact=False)
    start = "" if span.first == ALWAYS else iso_date(span.first)
    end = "" if span.last == FOREVER else iso_date(span.last)
    fits = all(not day or (len(day) == 10 and _FIRST_DAY <= day <= _LAST_DAY) for day in (start, end))
    whole_days = (not start or span.first % DAY == 0) and (not end or span.last % DAY == DAY - 1)
    return DateFields(start, end, exact=True) if fits and whole_days else DateFields("", "", exact=False)


def period_text(period: str, lang: str) -> str:
    """Return a `datetime` parameter in words, "May 2023", "since 1 May 2023"; times are returned as they are."""
    span = _parse_interval(period)
    dates = date_fields([("datetime", period)])
    if span is None or not dates.exact or not (dates.start or dates.end):
        return period
    start, end = dates.start or "..", dates.end or ".."
    if dates.start and dates.end:
        start, end = _without_spare_digits(start, end, span)
    return display(start if start == end else f"{start}/{end}", lang)


def _without_spare_digits(start: str, end: str, span: Interval) -> tuple[str, str]:
    """Write whole months as YYYY-MM and whole years as YYYY."""
    year, month, day = year_month_day(span.last // DAY)
    if not start.endswith("-01") or day != month_length(year, month):
        return start, end
    length = 4 if start.endswith("-01-01") and month == 12 else 7
    return start[:length], end[:length]


def _parse_interval(period: str) -> Interval | None:
    try:
        return Interval.parse(period)
    except BadInterval:
        return None


def chips(view: EventsView, translator: Translator) -> list[Chip]:
    """Return every active filter in words, with the address of the view without it."""
    return [
        Chip(_chip_text(view, translator, name, value), page_address(view.site.home, others))
        for name, value, others in _active_filters(view)
    ]


def _active_filters(view: EventsView) -> Iterator[tuple[str, str, Params]]:
    """Yield the name and value of each filter, a list's members one by one, and the parameters without it."""
    # Ids have one chip, which counts them.
    lists = {name for name, many, _ in view.filter_parameters if many} - {"ids"}
    for name, value in view.params:
        if name in _DISPLAY_PARAMETERS or name in _WITHOUT_CHIP or not value:
            continue
        if name not in lists:
            yield name, value, with_value(view.params, name, "")
            continue
        for member in list_values([(name, value)], name):
            yield name, member, with_toggled(view.params, name, member)


def _chip_text(view: EventsView, translator: Translator, name: str, value: str) -> str:
    if name == "category":
        return next((option.label for option in view.categories if option.slug == value), value)
    if name == "country":
        return country_label(view, value, translator)
    if name == "verification" and translator.has(value):
        return translator.translate(value)
    if name == "datetime":
        return period_text(value, translator.lang)
    if name == "near":
        radius = value_of(view.params, "radius") or _DEFAULT_RADIUS_KM
        return translator.translate("chip_near", value=_spaced(value, translator), km=radius)
    if name == "ids":
        return translator.translate("chip_ids", n=len(value.split(",")))
    if translator.has(f"chip_{name}_{value}"):
        return translator.translate(f"chip_{name}_{value}")
    if translator.has(f"chip_{name}"):
        shown = _spaced(value, translator) if name == "bbox" else value
        return translator.translate(f"chip_{name}", value=shown)
    return translator.translate("chip_other", name=name, value=value)


def country_label(view: EventsView, code: str, translator: Translator) -> str:
    """Return the name of a country (ISO 3166-1 alpha-2), as the form of filters has it."""
    names = (option.name for option in view.countries if option.code == code.upper())
    return next(names, None) or translator.country_name(code.upper()) or code


def _spaced(value: str, translator: Translator) -> str:
    """Return coordinates in degrees with a separator, isolated so that Arabic does not reverse them."""
    coordinates = ", ".join(value.split(","))
    return f"\u2066{coordinates}\u2069" if translator.direction == "rtl" else coordinates


def still_query(params: Params) -> str:
    """Return the query string of the still picture of a view: "?…", or ""."""
    pairs = [
        (name, value)
        for name, value in params
        if value
        and (name not in _DISPLAY_PARAMETERS or name == "lang" or (name == "theme" and value != "auto"))
    ]
    return f"?{urlencode(pairs, safe=',:/*')}" if pairs else ""
