"""What first-level areas are called abroad: "Bavière", "Sizilien", "Normandy"."""

from functools import cache

from geo.data_files import own_rows


@cache
def exonyms() -> dict[str, tuple[str, ...]]:
    """Give the names of areas in other languages by ISO 3166-2 code, such as `DE-BY`."""
    return {row["area"]: tuple(row["names"].split("|")) for row in own_rows("exonyms.csv")}
