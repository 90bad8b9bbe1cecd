"""Select the committed sample from a larger gold file, by a rule and not by hand.

    python -m tests.bench.geocoding.sample GOLD.jsonl > sample.jsonl

The sample has only rows under an open licence: the same number from each source, and within a source from each kind
of place. Among those rows, it has the ones whose id has the smallest SHA-256.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from .score import read

MAX_ROWS = 200
OPEN_LICENCES = ("CC BY 4.0", "CC0", "public domain", "MIT", "MIT (airportsdata)", "BSD")
# Its files are under the MIT licence, but their coordinates come from nodes of OpenStreetMap (ODbL).
EXCLUDED_SOURCES = ("geocoder_tester",)
FIELDS = ("id", "q", "lat", "lon", "tol_km", "cc", "kind", "gold_country", "source", "licence")

GoldRow = dict[str, Any]


def select(rows: list[GoldRow], max_rows: int = MAX_ROWS) -> list[GoldRow]:
    """Return at most `max_rows` rows, as evenly from sources and kinds as their numbers allow."""
    groups: defaultdict[str, defaultdict[str, list[GoldRow]]] = defaultdict(lambda: defaultdict(list))
    texts: set[str] = set()
    for row in sorted(rows, key=_hash):
        source = row["source"].partition("/")[0]
        is_open = row["licence"] in OPEN_LICENCES and source not in EXCLUDED_SOURCES
        if is_open and row["q"] not in texts:
            texts.add(row["q"])
            groups[source][row["kind"]].append(row)
    share = max_rows // max(1, len(groups))
    return [row for source in sorted(groups) for row in _spread(list(groups[source].values()), share)]


def _spread(kinds: list[list[GoldRow]], share: int) -> list[GoldRow]:
    """Return rows of each kind in turn, until the share is full or no row remains."""
    longest = max(map(len, kinds))
    in_turn = [kind[turn] for turn in range(longest) for kind in kinds if turn < len(kind)]
    return sorted(in_turn[:share], key=lambda row: str(row["id"]))


def _hash(row: GoldRow) -> str:
    return hashlib.sha256(row["id"].encode()).hexdigest()


def main(path: Path) -> None:
    """Print the sample of a gold file."""
    for row in select(read(path)):
        fields = {name: row[name] for name in FIELDS if row.get(name) is not None}
        sys.stdout.buffer.write((json.dumps(fields, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
