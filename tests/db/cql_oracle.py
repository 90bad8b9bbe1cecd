"""CQL2 in plain Python, for comparison: random expressions, and whether an event satisfies them (None: unknown)."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from filter_oracle import CATEGORIES, CODES, TAGS, WORDS, areas, longitudes, side
from hypothesis import strategies as st

from db.dates.edtf import ALWAYS, FOREVER
from db.events.draft import Draft

Node = dict[str, Any]
_ORDERS = ("=", "<>", "<", "<=", ">", ">=")
_TEXTS = {
    "id": ("e00", "e03", "x' OR 1=1 --"),
    "title": (*WORDS, "raid two", "señor", "RAID", "%", "", "'; DROP TABLE event; --"),
    "category": CATEGORIES,
    "verification": ("reported", "disputed"),
    "place": (*WORDS, "lódz"),
    "country": CODES,
    "precision": ("city", "country", "point"),
    "tags": TAGS,
}
_days = st.sampled_from(["2020-01-01", "2020-05-03", "2020-05-31", "2020-06-01", "2020-12-31", "1999-01-01"])
_times = st.one_of(
    _days.map(lambda day: {"date": day}),
    _days.map(lambda day: {"timestamp": f"{day}T00:00:00Z"}),
    _days.map(lambda day: {"timestamp": f"{day}T23:59:59Z"}),
)
_ALLEN = [
    "after", "before", "contains", "during", "equals", "finishedBy", "finishes", "intersects", "meets", "metBy",
    "overlappedBy", "overlaps", "startedBy", "starts", "disjoint",
]  # fmt: skip


def _op(name: str, *args: Any) -> Node:
    return {"op": name, "args": list(args)}


def _fold(draw: st.DrawFn, node: Any, folds: list[str]) -> Any:
    for name in folds:
        node = _op(name, node)
    return node


@st.composite
def _textual(draw: st.DrawFn) -> Node:
    name = draw(st.sampled_from(sorted(_TEXTS)))
    folds = draw(st.sampled_from([[], [], ["casei"], ["accenti"], ["casei", "accenti"]]))
    subject = _fold(draw, {"property": name}, folds)
    values = st.sampled_from(_TEXTS[name])
    kind = draw(st.sampled_from(["compare", "in", "like", "between", "null"]))
    if kind == "compare":
        literal = _fold(draw, draw(values), folds)
        pair = (subject, literal) if draw(st.booleans()) else (literal, subject)
        return _op(draw(st.sampled_from(_ORDERS)), *pair)
    if kind == "in":
        return _op(
            "in", subject, [_fold(draw, v, folds) for v in draw(st.lists(values, min_size=1, max_size=3))]
        )
    if kind == "like":
        pattern = draw(st.sampled_from(["r%", "%a%", "_aid", "%", "%\\%", "Se_or", "*", "[a-z]%", "%n%o%"]))
        return _op("like", subject, pattern)
    if kind == "between":
        return _op("between", subject, draw(values), draw(values))
    return _op("isNull", {"property": name})


@st.composite
def _temporal(draw: st.DrawFn) -> Node:
    name = draw(st.sampled_from(["earliest", "latest", "datetime"]))
    if name != "datetime" and draw(st.booleans()):
        if draw(st.booleans()):
            return _op("between", {"property": name}, draw(_times), draw(_times))
        return _op(draw(st.sampled_from(_ORDERS)), {"property": name}, draw(_times))
    ends = sorted([draw(_days), draw(_days)])
    interval = {"interval": [draw(st.sampled_from([ends[0], ".."])), draw(st.sampled_from([ends[1], ".."]))]}
    return _op(
        "t_" + draw(st.sampled_from(_ALLEN)), {"property": name}, draw(st.one_of(_times, st.just(interval)))
    )


@st.composite
def _spatial(draw: st.DrawFn) -> Node:
    if draw(st.booleans()):
        corner = [
            draw(st.sampled_from([-180.0, 0.0, 4.35, 180.0])),
            draw(st.sampled_from([0.0, 50.85, 90.0])),
        ]
        point = {"type": "Point", "coordinates": corner}
        return _op(
            draw(st.sampled_from(["s_equals", "s_contains", "s_intersects"])), {"property": "geometry"}, point
        )
    name = draw(st.sampled_from(["s_intersects", "s_within", "s_disjoint", "s_touches", "s_crosses"]))
    return _op(name, {"property": "geometry"}, _geojson(draw(areas())))


def _geojson(wkt: str) -> Node:
    nested = re.sub(r"([-\d.]+) ([-\d.]+)", r"[\1,\2]", wkt.partition(" ")[2])
    coordinates = msgspec.json.decode(nested.replace("(", "[").replace(")", "]"))
    return {"type": "MultiPolygon" if wkt.startswith("MULTI") else "Polygon", "coordinates": coordinates}


_arrays = st.builds(
    lambda name, tags: _op(f"a_{name}", {"property": "tags"}, tags),
    st.sampled_from(["contains", "containedBy", "equals", "overlaps"]),
    st.lists(st.sampled_from([*TAGS, "other"]), min_size=1, max_size=2, unique=True),
)
_leaves = st.one_of(_textual(), _temporal(), _spatial(), _arrays, st.booleans())
expressions = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: _op("and", *parts), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: _op("or", *parts), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda part: _op("not", part), inner),
    ),
    max_leaves=6,
)


def truth(event: Draft, node: Any) -> bool | None:
    """Return the truth of an expression in Kleene's three-valued logic: True, False or None."""
    if isinstance(node, bool):
        return node
    op, args = node["op"], node["args"]
    if op in ("and", "or"):
        truths = [truth(event, arg) for arg in args]
        decisive = op == "or"
        return decisive if decisive in truths else None if None in truths else not decisive
    if op == "not":
        inner = truth(event, args[0])
        return None if inner is None else not inner
    for prefix, judge in (("t_", _when), ("s_", _where), ("a_", _tagged)):
        if op.startswith(prefix):
            return judge(event, op[2:], args[0]["property"], args[1])
    return _compare(event, op, args)


def _values(event: Draft, name: str) -> list[Any] | None:
    """Return the values of a property; None if it is null."""
    if name in ("earliest", "latest"):
        bound = event.when and (event.when.start_min if name == "earliest" else event.when.end_max)
        return None if bound in (None, ALWAYS, FOREVER) else [bound]
    if name in ("place", "country", "precision"):
        pick = {
            "place": lambda p: [p.name],
            "country": lambda p: p.codes,
            "precision": lambda p: [p.precision],
        }[name]
        return [value for place in event.places for value in pick(place)] or None
    return list(event.tags) if name == "tags" else [getattr(event, name)]


def _compare(event: Draft, op: str, args: list[Any]) -> bool | None:
    if _name(args[0]) is None:
        args = args[::-1]
        op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
    name = _name(args[0])
    values = _values(event, name)
    if op == "isNull":
        return values is None
    if values is None:
        return None
    values = [_folded(args[0], value) for value in values]
    if op == "like":
        return any(_like(value, args[1]) for value in values)
    if op == "in":
        return any(_sign(value, arg) == 0 for value in values for arg in args[1])
    if op == "between":
        return any(_sign(v, args[1]) >= 0 and _sign(v, args[2]) <= 0 for v in values)
    wanted = {"=": (0,), "<>": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}[op]
    return any(_sign(value, args[1]) in wanted for value in values)


def _name(node: Any) -> str | None:
    while isinstance(node, dict) and "op" in node:
        node = node["args"][0]
    return node.get("property") if isinstance(node, dict) else None


def _folded(node: Any, value: Any) -> Any:
    if not (isinstance(node, dict) and "op" in node):
        return value
    inner = _folded(node["args"][0], value)
    if node["op"] == "casei":
        return inner.casefold()
    parts = unicodedata.normalize("NFD", inner)
    return unicodedata.normalize("NFC", "".join(s for s in parts if not unicodedata.combining(s)))


def _sign(value: Any, literal: Any) -> int:
    """Return -1, 0 or 1: a value compared with a literal, at the granularity of the literal."""
    if isinstance(literal, dict) and "op" not in literal:
        low, high = _seconds(literal)
    else:
        node = literal
        while isinstance(node, dict):
            node = node["args"][0]
        low = high = _folded(literal, node)
    return -1 if value < low else 1 if value > high else 0


def _seconds(node: Any) -> tuple[int, int]:
    if "timestamp" in node:
        moment = int(datetime.fromisoformat(node["timestamp"]).timestamp())
        return moment, moment
    day = datetime.combine(date.fromisoformat(node["date"]), datetime.min.time(), UTC)
    return int(day.timestamp()), int((day + timedelta(days=1)).timestamp()) - 1


def _like(value: str, pattern: str) -> bool:
    regex, escaped = "", False
    for sign in pattern:
        if escaped or sign not in "%_\\":
            regex, escaped = regex + re.escape(sign), False
        elif sign == "\\":
            escaped = True
        else:
            regex += ".*" if sign == "%" else "."
    return re.fullmatch(regex, value, re.DOTALL) is not None


def _when(event: Draft, name: str, of: str, literal: Node) -> bool | None:
    if of != "datetime":
        values = _values(event, of)
        start = end = values and values[0]
    else:
        start, end = (event.when.start_min, event.when.end_max) if event.when else (None, None)
    if start is None:
        return None
    low, high = literal.get("interval", [literal, literal])
    first = (ALWAYS, ALWAYS) if low == ".." else _seconds(low if isinstance(low, dict) else {"date": low})
    last = (
        (FOREVER, FOREVER) if high == ".." else _seconds(high if isinstance(high, dict) else {"date": high})
    )

    def sign(value: int, span: tuple[int, int]) -> int:
        return -1 if value < span[0] else 1 if value > span[1] else 0

    sa, sb, ea, eb = sign(start, first), sign(start, last), sign(end, first), sign(end, last)
    meets = start <= last[1] and end >= first[0]
    return {
        "after": sb > 0, "before": ea < 0, "disjoint": not meets, "intersects": meets,
        "contains": sa < 0 and eb > 0, "during": sa > 0 and eb < 0, "equals": sa == 0 and eb == 0,
        "starts": sa == 0 and eb < 0, "startedBy": sa == 0 and eb > 0,
        "finishes": sa > 0 and eb == 0, "finishedBy": sa < 0 and eb == 0,
        "meets": ea == 0, "metBy": sb == 0,
        "overlaps": sa < 0 < ea and eb < 0, "overlappedBy": sa > 0 and sb < 0 < eb,
    }[name]  # fmt: skip


def _where(event: Draft, name: str, of: str, shape: Node) -> bool | None:
    if not event.places:
        return None
    if shape["type"] == "Point":
        pins = [[lon, place.lat] for place in event.places for lon in longitudes(place.lon)]
        return shape["coordinates"] in pins
    rings = (
        shape["coordinates"]
        if shape["type"] == "Polygon"
        else [ring for polygon in shape["coordinates"] for ring in polygon]
    )
    wkt = " ".join("(" + ", ".join(f"{x} {y}" for x, y in ring) + ")" for ring in rings)
    sides = [side(wkt, lon, place.lat) for place in event.places for lon in longitudes(place.lon)]
    return {
        "intersects": any(s != "out" for s in sides), "disjoint": all(s == "out" for s in sides),
        "within": "in" in sides, "touches": "edge" in sides, "crosses": False,
    }[name]  # fmt: skip


def _tagged(event: Draft, name: str, of: str, tags: list[str]) -> bool:
    event_tags, wanted = set(event.tags), set(tags)
    return {
        "contains": event_tags >= wanted, "containedBy": event_tags <= wanted, "equals": event_tags == wanted,
        "overlaps": bool(event_tags & wanted),
    }[name]  # fmt: skip


def text(node: Any) -> str:
    """Return an expression as cql2-text."""
    if isinstance(node, bool):
        return str(node).upper()
    if isinstance(node, str):
        return "'" + node.replace("'", "''") + "'"
    if isinstance(node, list):
        return "(" + ", ".join(map(text, node)) + ")"
    for key, words in (("property", "{}"), ("date", "DATE('{}')"), ("timestamp", "TIMESTAMP('{}')")):
        if key in node:
            return words.format(node[key])
    if "interval" in node:
        return f"INTERVAL('{node['interval'][0]}', '{node['interval'][1]}')"
    if "type" in node:
        return node["type"].upper() + _wkt(node["coordinates"], node["type"] == "Point")
    op, args = node["op"], [text(arg) for arg in node["args"]]
    if op in ("and", "or"):
        return "(" + f" {op.upper()} ".join(args) + ")"
    if op == "not":
        return f"NOT ({args[0]})"
    if op == "isNull":
        return f"{args[0]} IS NULL"
    if op == "between":
        return f"{args[0]} BETWEEN {args[1]} AND {args[2]}"
    if op in (*_ORDERS, "in", "like"):
        return f"{args[0]} {op.upper()} {args[1]}"
    if op.startswith("a_"):
        return f"{op.upper()}({args[0]}, {args[1]})"
    return f"{op.upper()}({', '.join(args)})"


def _wkt(coordinates: Any, point: bool) -> str:
    if point:
        return f"({coordinates[0]} {coordinates[1]})"
    if isinstance(coordinates[0], list):
        inner = ", ".join(_wkt(part, False).strip() for part in coordinates)
        return f"({inner})"
    return f"{coordinates[0]} {coordinates[1]}"
