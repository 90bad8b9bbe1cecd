"""Functions that shared SQL calls and PostgreSQL lacks: the moment of a transaction, distances, and folded texts.

They give what their twins in Python give (geo.sphere, db.query.folding); a property test compares them.
"""

import sys
import unicodedata

from geo.sphere import EARTH_KM


def function_statements() -> list[str]:
    """Return the statements that create the functions, or replace them."""
    return [_MOMENT, _DISTANCE, *_casei(), _accenti()]


# A statement outside a transaction of the program has its own moment.
_MOMENT = """
CREATE OR REPLACE FUNCTION moment() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $body$
SELECT coalesce(nullif(current_setting('dateline.moment', true), '')::bigint,
    floor(extract(epoch FROM statement_timestamp()))::bigint)
$body$
"""
_DISTANCE = f"""
CREATE OR REPLACE FUNCTION distance_km(lon float8, lat float8, other_lon float8, other_lat float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
SELECT 2 * {EARTH_KM}::float8 * asin(least(1, sqrt(
    power(sin((radians(other_lat) - radians(lat)) / 2), 2)
    + cos(radians(lat)) * cos(radians(other_lat)) * power(sin(radians(other_lon - lon) / 2), 2))))
$body$
"""


# Letters of alphabets that are complete, with their accents, and scripts without case. PostgreSQL's `lower`
# gives the same for them as case folding, but for the letters of _FOLDED_OTHERWISE.
_COMMON_RANGES = (
    (0x0001, 0x012F), (0x0131, 0x0148), (0x014A, 0x01EF), (0x01F1, 0x0240), (0x0300, 0x0344), (0x0346, 0x036F),
    (0x0386, 0x0386), (0x0388, 0x038A), (0x038C, 0x038C), (0x038E, 0x038F), (0x0391, 0x03A9), (0x03AC, 0x03AF),
    (0x03B1, 0x03CE), (0x0400, 0x0481), (0x048A, 0x04FF), (0x0591, 0x06FF),
    (0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0x1E00, 0x1E95), (0x1EA0, 0x1EFF), (0x2010, 0x205E), (0x3001, 0x9FFF),
    (0xAC00, 0xD7A3),
)  # fmt: skip
_FOLDED_OTHERWISE = ("ςſµ", "σsμ")
# Of ICU, which knows the case of all letters; the database's own locale may know none.
_LOWER_COLLATION = "und-x-icu"


def _casei() -> list[str]:
    """Return the functions for full case folding.

    `translate` compares each character of a text with all letters that change, which takes a third of a millisecond for
    a title. So it is left to texts with rare letters, in a function of its own.
    """
    single: list[tuple[str, str]] = []
    several: list[tuple[str, str]] = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        folded = character.casefold()
        if folded != character:
            (single if len(folded) == 1 else several).append((character, folded))
    begin, end = ("".join(side) for side in zip(*single, strict=True))
    text = f"translate(text, '{begin}', '{end}')"
    for character, folded in several:
        text = f"replace({text}, '{character}', '{folded}')"
    common = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _COMMON_RANGES)
    before, after = _FOLDED_OTHERWISE
    lowered = f"lower(replace(text, 'ß', 'ss') COLLATE \"{_LOWER_COLLATION}\")"
    return [
        "CREATE OR REPLACE FUNCTION casei_rare(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" STRICT AS $body$ SELECT {text} $body$",
        "CREATE OR REPLACE FUNCTION casei(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$"
        ' SELECT (CASE WHEN octet_length(text) = length(text) THEN lower(text COLLATE "C")'
        f" WHEN text !~ '[^{common}]' THEN translate({lowered}, '{before}', '{after}') COLLATE \"C\""
        ' ELSE casei_rare(text) END) COLLATE "C" $body$',
    ]


def _accenti() -> str:
    """Return the function for texts without accents: characters with a combining class are left out."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.combining(chr(code)):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    marks = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return (
        "CREATE OR REPLACE FUNCTION accenti(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$"
        " SELECT (CASE WHEN octet_length(text) = length(text) THEN text ELSE"
        f" normalize(regexp_replace(normalize(text, NFD), '[{marks}]+', '', 'g'), NFC) END) COLLATE \"C\" $body$"
    )
