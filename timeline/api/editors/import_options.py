"""Options of an import over HTTP: the parameters, and their translation into the options of an import."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from timeline.api.params.tables import QueryParameter
from timeline.errors import BadParameter
from timeline.exchange.checks import storage_problem
from timeline.readers import SUFFIXES, with_suffix

MAX_VALUE_CHARACTERS = 10_000
MAX_OPTIONS_CHARACTERS = 100_000  # all options together
MAX_NAME_BYTES = 120  # in UTF-8; the name of the file of rejected rows is longer, and may have 255
_UNSAFE = re.compile(r"[^\w.() -]+")
_LISTS = ("map", "set", "override")
_VALUES = ("key", "dates", "years", "first_days", "country", "bbox", "encoding", "sheet", "each", "title")
_SWITCHES = (
    "publish",
    "create_categories",
    "strict",
    "overwrite",
    "keep_identical",
    "dry_run",
    "undated",
    "unplaced",
    "allow_rejects",
    "fix_encoding",
)


def _text(name: str, meaning: str, example: str) -> QueryParameter:
    return QueryParameter(name, meaning, {"type": "string"}, example)


def _switch(name: str, meaning: str) -> QueryParameter:
    return QueryParameter(name, meaning, {"type": "string", "enum": ["0", "1"], "default": "0"}, "1")


OPTIONS = (
    _text(
        "name",
        "name of the file, whose suffix selects its format; a form sends the name of its file. Without a name, the "
        "Content-Type of the file selects it",
        "events.csv",
    ),
    _text("map", "COLUMN[,COLUMN]=FIELD; may be repeated", "city,state=place"),
    _text("set", "FIELD=VALUE, for rows that have none; may be repeated", "category=death"),
    _text("override", "FIELD=VALUE, for every row; may be repeated", "category=death"),
    _text("key", "columns that make the id", "date,title"),
    _text("dates", "order of dates such as 03/04/2021: dmy, mdy or ymd", "dmy"),
    _text(
        "years",
        "iso: -44 in a column of years is 45 BC, as in ISO 8601; otherwise it is 44 BC",
        "iso",
    ),
    _text(
        "first_days",
        "year: 1 January means the year alone; month: the first of a month means the month",
        "year",
    ),
    _text("country", "country of the places that name none", "BE"),
    _text("bbox", "prefer places in this box", "2.5,49.5,6.4,51.5"),
    _text("encoding", "encoding of a CSV file", "mac-roman"),
    _text(
        "sheet",
        "sheet of a workbook, layer of a GeoPackage, or file of an archive; or a number",
        "2021",
    ),
    _text("each", "list in the objects of a JSON file whose items become events", "occurrences"),
    _text(
        "title",
        "template of other fields for the titles of rows that have none",
        "{category} in {place}, {date}",
    ),
    _switch("publish", "publish the events (reviewer); without it they are drafts"),
    _switch("create_categories", "add unknown categories (reviewer)"),
    _switch("undated", "import events without a date if the file has none, or none that can be read"),
    _switch(
        "unplaced", "import events without a place if the file has none, or no coordinates that can be read"
    ),
    _switch("allow_rejects", "import the other rows of a file of which more than 10 % are rejected"),
    _switch("fix_encoding", "repair texts that were encoded twice, such as CafÃ© for Café"),
    _switch("strict", "all rows or none"),
    _switch("keep_identical", "make an event of each of several equal rows without ids"),
    _switch("overwrite", "replace what editors changed since the last import; without it their values stay"),
    _switch("dry_run", "write nothing, and report what an import would write"),
)


class ImportRequest(NamedTuple):
    """The name of an uploaded file, and the options of its import as `read_options` reads them."""

    name: str
    options: dict[str, Any]


def read_import_request(pairs: list[tuple[str, str]], content_type: str) -> ImportRequest:
    """Return the name of the file and the options of its import; raise BadParameter for an unknown option.

    `content_type` is that of the file: it selects the format if the name has no known suffix.
    """
    name, options = "", dict[str, Any]()
    if sum(len(option) + len(value) for option, value in pairs) > MAX_OPTIONS_CHARACTERS:
        raise BadParameter(
            "map", f"the options have more than {MAX_OPTIONS_CHARACTERS:,} characters together"
        )
    for option, value in pairs:
        too_long = "is too long" if len(value) > MAX_VALUE_CHARACTERS else None
        if fault := storage_problem(value) or too_long:
            raise BadParameter(option[:80], fault, "map=city,state=place")
        if option == "name":
            name = Path(value.replace("\\", "/")).name
        elif option in _LISTS:
            options.setdefault(option, []).append(value)
        elif option in _VALUES:
            options[option] = value
        elif option in _SWITCHES and value in ("1", "true", "0", "false"):
            options[option] = options.get(option, False) or value in ("1", "true")
        else:
            names = ", ".join(("name", *_LISTS, *_VALUES, *_SWITCHES))
            raise BadParameter(
                option[:80], f"{value[:80]!r} cannot be used; expected one of {names}", "publish=1"
            )
    return ImportRequest(_safe_name(with_suffix(name, content_type)), options)


def _safe_name(name: str) -> str:
    """Return a file name without characters that a path could misuse; raise BadParameter for an unknown suffix."""
    safe = _UNSAFE.sub("_", name).encode()[-MAX_NAME_BYTES:].decode("utf-8", "ignore").lstrip(". ")
    if Path(safe).suffix.lower() not in SUFFIXES:
        raise BadParameter(
            "name",
            f"{name[:80]!r} has none of the suffixes {', '.join(SUFFIXES)}",
            "/imports?name=events.csv",
        )
    return safe
