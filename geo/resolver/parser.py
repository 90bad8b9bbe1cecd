"""A place string taken apart: its parts, finest first, and what was said around them."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.gazetteer.place_kinds import is_kind, without_article
from geo.text import fold

LONGEST = 300
MOST_PARTS = 6

_PARTING = re.compile(r"[,;،、，؛|\n\t>]+|\s[-–—]\s|[()（）\[\]]+")
_NEAR = re.compile(
    r"^(?:near|nearby|outside|around|close to|next to|(?:(?:north|south|east|west|northeast|northwest|"
    r"southeast|southwest)\s+of)|vicinity of|area of|"
    r"(?-i:(?:south|north|east|west|central|south-?east|north-?east|south-?west|north-?west)(?:ern)?|downtown|inner)(?!\s+(?i:"
    r"africa|america|asia|australia|bank|carolina|dakota|darfur|europe|germany|indies|ireland|kivu|kordofan|korea|"
    r"macedonia|ossetia|pakistan|sahara|sudan|timor|virginia|wales|yemen)\b)|"
    r"downtown|banlieue de|en las afueras de|a les afores de|las afueras de|"
    r"bei|nahe|près de|cerca de|perto de|vicino a|presso|около|близ)\s+",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s*[-–/]\s*")
_SHORTEST = 4
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class Part(NamedTuple):
    """One part of a place string: as written, and folded."""

    text: str
    folded: str


class Reading(NamedTuple):
    """The parts of a place string, finest first, and whether only the neighbourhood of it was named."""

    parts: tuple[Part, ...]
    near: bool


def parse(text: str) -> Reading:
    """Take a place string apart; what names no place (numbers, signs, "online") leaves no parts."""
    if len(text) > LONGEST:
        return Reading((), False)
    clean = _CONTROL.sub(" ", unicodedata.normalize("NFC", text)).strip()
    unprefixed = _NEAR.sub("", clean)
    pieces = [piece for piece in _PARTING.split(unprefixed) if fold(piece)]
    parts = [
        made for at, piece in enumerate(pieces) if (made := _part(piece, alone=at > 0 or len(pieces) == 1))
    ]
    if len(parts) == 1 and is_nowhere(parts[0].folded):
        parts = []
    return Reading(tuple(parts[:MOST_PARTS]), unprefixed != clean)


def _part(piece: str, *, alone: bool = True) -> Part | None:
    # "Canton, Ohio" is a town: only where nothing follows is a word for a kind of place no name.
    folded = fold(piece)
    if not any(letter.isalpha() for letter in folded) or (alone and is_kind(folded)):
        return None
    return Part(piece.strip(), folded)


@cache
def _nowhere() -> frozenset[str]:
    return frozenset(fold(row["text"]) for row in bundled_rows("nowhere.csv"))


def is_nowhere(folded: str) -> bool:
    """Tell whether a folded text says that there is no place, such as "unknown" or "online"."""
    return folded in _nowhere()


def unarticled(part: Part) -> Part:
    """Take a leading article off: "the Spanish coast"."""
    rest = without_article(part.folded)
    words = part.text.split(None, 1)
    return Part(words[1], rest) if rest and len(words) > 1 and fold(words[1]) == rest else part


def pieces(part: Part) -> list[Part]:
    """Split one part at its slashes and hyphens, for "Chicago/Aurora" and "Pecs-Pogany"."""
    made = [_part(piece) for piece in _PIECES.split(part.text)]
    return [piece for piece in made if piece and len(piece.folded) >= _SHORTEST] if len(made) > 1 else []


def tails(part: Part) -> list[tuple[Part, Part]]:
    """Split one part at its spaces, longest head first, for "Paris TX" and "Parijs Francia"."""
    words = part.text.split()
    if len(words) > 8:
        return []
    splits = []
    for at in range(len(words) - 1, 0, -1):
        head, tail = _part(" ".join(words[:at])), _part(" ".join(words[at:]))
        if head and tail:
            splits.append((head, tail))
    return splits
