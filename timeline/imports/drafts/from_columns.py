"""The import fields: the columns of a row → a draft. What has no field here goes to `data`."""

from collections.abc import Mapping
from typing import Any

from db.dates.edtf import When
from db.errors import BadDate, BadEvent
from db.events.draft import Draft, Source, Where
from geo.coordinates import pair
from geo.errors import BadGeometry
from geo.shape_extent import extent, is_shape, shape_from_text
from timeline.imports.columns.blanks import NOTHING, nothing
from timeline.imports.columns.field_text import joined
from timeline.imports.columns.plan import Plan
from timeline.imports.drafts.values import address, date, host, point, required, verification
from timeline.readers import Row
from timeline.written_dates import Form

_PLAIN = Form()


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
    names = [*plan.data, *(column for name in (*unused, *left) for column in plan.columns.get(name, ()))]
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


def _alone(row: Row, plan: Plan, name: str) -> Any:
    given = plan.columns.get(name, ())
    return row.columns.get(given[0]) if len(given) == 1 else None


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
            found = extent(shape_from_text(text))
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
        title = host(url)
    return (Source(title=title, url=checked),)
