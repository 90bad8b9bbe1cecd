"""Make a title from other fields, for rows that have none: `{category} in {place}, {date}`."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from geo.countries.names import country_code
from geo.countries.world_regions import is_world_region
from timeline.errors import BadParameter
from timeline.imports.columns.plan import FIELDS

EXAMPLE = "{category} in {place}, {date}"
PLACEHOLDERS = tuple(name for name in FIELDS if name != "title")
_AREAS = ("place", "city", "admin1", "country")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"-?[\d.,]+")


def check_template(text: str) -> str:
    """Return a template; raise BadParameter if it has no placeholder, or one that is no field."""
    names = _PLACEHOLDER.findall(text)
    for name in names:
        if name not in PLACEHOLDERS:
            near = get_close_matches(name[:80], PLACEHOLDERS, n=1)
            hint = f"did you mean {{{near[0]}}}?" if near else f"expected one of {', '.join(PLACEHOLDERS)}"
            raise BadParameter("title", f"there is no field {name[:80]!r}; {hint}", f"title={EXAMPLE}")
    if not names or re.search("[{}]", _PLACEHOLDER.sub("", text)):
        message = (
            f"{text[:80]!r} is not a template; expected names of fields in brackets, such as {EXAMPLE!r}"
        )
        raise BadParameter("title", message, f"title={EXAMPLE}")
    return text


def filled(template: str, texts: Mapping[str, str], edtf: str = "") -> str:
    """Return the title for the texts of the fields; a field without a text is left out with the words before it.

    `edtf` is the date, which is used where the text of the date is only a number, as in a workbook.
    """
    values = {**texts, "place": _place(texts), "date": _date(texts, edtf)}
    title, has_value = "", True  # the last field; words at the end belong to it
    for number, (words, name) in enumerate(_pieces(template)):
        value = values.get(name, "").strip() if name else ""
        if name == "category":
            value = value.replace("_", " ")
        has_value = bool(value) if name else has_value and bool(title)
        if has_value:
            title += (words if title or number == 0 else "") + value
    title = title.strip()
    return title[:1].upper() + title[1:]


@lru_cache(maxsize=100)
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    """Return the names of a template with the words before each, and last the words at the end, without a name."""
    parts = _PLACEHOLDER.split(template)
    pairs = list(zip(parts[::2], [*parts[1::2], ""], strict=True))
    return tuple(pair for pair in pairs if any(pair))


def _place(texts: Mapping[str, str]) -> str:
    """Return the finest place that the row names; a region of several countries only if it names nothing finer."""
    names = {name: texts[name].strip() for name in _AREAS if texts.get(name, "").strip()}
    if len(names) > 1:
        names = {name: text for name, text in names.items() if not is_world_region(text)} or names
    place = names.get("place", "")
    town = ", ".join(names[name] for name in ("city", "admin1") if name in names)
    if place and town and country_code(place):
        place = ""  # the town is finer
    return place or town or names.get("country", "")


def _date(texts: Mapping[str, str], edtf: str) -> str:
    sides = [texts[name] for name in ("start", "end") if texts.get(name)]
    written = texts.get("date") or "–".join(dict.fromkeys(sides))
    return edtf if edtf and _NUMBER.fullmatch(written) else written
