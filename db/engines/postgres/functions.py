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


def _casei() -> list[str]:
    """Return the function for full case folding: of letters that become one, and of those that become several."""
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
    # Two functions, since few texts have a letter that becomes several, and each of them costs a call.
    letters = "".join(character for character, _ in several)
    return [
        "CREATE OR REPLACE FUNCTION casei_several(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" STRICT AS $body$ SELECT {text} $body$",
        "CREATE OR REPLACE FUNCTION casei(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$"
        ' SELECT (CASE WHEN octet_length(text) = length(text) THEN lower(text COLLATE "C")'
        f" WHEN text ~ '[{letters}]' THEN casei_several(text)"
        f" ELSE translate(text, '{begin}', '{end}') END) COLLATE \"C\" $body$",
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
