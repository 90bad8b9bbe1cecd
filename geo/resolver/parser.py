"""Split a place text into its parts, finest first, and remove words such as "near"."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_name
from geo.data_files import bundled_rows
from geo.gazetteer.place_kinds import is_kind, without_article
from geo.text import fold

MAX_CHARACTERS = 300
MAX_PARTS = 6
MAX_WORDS_SPLIT = 8
MIN_CHARACTERS_OF_PIECE = 4

_SEPARATORS = re.compile(r"[,;،、，؛|\n\t>]+|\s[-–—]\s|[()（）\[\]]+")
_NEAR_PREFIX = re.compile(
    r"^(?:near|nearby|outside|around|close to|next to|(?:(?:north|south|east|west|northeast|northwest|"
    r"southeast|southwest)\s+of)|vicinity of|area of|"
    r"(?-i:(?:south|north|east|west|central|south-?east|north-?east|south-?west|north-?west)(?:ern)?|downtown|inner)(?!\s+(?i:"
    r"africa|america|asia|australia|bank|carolina|dakota|darfur|europe|germany|indies|ireland|kivu|kordofan|korea|"
    r"macedonia|ossetia|pakistan|sahara|sudan|timor|virginia|wales|yemen)\b)|"
    r"downtown|banlieue de|en las afueras de|a les afores de|las afueras de|"
    r"bei|nahe|près de|cerca de|perto de|vicino a|presso|около|близ)\s+",
    re.IGNORECASE,
)
# "PHILADELPHIA, Pa., May 3 (AP) — …": without the dash, "(AP)" may be the province of Ascoli Piceno.
_DATELINE = re.compile(
    r"(?:,?\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2})?,?\s*"
    r"\((?:AAP|AFP|ANI|ANSA|AP|ATS|Belga|CP|DPA|EFE|IANS|Kyodo|Lusa|PA|PTI|Reuters|SDA|TASS|UPI|Xinhua)\)\s*[-–—].*$",
    re.IGNORECASE,
)
_ROOM_WORDS = (
    "hall", "room", "floor", "gate", "suite", "terminal", "booth", "platform", "stage", "halle", "saal", "raum",
    "gleis", "salle", "quai", "sala", "aula", "anden", "zaal",
)  # fmt: skip
_ROOM = re.compile(rf"(?:{'|'.join(_ROOM_WORDS)}) (?:[a-z]|\d{{1,4}}[a-z]?)")
_HYPHENS_AND_SLASHES = re.compile(r"\s*[-–/]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class Part(NamedTuple):
    """One part of a place text: as written, and folded."""

    text: str
    folded: str

    @classmethod
    def of(cls, text: str) -> "Part":
        """Return the part with this text."""
        return cls(text, fold(text))


class ParsedText(NamedTuple):
    """The parts of a place text, finest first, and whether the text means only their surroundings ("near")."""

    parts: tuple[Part, ...]
    near: bool


def parse(text: str) -> ParsedText:
    """Return the parts of a place text; none for a text without a place (numbers, signs, "online")."""
    if len(text) > MAX_CHARACTERS:
        return ParsedText((), False)
    clean = _CONTROL.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if ")" in clean:
        clean = _DATELINE.sub("", clean)
    if " - " in clean:
        clean = _without_dashes_in_countries(clean)
    without_near = _NEAR_PREFIX.sub("", clean)
    pieces = [piece for piece in map(Part.of, _SEPARATORS.split(without_near)) if piece.folded]
    # "Canton, Ohio" is a town: a word for a kind of place is a name only if another part follows.
    parts = [
        part
        for at, piece in enumerate(pieces)
        if (part := _named_part(piece, may_be_kind=at == 0 and len(pieces) > 1))
    ]
    if len(parts) == 1 and is_nowhere(parts[0].folded):
        parts = []
    return ParsedText(tuple(parts[:MAX_PARTS]), without_near != clean)


def _without_dashes_in_countries(text: str) -> str:
    """Return a text with a hyphen in "Congo - Kinshasa", the name in Unicode CLDR: its dash separates no parts."""
    for name in _dashed_countries():
        text = text.replace(name, name.replace(" - ", "-"))
    return text


@cache
def _dashed_countries() -> tuple[str, ...]:
    return tuple(name for name in map(country_name, sorted(iso_codes())) if " - " in name)


def _part(piece: str) -> Part | None:
    return _named_part(Part.of(piece), may_be_kind=False)


def _named_part(part: Part, *, may_be_kind: bool) -> Part | None:
    """Return the part without spaces around it, or None if it has no letters or is only a word for a kind."""
    has_letter = part.folded.isalpha() or any(map(str.isalpha, part.folded))
    if not has_letter or (is_kind(part.folded) and not may_be_kind):
        return None
    return Part(part.text.strip(), part.folded)


@cache
def _nowhere_texts() -> frozenset[str]:
    return frozenset(fold(row["text"]) for row in bundled_rows("nowhere.csv"))


def is_nowhere(folded: str) -> bool:
    """Return whether a folded text says that there is no place: "unknown", "online", or a room such as "hall a"."""
    return folded in _nowhere_texts() or (
        " " in folded[-6:] and folded.startswith(_ROOM_WORDS) and _ROOM.fullmatch(folded) is not None
    )


def part_without_article(part: Part) -> Part:
    """Return the part without a leading article: "the Spanish coast" → "Spanish coast"."""
    name = without_article(part.folded)
    words = part.text.split(None, 1)
    return Part(words[1], name) if name and len(words) > 1 and fold(words[1]) == name else part


def split_at_hyphens(part: Part) -> list[Part]:
    """Return the pieces of a part between slashes and hyphens, for "Chicago/Aurora"; none without a sign."""
    pieces = [_part(piece) for piece in _HYPHENS_AND_SLASHES.split(part.text)]
    if len(pieces) == 1:
        return []
    return [piece for piece in pieces if piece and len(piece.folded) >= MIN_CHARACTERS_OF_PIECE]


def split_at_spaces(part: Part) -> list[tuple[Part, Part]]:
    """Return every split of a part into head and tail, longest head first, for "Paris TX" and "Parijs Francia"."""
    words = part.text.split()
    if len(words) > MAX_WORDS_SPLIT:
        return []
    splits = []
    for at in range(len(words) - 1, 0, -1):
        head, tail = _part(" ".join(words[:at])), _part(" ".join(words[at:]))
        if head and tail:
            splits.append((head, tail))
    return splits
