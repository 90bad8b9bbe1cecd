"""Make a draft from the columns of a row; columns that no field uses go into its `data`."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from db.dates.edtf import When
from db.errors import BadEvent
from db.events.draft import Draft, Source, WrittenPlace
from db.writing.validation import MAX_LIST_ITEMS
from geo.coordinates import pair
from geo.countries.world_regions import is_world_region
from geo.errors import BadGeometry
from geo.shape_extent import extent, is_shape, shape_from_text
from timeline.exchange.field_names import DATES
from timeline.imports.columns.exclusive_ends import with_last_day
from timeline.imports.columns.field_text import joined, unused_columns
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.value_tests import BLANKS, is_blank
from timeline.imports.drafts.row_cells import UNKNOWN, RowCells
from timeline.imports.drafts.row_date import row_date
from timeline.imports.drafts.values import address, date, host, point, required, verification
from timeline.imports.title_template import EXAMPLE as TITLE_EXAMPLE
from timeline.imports.title_template import filled
from timeline.places.venues import VENUE
from timeline.readers import Row

# Fields without which an event is the same event: a wrong value goes into `data`, and does not reject the row.
_TITLE_OPTION = f"--title '{TITLE_EXAMPLE}'"
_OPTIONAL = frozenset(("summary", "tags", "source_title", "source_url", "note", "verification"))

_Texts = Mapping[str, str]  # text by field
_FieldValue = TypeVar("_FieldValue")


def draft(row: Row, plan: Plan, cells: RowCells, title_template: str | None = None) -> Draft:
    """Return the draft of a row; raise BadEvent with the field, the value and what was expected.

    `cells` records the cells that no field takes. A wrong value of an optional field is one of them. The template makes
    the title of a row that has none.
    """
    texts = _texts(row, plan, cells)
    radius_km = row.radius_km
    if plan.columns.get("lat") == plan.columns.get("lon") and texts.get("lat"):
        texts["lon"], texts["lat"], radius_km = _both_coordinates(texts["lat"])
    where, unused = _where(texts, row.points, radius_km, has_venues=plan.has_venues)
    for field in unused:
        if field in cells.columns:
            cells.put_in_data(field)
    when, inexact = _feature_date(row, cells) if row.when else row_date(texts, plan.forms, cells)
    may_be_exclusive = when and (texts.get("end") or plan.ends.end_clock)
    if when and may_be_exclusive and plan.ends.applies(texts.get("start", ""), texts.get("end", ""), row):
        when = with_last_day(when)
    tags = _tags(_only_value(row, plan, "tags") if texts.get("tags") else "", texts.get("tags", ""), cells)
    sources = _sources(texts, cells)
    status = _optional("verification", texts, verification, cells)
    return Draft(
        id=texts.get("id") or None,
        title=required(_title(texts, when, title_template), "title", _TITLE_OPTION),
        summary=texts.get("summary", ""),
        category=required(texts.get("category"), "category", "--set category=raid"),
        when=when,
        where=where,
        tags=tags,
        sources=sources,
        note=texts.get("note") or None,
        verification=status or "reported",
        data=_data(row, plan, inexact, cells),
    )


def _data(row: Row, plan: Plan, inexact: list[str], cells: RowCells) -> dict[str, Any]:
    """Return the values that no field takes, and the texts of dates that say more than EDTF can express."""
    for field, columns in plan.dates_of_columns.items():
        cells.put_columns_in_data(unused_columns(field, row.columns, columns))
    names: Iterable[str] = plan.data
    if inexact or cells.only_in_data:
        names = [
            *names,
            *(column for field in inexact for column in plan.columns.get(field, ())),
            *(name for name in row.columns if name in cells.only_in_data and name not in cells.left_out),
        ]
    values = row.columns
    return {name: value for name in names if (value := values.get(name)) is not None and value != ""}


def _title(texts: _Texts, when: When | None, template: str | None) -> str:
    title = texts.get("title", "")
    return title if title or not template else filled(template, texts, when.text if when else "")


def _feature_date(row: Row, cells: RowCells) -> tuple[When, list[str]]:
    """Return the date that a Feature has beside its properties; columns of dates go into `data`."""
    for field in DATES:
        cells.put_in_data(field)
    return date("time", row.when), []


def _texts(row: Row, plan: Plan, cells: RowCells) -> dict[str, str]:
    """Return the text of each field that has columns or a value; '' for a text that means unknown."""
    texts, values = {}, row.columns
    for field, columns in plan.columns.items():
        # Most fields have one column, with a text: a call for each would slow an import.
        value = values.get(columns[0]) if len(columns) == 1 else None
        if type(value) is str:
            texts[field] = value.strip()
            continue
        try:
            texts[field] = joined(field, values, columns)
        except BadEvent as error:
            if field not in _OPTIONAL:
                raise
            texts[field] = ""
            cells.refuse(field, str(row.columns.get(columns[0])), error)
    if not BLANKS.isdisjoint(texts.values()):
        for field, text in texts.items():
            if is_blank(field, text):
                texts[field] = ""
                cells.leave_out(field, UNKNOWN)
    # NA is Namibia, unless other columns of the row have it too: R writes it for a missing value.
    if texts.get("country") == "NA" and sum(value == "NA" for value in values.values()) > 1:
        texts["country"] = ""
        cells.leave_out("country", UNKNOWN)
    has_date = bool(plan.values) and any(map(texts.get, DATES))
    for field, value in plan.values.items():
        if not texts.get(field) and not (has_date and field in DATES):
            texts[field] = value
    for field, value in plan.overrides.items():
        texts[field] = value
        cells.put_in_data(field)
    return texts


def _optional(
    field: str, texts: _Texts, read: Callable[[str], _FieldValue], cells: RowCells
) -> _FieldValue | None:
    """Return the value of an optional field; None if it has none, or one that goes into `data` with a warning."""
    text = texts.get(field)
    if not text:
        return None
    try:
        return read(text)
    except BadEvent as error:
        cells.refuse(field, text, error)
        return None


def _only_value(row: Row, plan: Plan, field: str) -> Any:
    columns = plan.columns.get(field, ())
    return row.columns.get(columns[0]) if len(columns) == 1 else None


def _where(
    texts: _Texts, points: tuple[tuple[Any, Any], ...], radius_km: float, *, has_venues: bool
) -> tuple[tuple[WrittenPlace, ...], list[str]]:
    """Return where the event happened, and the fields that were not needed for it.

    `points` are longitude and latitude as the file has them; `radius_km` is that of a shape around its point.
    """
    country = texts.get("country") or None
    if points:
        positions = [point(lon, lat) for lon, lat in points]
    else:
        positions = _position(texts.get("lon", ""), texts.get("lat", ""))
    if not positions:
        return _named_places(texts, country, VENUE if has_venues else "place")
    text, unused = _name_of_point(texts, country)
    unused += ["lat", "lon"] if points else []
    if radius_km:
        unused = list(dict.fromkeys([*unused, "lat"]))  # the shape itself
    places = [
        WrittenPlace(text=text, country=country, lon=lon, lat=lat, radius_km=radius_km)
        for lon, lat in positions
    ]
    return tuple(places), unused


def _name_of_point(texts: _Texts, country: str | None) -> tuple[str, list[str]]:
    """Return the name of a place with coordinates, and the fields that are no part of it."""
    if texts.get("place"):
        return texts["place"], ["city", "admin2", "admin1"]
    names = [field for field in ("city", "admin1") if texts.get(field)]
    if "admin1" in names and (country or len(names) > 1) and is_world_region(texts["admin1"]):
        names.remove("admin1")
        return ", ".join(texts[field] for field in names), ["admin2", "admin1"]
    return ", ".join(texts[field] for field in names), ["admin2"]


def _named_places(
    texts: _Texts, country: str | None, kind_of_place: str
) -> tuple[tuple[WrittenPlace, ...], list[str]]:
    """Return the places of a row without coordinates: each one of the finest column is in the areas of the others.

    `kind_of_place` is the field of `WrittenPlace.parts` that the column of places becomes.
    """
    fields = [field for field in ("place", "city", "admin2", "admin1") if texts.get(field)]
    if not fields or (fields == ["admin2"] and not country):
        parts = (("country", country),) if country else ()
        return ((WrittenPlace(text=country, parts=parts),) if country else ()), fields
    finest, *coarser = fields
    areas = tuple((field, texts[field]) for field in coarser)
    names = [part.strip() for part in texts[finest].split(";") if part.strip()]
    if not names:
        return (), fields  # only semicolons
    places = (
        WrittenPlace(
            text=", ".join((name, *(text for field, text in areas if field != "admin2"))),
            country=country,
            parts=((kind_of_place if finest == "place" else finest, name), *areas),
        )
        for name in names
    )
    # A place is shown by its own name, and a town by its own and its state: what both leave out goes into `data`.
    return tuple(places), [field for field in coarser if finest == "place" or field == "admin2"]


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


def _tags(value: Any, text: str, cells: RowCells) -> tuple[str, ...]:
    """Return different tags: those of a list, or a text split at semicolons if it has any, else at commas."""
    if not text and not value:
        return ()
    parts = value if isinstance(value, list) else text.split(";" if ";" in text else ",")
    tags = tuple(dict.fromkeys(part.strip() for part in parts if isinstance(part, str) and part.strip()))
    if len(tags) > MAX_LIST_ITEMS:
        error = BadEvent("tags", f"there are {len(tags):,} tags; expected at most {MAX_LIST_ITEMS:,}")
        cells.refuse("tags", text, error)
        return ()
    if text and not tags:
        cells.put_in_data("tags")
    return tags


def _sources(texts: _Texts, cells: RowCells) -> tuple[Source, ...]:
    title = texts.get("source_title", "")
    if not title and not texts.get("source_url"):
        return ()
    url = _optional("source_url", texts, partial(address, "source_url"), cells)
    if not title and not url:
        return ()
    return (Source(title=title or host(url or ""), url=url),)
