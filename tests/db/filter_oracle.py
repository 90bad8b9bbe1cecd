"""The filter in plain Python, as the documentation describes it; the store must agree with it."""

import re
import unicodedata
from fractions import Fraction
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from edtf_strategies import edtf
from hypothesis import strategies as st
from overlap import certainly_overlaps, possibly_overlaps

from db.dates.edtf import ALWAYS, FOREVER, When
from db.dates.interval import Interval
from db.events.draft import Draft, Figure, Verification
from db.query.filter import Filter, Near
from db.query.shapes import read_area
from geo.box import Box
from geo.place import Place, Precision

WORDS = ("raid", "harbour", "cocaïne", "Señor", "ŁÓDŹ", "東京都", "two", "L'Estany", "paral·lel", "Sud-Est")
SEARCHES = (
    "cocaine", "lodz raid", '"raid two"', "har*", "京都", "estany", "l’estany", "lest*", "parallel", '"raid sud est"',
    "sudest",
)  # fmt: skip
CATEGORIES = ("raid", "arrest", "study")
TAGS = ("europol", "sky ecc")
VERIFICATIONS: tuple[Verification, ...] = ("reported", "confirmed", "disputed")
CODES = ("NL", "BE", "FJ")
# A few dates that meet each other's edges, since two that are drawn from all of time hardly ever do.
DATES = tuple(
    map(When.parse, ("2020", "2020-05", "2020-05-03", "2020-05-31/2020-06", "2020-06-01~", "2020-05/.."))
)
lons = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 0.0, 4.35])).map(lambda x: round(x, 5))
lats = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0, 50.85])).map(lambda x: round(x, 5))


@st.composite
def places(draw: st.DrawFn) -> Place:
    codes = draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True))
    return Place(
        name=draw(st.sampled_from(WORDS)),
        lon=draw(lons),
        lat=draw(lats),
        precision=draw(st.sampled_from(list(Precision))),
        country=codes[0] if len(codes) == 1 else None,
        countries=tuple(codes) if len(codes) == 2 else (),
    )


@st.composite
def drafts(draw: st.DrawFn, id_: str) -> Draft:
    names = draw(st.lists(st.sampled_from(["arrests", "cocaine_kg", "deaths_per_year"]), unique=True))
    return Draft(
        id=id_,
        title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
        category=draw(st.sampled_from(CATEGORIES)),
        when=draw(st.one_of(st.none(), st.sampled_from(DATES), edtf.map(When.parse))),
        places=tuple(draw(st.lists(places(), max_size=3))),
        figures=tuple(Figure.named(name, draw(st.integers(0, 1000))) for name in names),
        tags=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True))),
        status=draw(st.sampled_from(["published", "published", "published", "draft", "retracted"])),
        verification=draw(st.sampled_from(VERIFICATIONS)),
    )


@st.composite
def events(draw: st.DrawFn) -> list[Draft]:
    count = draw(st.integers(0, 12))
    return [draw(drafts(f"e{number:02}")) for number in range(count)]


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    south, north = sorted((draw(lats), draw(lats)))
    return Box(draw(lons), south, draw(lons), north)


_edges = st.sampled_from([bound for when in DATES for bound in when[1:5]])
_instants = st.one_of(_edges, _edges.map(lambda edge: edge - 1), st.integers(-(10**11), 10**11))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    first, last = sorted((draw(_instants), draw(_instants)))
    return Interval(draw(st.sampled_from([first, ALWAYS])), draw(st.sampled_from([last, FOREVER])))


# Corners on a coarse grid, which pins meet: vertices, edges, and in and out of holes.
_corner = st.tuples(st.sampled_from([-180, -90, 0, 90, 180]), st.sampled_from([-90, -45, 0, 45, 90]))


@st.composite
def areas(draw: st.DrawFn) -> str:
    """Draw a triangle, a frame around a hole, or two boxes at the antimeridian, as WKT."""
    a, b, c = draw(st.lists(_corner, min_size=3, max_size=3, unique=True))
    if (b[0] - a[0]) * (c[1] - a[1]) != (c[0] - a[0]) * (b[1] - a[1]):
        return "POLYGON ((" + ", ".join(f"{lon} {lat}" for lon, lat in (a, b, c, a)) + "))"
    half = draw(st.sampled_from([4.35, 45, 90]))
    if draw(st.booleans()):
        return f"POLYGON ({_ring(-180, -90, 180, 90)}, {_ring(-half, -half / 2, half, half / 2)})"
    return f"MULTIPOLYGON (({_ring(half, -90, 180, 0)}), ({_ring(-180, -90, -half, 0)}))"


def _ring(west: float, south: float, east: float, north: float) -> str:
    return f"({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south})"


def side(wkt: str, lon: float, lat: float) -> str:
    """Return whether a point is `in`, `out` or on the `edge` of valid polygons, computed exactly with fractions."""
    x, y, inside = Fraction(lon), Fraction(lat), False
    for ring in re.findall(r"\(([^()]+)\)", wkt):
        corners = [tuple(map(Fraction, map(float, corner.split()))) for corner in ring.split(",")]
        for (x1, y1), (x2, y2) in pairwise(corners):
            cross = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return "edge"
            if (y1 > y) != (y2 > y) and (cross > 0) == (y2 > y1):
                inside = not inside
    return "in" if inside else "out"


_presence = st.sampled_from(["include", "include", "exclude", "only"])
filters = st.builds(
    Filter,
    box=st.one_of(st.none(), boxes()),
    unplaced=_presence,
    interval=st.one_of(st.none(), intervals()),
    certain=st.booleans(),
    undated=_presence,
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
    verifications=st.lists(st.sampled_from(VERIFICATIONS), max_size=2, unique=True).map(tuple),
    countries=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
    tags=st.lists(st.sampled_from(TAGS), max_size=1).map(tuple),
    text=st.one_of(st.none(), st.none(), st.sampled_from([*WORDS, *SEARCHES])),
    near=st.one_of(st.none(), st.none(), st.builds(Near, lons, lats, st.floats(1, 20_000))),
    precisions=st.lists(st.sampled_from(list(Precision)), max_size=2, unique=True).map(tuple),
    min_precision=st.one_of(st.none(), st.sampled_from(list(Precision))),
    within=st.one_of(st.none(), st.none(), areas().map(read_area)),
)


def matches(event: Draft, filter_: Filter) -> bool:
    """Return whether an event is published and matches a filter."""
    return (
        event.status == "published"
        and _matches_time(event, filter_)
        and _matches_place(event, filter_)
        and (not filter_.categories or event.category in filter_.categories)
        and (not filter_.verifications or event.verification in filter_.verifications)
        and (not filter_.tags or bool(set(event.tags) & set(filter_.tags)))
        and (filter_.text is None or _says(event, filter_.text))
    )


def _matches_time(event: Draft, filter_: Filter) -> bool:
    certain = filter_.certain and filter_.interval is not None
    if event.when is None:
        return filter_.undated != "exclude" and not certain
    if filter_.undated == "only":
        return False
    if filter_.interval is None:
        return True
    overlaps = certainly_overlaps if certain else possibly_overlaps
    return overlaps(event.when, *filter_.interval)


def _matches_place(event: Draft, filter_: Filter) -> bool:
    if not event.places:
        return filter_.unplaced != "exclude" and not (
            filter_.countries or filter_.near or filter_.precisions or filter_.min_precision or filter_.within
        )
    if filter_.unplaced == "only":
        return False
    return any(selects(filter_, place) for place in event.places)


def selects(filter_: Filter, place: Place) -> bool:
    """Return whether a pin satisfies every spatial condition of a filter."""
    box, near = filter_.box, filter_.near
    if box:
        inside = any(_spans(box, lon) for lon in longitudes(place.lon))
        if not (inside and box.south <= place.lat <= box.north):
            return False
    if near and _km(place.lon, place.lat, near.lon, near.lat) > near.radius_km:
        return False
    sides = (
        {side(filter_.within, lon, place.lat) for lon in longitudes(place.lon)} if filter_.within else set()
    )
    if sides == {"out"}:
        return False
    if filter_.countries and not set(place.codes) & set(filter_.countries):
        return False
    if filter_.precisions and place.precision not in filter_.precisions:
        return False
    order = list(Precision)
    return filter_.min_precision is None or order.index(place.precision) <= order.index(filter_.min_precision)


def _spans(box: Box, lon: float) -> bool:
    return lon >= box.west or lon <= box.east if box.west > box.east else box.west <= lon <= box.east


def longitudes(lon: float) -> set[float]:
    """Return the longitudes of a pin: one, or both of the antimeridian."""
    return {lon, -lon} if abs(lon) == 180 else {lon}


def _km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    a, b = radians(lat), radians(other_lat)
    h = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * asin(min(1.0, sqrt(h)))


def _says(event: Draft, text: str) -> bool:
    texts = (event.title, *(place.name for place in event.places), *event.tags)
    forms = [_words(form) for text in texts for form in _spellings(text)]
    return all(
        any(_holds(words, form) for words in forms for form in _spellings(term))
        for term in re.findall(r'"[^"]+"|\S+', text)
    )


def _spellings(text: str) -> tuple[str, str]:
    """Return a text with a space in place of each apostrophe, hyphen and middle dot, and without them."""
    return re.sub("['’·-]", " ", text), re.sub("['’·-]", "", text)


def _holds(words: list[str], term: str) -> bool:
    wanted = _words(term)
    spans = [words[at : at + len(wanted)] for at in range(len(words))]
    if term.endswith("*"):
        return any(span[:-1] == wanted[:-1] and span[-1].startswith(wanted[-1]) for span in spans)
    return wanted in spans


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("ł", "l")
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[぀-鿿]|[^\W぀-鿿]+", plain)
