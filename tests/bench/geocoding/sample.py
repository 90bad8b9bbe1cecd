"""Choose the committed sample from a larger gold file, by a rule and not by hand.

    python -m tests.bench.geocoding.sample GOLD.jsonl > sample.jsonl

Only rows under an open licence; the same number from each source, and within a source from each kind of place;
among those, the rows whose id has the smallest SHA-256.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from .score import read

MOST = 200
OPEN = ("CC BY 4.0", "CC0", "public domain", "MIT", "MIT (airportsdata)", "BSD")
# Its files are under the MIT licence, but say of each coordinate that it is a node of OpenStreetMap (ODbL).
LEFT_OUT = ("geocoder_tester",)
KEPT = ("id", "q", "lat", "lon", "tol_km", "cc", "kind", "gold_country", "source", "licence")

Row = dict[str, Any]


def choose(rows: list[Row], most: int = MOST) -> list[Row]:
    """Choose at most so many rows, as evenly from sources and kinds as their numbers allow."""
    groups: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    seen: set[str] = set()
    for row in sorted(rows, key=_rank):
        source = row["source"].partition("/")[0]
        if row["licence"] in OPEN and source not in LEFT_OUT and row["q"] not in seen:
            seen.add(row["q"])
            groups[source][row["kind"]].append(row)
    share = most // max(1, len(groups))
    return [row for source in sorted(groups) for row in _spread(list(groups[source].values()), share)]


def _spread(kinds: list[list[Row]], share: int) -> list[Row]:
    """Take a row of each kind in turn until the share is full or nothing is left."""
    longest = max(map(len, kinds))
    turns = [kind[turn] for turn in range(longest) for kind in kinds if turn < len(kind)]
    return sorted(turns[:share], key=lambda row: str(row["id"]))


def _rank(row: Row) -> str:
    return hashlib.sha256(row["id"].encode()).hexdigest()


def main(path: Path) -> None:
    """Print the sample of a gold file."""
    for row in choose(read(path)):
        kept = {name: row[name] for name in KEPT if row.get(name) is not None}
        sys.stdout.buffer.write((json.dumps(kept, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
