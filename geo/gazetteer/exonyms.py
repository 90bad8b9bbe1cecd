"""Names of first-level areas in other languages: "Bavière", "Sizilien", "Normandy"."""

from functools import cache

from geo.data_files import bundled_rows


@cache
def exonyms() -> dict[str, tuple[str, ...]]:
    """Return the foreign names of areas by ISO 3166-2 code, such as `DE-BY`."""
    return {row["area"]: tuple(row["names"].split("|")) for row in bundled_rows("exonyms.csv")}
