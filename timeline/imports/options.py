"""The options of an import, and how the command line and the API read them from text."""

import codecs
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import Any, get_args

from db.events.draft import COMMAND_LINE, Author, Status
from geo.box import Box
from geo.choice import SURE_CONFIDENCE
from geo.countries.names import country_code
from geo.errors import BadBox
from timeline.errors import BadParameter
from timeline.imports.columns.plan import FIELDS
from timeline.imports.title_template import check_template
from timeline.written_dates import FirstDays, Order, Years

_CANDIDATES, _CANDIDATES_IN_BOX = 10, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an import reads rows, and what it does with the events.

    `columns` maps a column, or several separated by commas, to a field; `values` gives a value to the rows that have
    none, and `overrides` to every row; `key` names the columns that make the id of a row without one. `dates` is the
    order of day, month and year in digits where a column does not prove its own; `years` is "iso" if -44 in a column
    of years is 45 BC, not 44 BC; `first_days` is the unit that a first day stands for; `encoding` is that of a CSV
    file; `sheet` names the sheet of a workbook; every item of the list `each` in an object of JSON
    becomes an event. `undated` and `unplaced` import events without a date or place where
    the file has none that can be read; `allow_rejects` imports a file although many rows are rejected.
    `all_or_nothing` stores no row if one is rejected. `keep_identical` makes an event of each of several equal rows.
    `title` is a template for the titles of rows that have none, such as `{category} in {place}`. Places that name no
    country are looked up in `country` (ISO code), and places outside `box` or with a confidence below `review_below`
    are marked for review. `job` is the id of a background import. `author` is the name in the history of the events;
    existing events with one of the statuses `protected` are not changed. `overwrite` replaces what editors changed
    since the last import by the values of the file.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    dry_run: bool = False
    publish: bool = False
    create_categories: bool = False
    all_or_nothing: bool = False
    undated: bool = False
    unplaced: bool = False
    allow_rejects: bool = False
    report: bool = False
    fix_encoding: bool = False
    keep_identical: bool = False
    title: str | None = None
    overwrite: bool = False
    country: str | None = None
    box: Box | None = None
    review_below: float = SURE_CONFIDENCE
    dates: Order | None = None
    years: Years | None = None
    first_days: FirstDays | None = None
    encoding: str | None = None
    sheet: str | None = None
    each: str | None = None
    job: str | None = None
    author: Author = COMMAND_LINE
    protected: tuple[Status, ...] = ()

    @property
    def candidates(self) -> int:
        """Return how many candidates of a place the import needs: the one inside the box may come late in the list."""
        return _CANDIDATES_IN_BOX if self.box else _CANDIDATES


def read_options(values: Mapping[str, Any]) -> Options:
    """Return the options of an HTTP request, by the names of its parameters; see `read_option`."""
    return Options(
        **{_ATTRIBUTES.get(name, name): read_option(name, value) for name, value in values.items()}
    )


def read_option(name: str, value: Any) -> Any:
    """Return the value of one option; raise BadParameter with its name.

    `value` is a list of texts for `map`, `set` and `override`, one text for others, a bool for switches.
    """
    read = _READERS.get(name)
    return read(value) if read else bool(value)


def _columns(texts: Iterable[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for text in texts:
        # The name of a column may contain "=", that of a field never does.
        column, sign, field_name = text.rpartition("=")
        if not sign or not column:
            raise BadParameter("map", f"{text!r}: expected COLUMN=FIELD", "map=city,state=place")
        _check_field("map", field_name)
        if column in columns or field_name in columns.values():
            raise BadParameter("map", f"{text!r}: the column or field is mapped twice; expected each once")
        columns[column] = field_name
    return columns


def _values(texts: Iterable[str], name: str = "set") -> dict[str, str]:
    values: dict[str, str] = {}
    for text in texts:
        field_name, sign, value = text.partition("=")
        if not sign or not field_name:
            raise BadParameter(name, f"{text!r}: expected FIELD=VALUE", f"{name}=category=raid")
        _check_field(name, field_name)
        if field_name in values:
            raise BadParameter(name, f"{text!r}: the field is set twice; expected it once")
        values[field_name] = value
    return values


def _check_field(name: str, field_name: str) -> None:
    if field_name not in FIELDS:
        near = get_close_matches(field_name[:80], FIELDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(FIELDS)}"
        raise BadParameter(name, f"there is no field {field_name!r}; {hint}")


def _key(text: str) -> tuple[str, ...]:
    columns = tuple(part.strip() for part in text.split(",") if part.strip())
    if not columns:
        raise BadParameter("key", "is empty; expected names of columns, such as date,title", "key=date,title")
    return columns


def _dates(text: str) -> str:
    if text not in get_args(Order):
        raise BadParameter(
            "dates", f"{text!r} is not an order of dates; expected dmy, mdy or ymd", "dates=dmy"
        )
    return text


def _years(text: str) -> str:
    if text not in get_args(Years):
        raise BadParameter("years", f"{text!r} is not a way to count years; expected iso", "years=iso")
    return text


def _first_days(text: str) -> str:
    if text not in get_args(FirstDays):
        raise BadParameter("first_days", f"{text!r} is not a unit; expected year or month", "first_days=year")
    return text


def _country(text: str) -> str | None:
    code = country_code(text) if text else None
    if text and code is None:
        message = f"{text!r} is not the name or code of a country; expected one such as BE or Belgium"
        raise BadParameter("country", message, "country=BE")
    return code


def _box(text: str) -> Box:
    try:
        return Box.parse(text)
    except BadBox as error:
        example = "2.5,49.5,6.4,51.5"
        message = f"{error}; expected west,south,east,north such as {example}"
        raise BadParameter("bbox", message, f"bbox={example}") from None


def _encoding(name: str) -> str:
    try:
        works = _ENCODED.encode(name).decode(name) == _ENCODED
        works = works and codecs.lookup(name).name.replace("-", "_") not in _NOT_FOR_FILES
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):
        works = False  # unknown, or no encoding of texts, such as rot13, base64 and undefined
    if not works:
        message = f"{name[:80]!r} is not an encoding; expected one such as mac-roman or windows-1250"
        raise BadParameter("encoding", message, "encoding=mac-roman")
    return name


def _sheet(text: str) -> str:
    if not text.strip():
        raise BadParameter("sheet", "is empty; expected the name of a sheet, or its number", "sheet=2021")
    return text


def _each(text: str) -> str:
    if not text.strip():
        raise BadParameter("each", "is empty; expected the name of a list in the objects", "each=occurrences")
    return text.strip()


_ENCODED = 'title,"a b"\n\tx;y|-1.5\r\n'  # what every table contains
# Codecs of Python that turn texts into bytes, for host names and source code.
_NOT_FOR_FILES = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "charmap"})
_ATTRIBUTES = {
    "map": "columns",
    "set": "values",
    "override": "overrides",
    "bbox": "box",
    "strict": "all_or_nothing",
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "map": _columns,
    "set": _values,
    "override": partial(_values, name="override"),
    "key": _key,
    "dates": _dates,
    "years": _years,
    "first_days": _first_days,
    "country": _country,
    "bbox": _box,
    "encoding": _encoding,
    "title": check_template,
    "sheet": _sheet,
    "each": _each,
}
VALUE_OPTIONS = frozenset(_READERS)  # the parameters of HTTP that have a value; others are switches
