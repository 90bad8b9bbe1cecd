"""Addresses with one filter more or less, without JavaScript: chips, pills, hidden fields, date fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from db.dates.calendar import DAY, civil, iso_date, month_length
from db.dates.display import display
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadInterval
from timeline.web.messages import Voice
from timeline.web.page_model import EventsView

Params = Sequence[tuple[str, str]]

# What shapes the answer but chooses no events.
_MANNERS = frozenset(
    {"limit", "sortby", "properties", "geometry", "lang", "f", "cursor"}
    | {"event", "spot", "map", "theme", "inview", "measure"}
)
_LISTS = frozenset({"category", "country", "tag"})
_COMPANIONS = {"near": "radius", "filter": "filter-lang", "datetime": "match"}
_COMPANION = frozenset({"radius", "filter-lang"})
_FIELDS = frozenset({"start", "end", "category", "country", "q", "sortby"})
_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, and the address of the view without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Dates:
    """What the date fields show; `exact` when they say all that the `datetime` parameter does."""

    start: str
    end: str
    exact: bool


def page(home: str, params: Params) -> str:
    """Write the address of the events page at `home` under parameters; a cursor holds for its own filter only."""
    query = urlencode([(k, v) for k, v in params if k not in ("cursor", "f")], quote_via=quote, safe=",:/")
    return f"{home}?{query}" if query else home


def item(root: str, identifier: object) -> str:
    """Write the address of one event's page."""
    return f"{root}/collections/events/items/{quote(str(identifier), safe='')}?f=html"


def values(params: Params, name: str) -> list[str]:
    """List the values of a comma-separated parameter."""
    return [part for key, value in params if key == name for part in value.split(",") if part]


def text(params: Params, name: str) -> str:
    """Give the value of a parameter, "" where it is not set."""
    return next((value for key, value in params if key == name), "")


def put(params: Params, name: str, value: str) -> list[tuple[str, str]]:
    """Set a parameter, or take it and what only has meaning beside it away with an empty value."""
    gone = {name} if value else {name, _COMPANIONS.get(name, name)}
    rest = [pair for pair in params if pair[0] not in gone]
    return [*rest, (name, value)] if value else rest


def toggle(params: Params, name: str, value: str) -> list[tuple[str, str]]:
    """Add a value to a comma-separated parameter, or take it away."""
    chosen = values(params, name)
    kept = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
    return put(params, name, ",".join(kept))


def clear(params: Params) -> list[tuple[str, str]]:
    """Take away every filter, and keep the language, the order and the length of the list."""
    return [pair for pair in params if pair[0] in _MANNERS]


def hidden(params: Params, dates: Dates) -> list[tuple[str, str]]:
    """List what the form has no field for, so that it survives sending."""
    shown = _FIELDS | {"cursor", "f"} | ({"datetime"} if dates.exact else set())
    return [(k, v) for k, v in params if k not in shown and (k, v) != ("undated", "exclude")]


def dates(params: Params) -> Dates:
    """Read the `datetime` parameter into two days, where whole days say it."""
    asked = text(params, "datetime")
    if not asked:
        return Dates("", "", exact=True)
    span = _span(asked)
    if span is None:
        return Dates("", "", exact=False)
    start = "" if span.first == ALWAYS else iso_date(span.first)
    end = "" if span.last == FOREVER else iso_date(span.last)
    fits = all(not day or (len(day) == 10 and _FIRST_DAY <= day <= _LAST_DAY) for day in (start, end))
    whole = (not start or span.first % DAY == 0) and (not end or span.last % DAY == DAY - 1)
    return Dates(start, end, exact=True) if fits and whole else Dates("", "", exact=False)


def period(asked: str, lang: str) -> str:
    """Say a `datetime` parameter in words: "May 2023", "since 1 May 2023"; what has none stands as it is."""
    span = _span(asked)
    found = dates([("datetime", asked)])
    if span is None or not found.exact:
        return asked
    start, end = found.start or "..", found.end or ".."
    if found.start and found.end:
        start, end = _shorten(start, end, span)
    return display(start if start == end else f"{start}/{end}", lang)


def _shorten(start: str, end: str, span: Interval) -> tuple[str, str]:
    """Say whole months and whole years as such."""
    year, month, day = civil(span.last // DAY)
    if not start.endswith("-01") or day != month_length(year, month):
        return start, end
    cut = 4 if start.endswith("-01-01") and month == 12 else 7
    return start[:cut], end[:cut]


def _span(asked: str) -> Interval | None:
    try:
        return Interval.parse(asked)
    except BadInterval:
        return None


def chips(view: EventsView, voice: Voice) -> list[Chip]:
    """Say every active filter in words, with the address of the view without it."""
    found = []
    for name, value in view.params:
        if name in _MANNERS or name in _COMPANION or not value:
            continue
        if name in _LISTS:
            for each in values([(name, value)], name):
                rest = toggle(view.params, name, each)
                found.append(Chip(_label(view, voice, name, each), page(view.site.home, rest)))
        else:
            rest = put(view.params, name, "")
            found.append(Chip(_label(view, voice, name, value), page(view.site.home, rest)))
    return found


def _label(view: EventsView, voice: Voice, name: str, value: str) -> str:
    if name == "category":
        return next((option.label for option in view.categories if option.slug == value), value)
    if name == "country":
        return next((option.name for option in view.countries if option.code == value.upper()), value)
    if name == "datetime":
        return period(value, voice.lang)
    if name == "near":
        return voice.say("chip_near", value=value.replace(",", ", "), km=text(view.params, "radius") or "50")
    if name == "ids":
        return voice.say("chip_ids", n=len(value.split(",")))
    if name in ("undated", "unplaced", "match") and voice.knows(f"chip_{name}_{value}"):
        return voice.say(f"chip_{name}_{value}")
    if voice.knows(f"chip_{name}"):
        return voice.say(f"chip_{name}", value=value.replace(",", ", ") if name == "bbox" else value)
    return voice.say("chip_other", name=name, value=value)


def still(params: Params) -> str:
    """Write the query string of the still picture of a view: "?…", or nothing."""
    kept = [
        (name, value)
        for name, value in params
        if value and (name not in _MANNERS or name == "lang" or (name == "theme" and value != "auto"))
    ]
    return f"?{urlencode(kept, safe=',:/*')}" if kept else ""
