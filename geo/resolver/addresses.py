"""Divide an address into its town and what the gazetteer does not have: streets, house numbers and postcodes.

"Hauptstraße 5, 10827 Berlin" is somewhere in Berlin. A part that is a name in the gazetteer is never removed: "6th of
October City" has a number, and the town of Street in Somerset the name of a street.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from geo.resolver.postcodes import (
    Postcode,
    PostcodeSplit,
    leading_postcode,
    middle_postcode,
    trailing_outward_code,
    trailing_postcode,
    whole_postcode,
)
from geo.resolver.street_words import ends_street, is_quarter, is_street, is_unit
from geo.text import fold

MAX_CHARACTERS = 300
_MAX_WORDS_OF_TOWN = 4
_WORDS_OF_QUARTER = 2
_SEPARATORS = re.compile(r"[,;،、，؛|\n\t]+|\s[-–—]\s")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_HOUSE_NUMBER = r"\d{1,5}\s?[a-zA-Z]?(?:\s?[-/]\s?\d+[a-zA-Z]?)?"
_ORDINAL = r"(?:st|nd|rd|th|er|e|ème|eme|º|ª|°|\.)?"
_NUMBER_FIRST = re.compile(rf"{_HOUSE_NUMBER}\s+[^\W\d].*")
_NUMBER_LAST = re.compile(
    rf"(?P<name>[^\W\d][^\d]*?)[\s.]+(?P<number>(?:n[ro°º]?\.?\s)?{_HOUSE_NUMBER}{_ORDINAL})"
)
# Japanese, Chinese and Korean addresses go from the area to the house: the last area ends with a word for its kind.
_FROM_AREA_TO_HOUSE = re.compile(
    r"(?P<town>.*[\u3040-\u9fff\uac00-\ud7af][市区區県縣县町村郡구시군])(?P<street>[^市区區県縣县]*\d[\d\s\-－‐–の]*\D{0,3})"
)

IsName = Callable[[str], bool]
"""A folded text → whether it is a name in the gazetteer, and not only a code."""


class DividedAddress(NamedTuple):
    """The part of an address that names a town or area, the street or quarter that is not known, and postcodes.

    `is_numbered` says that the town is only the beginning of a part with a number, as in "Paris 16".
    """

    town: str
    street: str
    postcodes: tuple[Postcode, ...]
    is_numbered: bool = False


class _Piece(NamedTuple):
    """What a part of an address is; `name` may be its town after all, if no other part names one."""

    street: str = ""
    town: str = ""
    postcodes: tuple[Postcode, ...] = ()
    name: str = ""


def read_address(text: str, is_name: IsName) -> list[DividedAddress]:
    """Return how a text may be read as an address, the likeliest first; none if it is not an address."""
    if len(text) > MAX_CHARACTERS or not _may_be_address(text):
        return []
    written = [piece.strip() for piece in _SEPARATORS.split(text) if piece.strip()]
    pieces = [_piece(piece, is_name) for piece in written]
    readings = [_joined(pieces)] if any(piece.town for piece in pieces) or not _names(pieces) else []
    if _names(pieces):
        readings.append(_joined([_numbered(piece) for piece in pieces])._replace(is_numbered=True))
    return [address for address in readings if address.street or address.postcodes]


def _may_be_address(text: str) -> bool:
    """Return whether a text has a digit, or a street before its first comma."""
    if _DIGIT.search(text):
        return True
    first, comma, _ = text.partition(",")
    return bool(comma) and is_street(first)


def _names(pieces: list[_Piece]) -> bool:
    return any(piece.name for piece in pieces)


def _numbered(piece: _Piece) -> _Piece:
    if not piece.name:
        return piece
    return piece._replace(town=piece.name, street=piece.street.removeprefix(piece.name).strip())


def _joined(pieces: list[_Piece]) -> DividedAddress:
    return DividedAddress(
        ", ".join(piece.town for piece in pieces if piece.town),
        ", ".join(piece.street for piece in pieces if piece.street),
        tuple(code for piece in pieces for code in piece.postcodes),
    )


def _piece(text: str, is_name: IsName) -> _Piece:
    """Return what a part of a text between commas is."""
    has_digit = bool(_DIGIT.search(text))
    if not has_digit and not is_street(text):
        return _Piece(town=text)
    if not _LETTER.search(text) or whole_postcode(text):
        code = whole_postcode(text)
        return _Piece(postcodes=(code,)) if code else _Piece(street=text)
    if is_name(fold(text)):
        return _Piece(town=text)
    if is_unit(text) or is_quarter(text):
        return _Piece(street=text)
    return _without_postcode(text, is_name) or _without_street(text, is_name)


def _without_postcode(text: str, is_name: IsName) -> _Piece | None:
    """Return a part with its postcode removed, or None if it has none."""
    for split in filter(None, (leading_postcode(text), trailing_postcode(text), middle_postcode(text))):
        if _is_postcode(split, is_name):
            before, after = (_piece(side, is_name) if side else _Piece() for side in split[1:])
            if split.before and split.after:  # the street, the postcode and the town
                before = _Piece(street=split.before)
            return _Piece(
                ", ".join(filter(None, (before.street, after.street))),
                ", ".join(filter(None, (before.town, after.town))),
                (split.postcode, *before.postcodes, *after.postcodes),
                before.name or after.name,
            )
    outward = trailing_outward_code(text)
    if outward and is_name(fold(outward.before)):
        return _Piece(town=outward.before, postcodes=(outward.postcode,))
    return None


def _is_postcode(split: PostcodeSplit, is_name: IsName) -> bool:
    """Return whether digits beside a name are a postcode: "10115 Berlin" has one, "1600 Main Street" a house number."""
    words = split.before or split.after
    if not split.postcode.code.isdigit():
        return bool(_LETTER.search(words))
    if split.before and split.after:
        return bool(_DIGIT.search(split.before)) or is_street(split.before)
    if is_name(fold(words)):
        return True
    return not is_street(words) and (bool(split.before) or _is_town_and_area(words, is_name))


def _is_town_and_area(text: str, is_name: IsName) -> bool:
    """Return whether a text is a town with its area or its number behind it: "Milano MI", "Paris 1er"."""
    words = text.split()
    return any(is_name(fold(" ".join(words[:count]))) for count in range(len(words) - 1, 0, -1))


def _without_street(text: str, is_name: IsName) -> _Piece:
    """Return a part with a number or a street word, but without a postcode."""
    if match := _FROM_AREA_TO_HOUSE.fullmatch(text):
        return _Piece(match["street"].strip(), match["town"])
    if town_and_street := _town_after_street(text, is_name) or _town_before_quarter(text, is_name):
        return town_and_street
    if is_street(text):
        return _Piece(street=text)
    if match := _NUMBER_LAST.fullmatch(text):
        return _Piece(street=text, name=match["name"] if is_name(fold(match["name"])) else "")
    return _Piece(street=text) if _NUMBER_FIRST.fullmatch(text) else _Piece(town=text)


def _town_after_street(text: str, is_name: IsName) -> _Piece | None:
    """Return the street and the town of "10 Downing Street London" or "Calle Mayor 1 Madrid"; None for other texts."""
    if not is_street(text):
        return None
    words = text.split()
    for count in range(min(_MAX_WORDS_OF_TOWN, len(words) - 1), 0, -1):
        street, town = words[:-count], words[-count:]
        is_end = ends_street(street[-1]) or street[-1][:1].isdigit()
        is_town = _LETTER.search(" ".join(town)) and is_name(fold(" ".join(town)))
        if is_end and is_town and is_street(" ".join(street)):
            return _Piece(" ".join(street), " ".join(town))
    return None


def _town_before_quarter(text: str, is_name: IsName) -> _Piece | None:
    """Return the town and the numbered quarter of "Ho Chi Minh City District 1"; None for other texts."""
    words = text.split()
    town, quarter = (
        " ".join(words[part]) for part in (slice(-_WORDS_OF_QUARTER), slice(-_WORDS_OF_QUARTER, None))
    )
    return _Piece(quarter, town) if is_quarter(quarter) and town and is_name(fold(town)) else None
