"""Make a draft from the columns of a row; columns that no field uses go into its `data`."""

from collections.abc import Mapping
from typing import Any

from db.dates.edtf import When
from db.errors import BadDate, BadEvent
from db.events.draft import Draft, Source, WrittenPlace
from geo.coordinates import pair
from geo.errors import BadGeometry
from geo.shape_extent import extent, is_shape, shape_from_text
from timeline.exchange.field_names import DATES
from timeline.imports.columns.field_text import joined, unused_columns
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.value_tests import BLANKS, is_blank
from timeline.imports.drafts.values import address, date, host, point, required, verification
from timeline.readers import Row
from timeline.written_dates import Form

_PLAIN = Form()

_Texts = Mapping[str, str]  # text by field


def draft(row: Row, plan: Plan) -> Draft:
    """Return the draft of a row; raise BadEvent with the field, the value and what was expected."""
    texts = _texts(row, plan)
    radius_km = row.radius_km
    if plan.columns.get("lat") == plan.columns.get("lon") and texts.get("lat"):
        texts["lon"], texts["lat"], radius_km = _both_coordinates(texts["lat"])
    where, unused = _where(texts, row.points, radius_km)
    when, inexact = _when(texts, plan.forms)
    names = [
        *plan.data,
        *(column for field in (*unused, *inexact) for column in plan.columns.get(field, ())),
        *(column for field in DATES for column in unused_columns(row.columns, plan.columns.get(field, ()))),
    ]
    data = {name: row.columns.get(name) for name in names}
    return Draft(
        id=texts.get("id") or None,
        title=required(texts.get("title"), "title", "--set title=Event"),
        summary=texts.get("summary", ""),
        category=required(texts.get("category"), "category", "--set category=raid"),
        when=when,
        where=where,
        tags=_tags(_only_value(row, plan, "tags"), texts.get("tags", "")),
        sources=_sources(texts),
        note=texts.get("note") or None,
        verification=verification(texts.get("verification") or "reported"),
        data={name: value for name, value in data.items() if value is not None and value != ""},
    )


def _texts(row: Row, plan: Plan) -> dict[str, str]:
    """Return the text of each field that has columns or a value; '' for a text that means unknown."""
    texts = {field: joined(field, row.columns, columns) for field, columns in plan.columns.items()}
    for field, text in texts.items():
        if text in BLANKS and is_blank(field, text):
            texts[field] = ""
    # NA is Namibia, unless other columns of the row have it too: R writes it for a missing value.
    if texts.get("country") == "NA" and sum(value == "NA" for value in row.columns.values()) > 1:
        texts["country"] = ""
    has_date = any(texts.get(field) for field in DATES)
    for field, value in plan.values.items():
        if not texts.get(field) and not (has_date and field in DATES):
            texts[field] = value
    texts.update(plan.overrides)
    return texts


def _only_value(row: Row, plan: Plan, field: str) -> Any:
    columns = plan.columns.get(field, ())
    return row.columns.get(columns[0]) if len(columns) == 1 else None


def _when(texts: _Texts, forms: Mapping[str, Form]) -> tuple[When | None, list[str]]:
    """Return the date, and the fields whose text says more than EDTF can express."""
    text, start, end = texts.get("date", ""), texts.get("start", ""), texts.get("end", "")
    if text and (start or end):
        raise BadEvent(
            "date", f"{text!r} comes with start {start!r} and end {end!r}; expected one or the other"
        )
    inexact: list[str] = []
    if text:
        edtf = _edtf("date", text, forms, inexact)
        return (date("date", edtf) if edtf else None), inexact
    if end and not start:
        raise BadEvent("start", f"is missing, with end {end!r}; expected a date, or '..' for an open start")
    for field, side in (("start", start), ("end", end)):
        if "/" in side and side.count("/") != 2:
            raise BadEvent(
                field, f"{side!r} is an interval; expected one date such as '2021-06', or the field 'date'"
            )
    first, last = _edtf("start", start, forms, inexact), _edtf("end", end, forms, inexact)
    if not first:
        return None, inexact
    return (date("start", first) if not last or first == last else date("end", f"{first}/{last}")), inexact


def _edtf(field: str, text: str, forms: Mapping[str, Form], inexact: list[str]) -> str:
    """Return a written date as EDTF, '' for none; append its field to `inexact` if the text says more."""
    if not text or text == "..":
        return text
    try:
        edtf, says_more = forms.get(field, _PLAIN).read(text)
    except BadDate as error:
        raise BadEvent(field, str(error)) from None
    if says_more:
        inexact.append(field)
    return edtf or ""


def _where(
    texts: _Texts, points: tuple[tuple[Any, Any], ...], radius_km: float
) -> tuple[tuple[WrittenPlace, ...], list[str]]:
    """Return where the event happened, and the fields that were not needed for it.

    `points` are longitude and latitude as the file has them; `radius_km` is that of a shape around its point.
    """
    parts = ["city", "admin1"]
    text = texts.get("place") or ", ".join(texts[field] for field in parts if texts.get(field))
    unused = parts if texts.get("place") else []
    country = texts.get("country") or None
    if points:
        unused = [*unused, "lat", "lon"]
        positions = [point(lon, lat) for lon, lat in points]
    else:
        positions = _position(texts.get("lon", ""), texts.get("lat", ""))
    if positions:
        if radius_km:
            unused = list(dict.fromkeys([*unused, "lat"]))  # the shape itself
        return (
            tuple(
                WrittenPlace(text=text, country=country, lon=lon, lat=lat, radius_km=radius_km)
                for lon, lat in positions
            ),
            unused,
        )
    if text:
        places = [part.strip() for part in text.split(";") if part.strip()]
        return tuple(WrittenPlace(text=place, country=country) for place in places), unused
    return ((WrittenPlace(text=country),) if country else ()), unused


def _both_coordinates(text: str) -> tuple[str, str, float]:
    """Return longitude, latitude and radius (km) of a value that is a pair of coordinates or a shape."""
    if both := pair(text):
        return *both, 0.0
    if is_shape(text):
        try:
            area = extent(shape_from_text(text))
        except BadGeometry as error:
            raise BadEvent("lat", str(error)) from None
        return str(area.lon), str(area.lat), area.radius_km
    raise BadEvent("lat", f"{text!r} is not a pair of coordinates; expected one such as '34.05, -118.24'")


def _position(lon: str, lat: str) -> list[tuple[float, float]]:
    if not lon and not lat:
        return []
    if not lon or not lat:
        present, missing = ("lat", "lon") if lat else ("lon", "lat")
        raise BadEvent(missing, f"is missing, with {present} {lat or lon!r}; expected both or neither")
    return [point(lon, lat)]


def _tags(value: Any, text: str) -> tuple[str, ...]:
    """Return different tags: those of a list, or a text split at semicolons if it has any, else at commas."""
    parts = value if isinstance(value, list) else text.split(";" if ";" in text else ",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _sources(texts: _Texts) -> tuple[Source, ...]:
    title, url = texts.get("source_title", ""), texts.get("source_url", "")
    if not title and not url:
        return ()
    checked = address("source_url", url) if url else None
    return (Source(title=title or host(url), url=checked),)
