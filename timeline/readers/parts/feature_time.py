"""The time of a Feature outside its properties: `time` of JSON-FG, and `when` of the Linked Places format."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_OPEN = ".."
_STILL = ("present", "now", "ongoing", "..")
_FRACTION = re.compile(r"(:\d\d)[.,]\d+")
_SHORT_YEAR = re.compile(r"(-?)(\d{1,3})(?=-|$)")
_JSON_FG_KEYS = ("date", "timestamp", "interval")
_EXAMPLE = '{"date": "2022-03-04"} or {"interval": ["2022-01-01", ".."]}'
_LPF_EXAMPLE = '{"timespans": [{"start": {"in": "1850"}, "end": {"in": "1860"}}]}'


class FeatureTime(NamedTuple):
    """A time in EDTF ("" for none), and whether it says all that the member says."""

    edtf: str = ""
    is_complete: bool = False


def is_json_fg_time(value: Any) -> bool:
    """Return whether a value is a `time` of JSON-FG, and not a foreign member of that name."""
    return isinstance(value, Mapping) and not value.keys().isdisjoint(_JSON_FG_KEYS)


def json_fg_time(time: Mapping[str, Any]) -> FeatureTime:
    """Return a `time` of JSON-FG (OGC 21-045r1, 7.8); raise ValueError with what is wrong in it.

    The timestamp is more precise than the date, so it is taken if there are both.
    """
    moments = [_text("time", time[name]) for name in ("timestamp", "date") if time.get(name) is not None]
    interval = time.get("interval")
    if interval is None:
        return FeatureTime(moments[0] if moments else "", not time.keys() - {"date", "timestamp"})
    if not isinstance(interval, list) or len(interval) != 2:
        raise ValueError(f"time: {interval!r} is not an interval; expected two dates, such as {_EXAMPLE}")
    start, end = (_OPEN if side in (None, "") else _text("time", side) for side in interval)
    if moments:
        return FeatureTime(moments[0])
    if start == end == _OPEN:
        return FeatureTime("", is_complete=True)
    return FeatureTime(start if start == end else f"{start}/{end}", not time.keys() - {"interval"})


def is_linked_places_when(value: Any) -> bool:
    """Return whether a value is a `when` of the Linked Places format, or only has a start and an end."""
    return isinstance(value, Mapping) and _timespans(value) is not None


def _timespans(when: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return the timespans of a `when`, None if it is written in another way."""
    spans = when.get("timespans")
    if isinstance(spans, list):
        return spans if all(isinstance(span, Mapping) for span in spans) else None
    sides = {side: {"in": when[side]} for side in ("start", "end") if isinstance(when.get(side), str | int)}
    return [sides] if "start" in sides and "timespans" not in when else None


def linked_places_when(when: Mapping[str, Any]) -> FeatureTime:
    """Return a `when` of the Linked Places format; raise ValueError with what is wrong in it.

    A bound that is only known as `earliest` or `latest` is marked as uncertain. Several timespans become one, from the
    first start to the last end, which is uncertain too.
    """
    spans = [span for span in _timespans(when) or [] if span]
    if not spans:
        return FeatureTime()
    bounds = [_bounds(span) for span in spans]
    if len(bounds) == 1:
        edtf, is_exact = bounds[0]
        return FeatureTime(edtf, is_exact and not when.keys() - {"timespans", "start", "end"})
    sides = [re.split(r"\.\.|/", edtf.strip("[]")) for edtf, _ in bounds]
    starts, ends = [side[0] for side in sides], [side[-1] for side in sides]
    first = _outer(starts, min)
    last = _outer(ends, max)
    return FeatureTime(f"{first}/{last}" if first or last else "")


def _bounds(span: Any) -> tuple[str, bool]:
    """Return a timespan in EDTF, and whether it says all that the timespan says."""
    if not isinstance(span.get("start", {}), Mapping | None):
        raise ValueError(f"when: {span!r} is not a timespan; expected one such as {_LPF_EXAMPLE}")
    if span.get("in") is not None and not {"start", "end"} & span.keys():
        return _side(span["in"]), span.keys() == {"in"}
    start, end = (_mapping(span.get(side)) for side in ("start", "end"))
    exact = [set(side) <= {"in"} for side in (start, end)]
    if not end and {"earliest", "latest"} <= start.keys() and "in" not in start:
        return f"[{_side(start['earliest'])}..{_side(start['latest'])}]", not span.keys() - {"start", "end"}
    first, last = _bound(start, "earliest"), _bound(end, "latest")
    if not first and not last:
        return "", False
    edtf = first if first == last else f"{first}/{last}"
    return edtf, all(exact) and not span.keys() - {"start", "end"}


def _bound(side: Mapping[str, Any], outer: str) -> str:
    """Return the start or end of a timespan, "" if it is unknown; `outer` is the key of the bound around it."""
    if side.get("in") is not None:
        return _side(side["in"])
    if side.get(outer) is None:
        return ""
    text = _side(side[outer])
    return text if side.get("earliest") == side.get("latest") else _doubtful(text)


def _side(value: Any) -> str:
    """Return a date of the Linked Places format with a year of four digits; years count as in ISO 8601."""
    text = _text("when", value)
    if text.lower() in _STILL:
        return _OPEN
    match = _SHORT_YEAR.match(text)
    return f"{match[1]}{match[2].zfill(4)}{text[match.end() :]}" if match else text


def _doubtful(text: str) -> str:
    return text if not text or text == _OPEN or text[-1] in "?~%" else f"{text}?"


def _outer(dates: list[str], choose: Callable[..., str]) -> str:
    """Return the first or last of several dates, as uncertain; "" or ".." if that of one is unknown or open."""
    unbounded = next((date for date in ("", _OPEN) if date in dates), None)
    return _doubtful(choose(dates, key=_order)) if unbounded is None else unbounded


def _order(text: str) -> tuple[int, str]:
    """Return the year of a date and the date itself, for comparisons."""
    match = re.match(r"-?\d+", text)
    if not match:
        raise ValueError(f"when: {text!r} is not a date; expected one such as 1850 or 1850-05-03")
    return int(match[0]), text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(member: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{member}: {value!r} is not a date; expected one such as '2022-03-04'")
    return _FRACTION.sub(r"\1", str(value).strip())
