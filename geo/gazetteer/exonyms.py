"""What first-level areas are called abroad: "Bavière", "Sizilien", "Normandy"."""

from functools import cache

from geo.data_files import bundled_rows


@cache
def exonyms() -> dict[str, tuple[str, ...]]:
    """Give the names of areas in other languages by ISO 3166-2 code, such as `DE-BY`."""
    return {row["area"]: tuple(row["names"].split("|")) for row in bundled_rows("exonyms.csv")}
