"""Abbreviations of areas, as the press writes them after a town: "Pa.", "N. Mex.", "NRW", "Edomex"."""

from functools import cache

from geo.data_files import bundled_rows


@cache
def abbreviations() -> dict[str, tuple[str, ...]]:
    """Return the abbreviations of areas by ISO 3166-2 code, such as `US-PA`; the code's own letters are not listed."""
    return {row["area"]: tuple(row["names"].split("|")) for row in bundled_rows("abbreviations.csv")}
