"""Check whether the columns of latitude and longitude are swapped, by the countries or places of their rows."""

import math
from collections.abc import Mapping
from typing import Any

from db.errors import BadEvent
from geo.coordinates import degrees, pair
from geo.countries.lookup import country_at
from geo.countries.names import country_code
from timeline.errors import BadFile
from timeline.imports.columns.field_text import joined
from timeline.imports.columns.plan import Plan
from timeline.places.swapped_axes import AxisCheck

_MAX_ROWS_COMPARED = 300  # rows whose coordinates are compared with their country or place


class SwapCheck:
    """Counts rows whose coordinates fit their country or place, as written or with the axes swapped.

    `country` (ISO code) applies to rows that name none; `axes` compares a point with the name of its place.
    """

    def __init__(self, country: str | None, axes: AxisCheck | None) -> None:
        self.country = country
        self.axes = axes
        self.rows = self.out_of_range = self.compared = self.right = self.swapped = 0

    def add(self, row: Mapping[str, Any], plan: Plan) -> None:
        """Count a row."""
        lon, lat = _point(row, plan)
        if math.isnan(lon) or math.isnan(lat):
            return
        self.rows += 1
        self.out_of_range += 90 < abs(lat) <= 180 and abs(lon) <= 90
        if self.compared >= _MAX_ROWS_COMPARED or abs(lon) > 90 or abs(lat) > 90:
            return
        name = text_or_empty("country", row, plan) if "country" in plan.columns else ""
        country = country_code(name) if name else self.country
        if country:
            self.compared += 1
            self.right += country_at(lon, lat) == country
            self.swapped += country_at(lat, lon) == country
            return
        names = [text_or_empty(field, row, plan) for field in ("place", "city") if field in plan.columns]
        place = next(filter(None, names), "")
        order = self.axes.compare(place, lon, lat) if self.axes and place else None
        self.compared += order is not None
        self.right += order == "right"
        self.swapped += order == "swapped"

    def check(self, plan: Plan) -> None:
        """Raise BadFile if most rows fit only with latitude and longitude swapped."""
        beyond = self.out_of_range >= 2 and self.out_of_range * 5 >= self.rows
        elsewhere = self.compared >= 2 and self.swapped * 2 > self.compared and self.right * 5 < self.compared
        if not beyond and not elsewhere:
            return
        lat, lon = plan.columns["lat"][0], plan.columns["lon"][0]
        why = (
            f"{self.out_of_range:,} of {self.rows:,} latitudes are beyond 90 degrees"
            if beyond
            else f"{self.swapped:,} of {self.compared:,} rows are in their country or place only the other way round"
        )
        raise BadFile(
            f"seems to have latitude and longitude swapped: {why}; "
            f"if so, import with --map {lat}=lon --map {lon}=lat, otherwise correct the file"
        )


def text_or_empty(field: str, row: Mapping[str, Any], plan: Plan) -> str:
    """Return a field's text; '' for a value that is not a text, whose row is rejected later."""
    try:
        return joined(field, row, plan.columns[field])
    except BadEvent:
        return ""


def _point(row: Mapping[str, Any], plan: Plan) -> tuple[float, float]:
    """Return longitude and latitude in degrees; NaN for what cannot be read."""
    lon, lat = text_or_empty("lon", row, plan), text_or_empty("lat", row, plan)
    if plan.columns["lat"] == plan.columns["lon"]:
        lon, lat = pair(lon) or ("", "")
    return _number(lon, "lon"), _number(lat, "lat")


def _number(text: str, axis: str) -> float:
    try:
        return float(text)  # how most degrees are written
    except ValueError:
        return degrees(text, axis)
