"""The import fields: the columns of a row → a draft. What has no field here goes to `data`."""

import math
import re
from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from db.dates.edtf import When
from db.errors import BadDate, BadEvent
from db.events.draft import Draft, Source, Verification, Where
from geo.coordinate_pairs import pair
from geo.coordinates import degrees
from geo.errors import BadGeometry
from geo.shape_extent import extent, from_text, is_shape
from timeline.imports.columns.blanks import NOTHING, nothing
from timeline.imports.columns.field_text import joined
from timeline.imports.columns.plan import Plan
from timeline.readers import Row
from timeline.written_dates import Form

METRES = "metres of a projection, such as UTM, are turned into degrees (EPSG:4326) by QGIS or ogr2ogr"
_PLAIN = Form()
_VERIFICATIONS: dict[str, Verification] = {known: known for known in get_args(Verification)}
# Most addresses; what is written otherwise is taken apart.
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(?:[/?#][^\s\x00-\x1f]*)?")
_SPACE = re.compile(r"\s|[\x00-\x1f]")


def draft(row: Row, plan: Plan) -> Draft:
    """Make a draft of a row; raise BadEvent with the field, the value and what was expected."""
    got = {name: joined(name, row.columns, given) for name, given in plan.columns.items()}
    for name in plan.columns:
        if got[name] in NOTHING and nothing(name, got[name]):
            got[name] = ""
    # NA is Namibia, unless other columns of the row say it too, as R writes what is missing.
    if got.get("country") == "NA" and sum(value == "NA" for value in row.columns.values()) > 1:
        got["country"] = ""
    got.update(plan.values)
    reach = row.radius_km
    if plan.columns.get("lat") == plan.columns.get("lon") and got.get("lat"):
        got["lon"], got["lat"], reach = _both(got["lat"])
    where, unused = _where(got, row.points, reach)
    when, left = _when(got, plan.forms)
    names = [*plan.rest, *(column for name in (*unused, *left) for column in plan.columns.get(name, ()))]
    kept = {name: row.columns.get(name) for name in names}
    return Draft(
        id=got.get("id") or None,
        title=required(got.get("title"), "title", "--map COLUMN=title"),
        summary=got.get("summary", ""),
        category=required(got.get("category"), "category", "--set category=raid"),
        when=when,
        where=where,
        tags=_tags(_alone(row, plan, "tags"), got.get("tags", "")),
        sources=_sources(got),
        note=got.get("note") or None,
        verification=verification(got.get("verification") or "reported"),
        data={name: value for name, value in kept.items() if value is not None and value != ""},
    )


def required(text: str | None, name: str, example: str) -> str:
    """Return a text that may not be empty, or raise BadEvent."""
    if not text:
        raise BadEvent(name, f"is missing; expected a text in every row, for example by {example}")
    return text


def _alone(row: Row, plan: Plan, name: str) -> Any:
    given = plan.columns.get(name, ())
    return row.columns.get(given[0]) if len(given) == 1 else None


def date(name: str, text: str) -> When:
    """Read an EDTF date; raise BadEvent under the name of the field."""
    try:
        return When.parse(text)
    except BadDate as error:
        raise BadEvent(name, str(error)) from None


def _when(got: Mapping[str, str], forms: Mapping[str, Form]) -> tuple[When | None, list[str]]:
    """Return the date, and the fields whose text says more than EDTF can."""
    whole, start, end = got.get("date", ""), got.get("start", ""), got.get("end", "")
    if whole and (start or end):
        raise BadEvent(
            "date", f"{whole!r} stands beside start {start!r} and end {end!r}; expected one or the other"
        )
    left: list[str] = []
    if whole:
        edtf = _edtf("date", whole, forms, left)
        return (date("date", edtf) if edtf else None), left
    if end and not start:
        raise BadEvent("start", f"is missing beside end {end!r}; expected a date, or '..' for an open start")
    for name, side in (("start", start), ("end", end)):
        if "/" in side and side.count("/") != 2:
            raise BadEvent(
                name, f"{side!r} is an interval; expected one date such as '2021-06', or the field 'date'"
            )
    first, last = _edtf("start", start, forms, left), _edtf("end", end, forms, left)
    if not first:
        return None, left
    return (date("start", first) if not last or first == last else date("end", f"{first}/{last}")), left


def _edtf(name: str, text: str, forms: Mapping[str, Form], left: list[str]) -> str:
    """Read a written date; '' for none."""
    if not text or text == "..":
        return text
    try:
        edtf, more = forms.get(name, _PLAIN).read(text)
    except BadDate as error:
        raise BadEvent(name, str(error)) from None
    if more:
        left.append(name)
    return edtf or ""


def _where(
    got: Mapping[str, str], points: tuple[tuple[Any, Any], ...], reach: float
) -> tuple[tuple[Where, ...], list[str]]:
    """Return where it happened, and the fields that were not needed to say so; a shape has `reach` in kilometres."""
    parts = ["city", "admin1"]
    text = got.get("place") or ", ".join(got[name] for name in parts if got.get(name))
    unused = parts if got.get("place") else []
    country = got.get("country") or None
    if points:
        unused = [*unused, "lat", "lon"]
        pairs = [point(lon, lat) for lon, lat in points]
    else:
        pairs = _given(got.get("lon", ""), got.get("lat", ""))
    if pairs:
        if reach:
            unused = list(dict.fromkeys([*unused, "lat"]))  # the shape itself
        return (
            tuple(Where(text=text, country=country, lon=lon, lat=lat, radius_km=reach) for lon, lat in pairs),
            unused,
        )
    if text:
        several = [part.strip() for part in text.split(";") if part.strip()]
        return tuple(Where(text=part, country=country) for part in several), unused
    return ((Where(text=country),) if country else ()), unused


def _both(text: str) -> tuple[str, str, float]:
    """Part a cell that holds both coordinates, or a shape: longitude, latitude and its reach in kilometres."""
    if both := pair(text):
        return *both, 0.0
    if is_shape(text):
        try:
            found = extent(from_text(text))
        except BadGeometry as error:
            raise BadEvent("lat", str(error)) from None
        return str(found.lon), str(found.lat), found.radius_km
    raise BadEvent("lat", f"{text!r} is no pair of coordinates; expected one such as '34.05, -118.24'")


def _given(lon: str, lat: str) -> list[tuple[float, float]]:
    if not lon and not lat:
        return []
    if not lon or not lat:
        have, lack = ("lat", "lon") if lat else ("lon", "lat")
        raise BadEvent(lack, f"is missing beside {have} {lat or lon!r}; expected both or neither")
    return [point(lon, lat)]


def point(lon: Any, lat: Any) -> tuple[float, float]:
    """Read longitude and latitude in degrees (CRS84), to five decimals; raise BadEvent when out of range."""
    x, y = _degrees("lon", lon, 180), _degrees("lat", lat, 90)
    swapped = "; are lat and lon swapped?" if 90 < abs(y) <= 180 and abs(x) <= 90 else ""
    for name, value, number, limit in (("lon", lon, x, 180), ("lat", lat, y, 90)):
        if abs(number) > limit:
            metres = f"; {METRES}" if abs(number) > 1_000 else ""
            raise BadEvent(name, f"{value!r} is out of range; {_expected(limit)}{swapped}{metres}")
    return round(x, 5), round(y, 5)


def _degrees(name: str, value: Any, limit: int) -> float:
    try:
        # Python takes 1_000 and True for numbers, which in a table are slips of the hand.
        number = float("no" if isinstance(value, bool) or "_" in str(value) else value)
    except (TypeError, ValueError, OverflowError):
        number = degrees(value, name) if isinstance(value, str) else math.nan
    if not math.isfinite(number):
        raise BadEvent(name, f"{value!r} is not a number; {_expected(limit)}")
    return number


def _expected(limit: int) -> str:
    return f"expected degrees between -{limit} and {limit}, such as 50.93"


def _tags(value: Any, text: str) -> tuple[str, ...]:
    """Split at semicolons if there are any, else at commas; a list stays as it is. None twice."""
    parts = value if isinstance(value, list) else text.split(";" if ";" in text else ",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _sources(got: Mapping[str, str]) -> tuple[Source, ...]:
    title, url = got.get("source_title", ""), got.get("source_url", "")
    if not title and not url:
        return ()
    checked = address("source_url", url) if url else None
    if not title and url:
        plain = _ADDRESS.fullmatch(url)
        title = plain[1].lower() if plain else urlsplit(url).hostname or url
    return (Source(title=title, url=checked),)


def address(name: str, url: str) -> str:
    """Check the address of a source: http or https with a host, else BadEvent (no javascript:, no files)."""
    if _ADDRESS.fullmatch(url):
        return url
    expected = "expected an address such as 'https://example.org/story'"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise BadEvent(name, f"{url!r} is not an address; {expected}") from None
    if parts.scheme not in ("http", "https") or not host or _SPACE.search(url):
        raise BadEvent(name, f"{url!r} is not an http or https address; {expected}")
    return url


def verification(text: str) -> Verification:
    """Read a verification in any case, or raise BadEvent with the three there are."""
    found = _VERIFICATIONS.get(text.lower())
    if found:
        return found
    raise BadEvent("verification", f"{text!r} is unknown; expected {', '.join(get_args(Verification))}")
