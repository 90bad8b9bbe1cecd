"""Functions that filters need and SQLite lacks, registered on every connection."""

from collections.abc import Callable
from typing import Any

from db.query.folding import accenti, casei, folded
from db.query.shapes import has_relation
from geo.sphere import distance_km

# name in SQL, number of arguments, function; all are deterministic.
FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("distance_km", 4, distance_km),
    ("casei", 1, casei),
    ("accenti", 1, accenti),
    ("folded", 2, folded),
    ("pin_relates", 4, has_relation),
)
