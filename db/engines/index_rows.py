"""Rows of the indexes of places, which each engine stores in its own form."""

from typing import NamedTuple


class PinRow(NamedTuple):
    """A pin for the spatial index: its row number, degrees, and its event's first and last second (None: undated)."""

    place: int
    lon: float
    lat: float
    bounds: tuple[int | None, int | None]


class CountryRow(NamedTuple):
    """A country of a pin: its code, the pin's row number, and its event's first and last second (None: undated)."""

    country: str
    place: int
    bounds: tuple[int | None, int | None]
