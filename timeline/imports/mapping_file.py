"""The YAML file of --mapping: how the columns of a file map to fields, saved to be used again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from geo.countries.names import country_code
from timeline.errors import BadFile, BadParameter
from timeline.imports.columns.plan import FIELDS
from timeline.imports.title_template import check_template
from timeline.readers.parts.strict_yaml import load_strictly
from timeline.written_dates import FirstDays, Order, Years

MAX_FILE_BYTES = 1_000_000
_SWITCHES = ("undated", "unplaced", "fix_encoding")
_KEYS = (
    "map",
    "set",
    "key",
    "dates",
    "country",
    "years",
    "sheet",
    "override",
    "first_days",
    "title",
    "each",
    *_SWITCHES,
)  # in the order of ColumnMapping
_EXAMPLE = "expected such as 'map: {incident_date: date}', 'set: {category: raid}', 'key: [date, place]', 'dates: dmy'"


class ColumnMapping(NamedTuple):
    """Columns to fields, values for all rows, and other options of a file; `country` is an ISO code."""

    columns: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    key: tuple[str, ...] = ()
    dates: Order | None = None
    country: str | None = None
    years: Years | None = None
    sheet: str | None = None
    overrides: Mapping[str, str] = {}
    first_days: FirstDays | None = None
    title: str | None = None
    each: str | None = None
    undated: bool = False
    unplaced: bool = False
    fix_encoding: bool = False

    def over(self, other: "ColumnMapping") -> "ColumnMapping":
        """Return this mapping, completed by another where this one says nothing."""
        fields = set(self.columns.values())
        more = {column: field for column, field in other.columns.items() if field not in fields}
        theirs = other._asdict()
        merged: dict[str, Any] = {
            name: {**theirs[name], **part} if isinstance(part, Mapping) else part or theirs[name]
            for name, part in self._asdict().items()
        }
        return ColumnMapping(**{**merged, "columns": {**more, **self.columns}})

    def options(self) -> dict[str, Any]:
        """Return the mapping as options of an import, by name."""
        return self._asdict()


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping file; raise BadFile with what is wrong in it."""
    content = _yaml(path)
    columns, values, key = content.get("map") or {}, content.get("set") or {}, content.get("key") or []
    overrides = content.get("override") or {}
    for name, part in (("map", columns), ("set", values), ("override", overrides)):
        if not isinstance(part, dict) or not all(isinstance(x, str | int | float) for x in part.values()):
            raise BadFile(f"{path}: {name} is not a mapping of names to texts; {_EXAMPLE}")
    for field in (*columns.values(), *values, *overrides):
        if field not in FIELDS:
            raise BadFile(f"{path}: there is no field {field!r}; expected one of {', '.join(FIELDS)}")
    if not isinstance(key, list):
        raise BadFile(f"{path}: key is not a list of columns; {_EXAMPLE}")
    dates, country = content.get("dates"), content.get("country")
    if dates not in (None, "dmy", "mdy", "ymd"):
        raise BadFile(f"{path}: dates is {dates!r}; expected dmy, mdy or ymd")
    years = content.get("years")
    if years not in (None, "iso"):
        raise BadFile(f"{path}: years is {years!r}; expected iso")
    code = country_code(str(country)) if country else None
    if country and not code:
        raise BadFile(
            f"{path}: {country!r} is not the name or code of a country; expected one such as BE or Belgium"
        )
    return ColumnMapping(
        columns=_as_texts(columns),
        values=_as_texts(values),
        key=tuple(map(str, key)),
        dates=dates,
        country=code,
        years=years,
        sheet=_sheet(path, content.get("sheet")),
        overrides=_as_texts(overrides),
        first_days=_first_days(path, content.get("first_days")),
        title=_title(path, content.get("title")),
        each=_each(path, content.get("each")),
        **{name: _switch(path, name, content.get(name)) for name in _SWITCHES},
    )


def _title(path: Path, template: Any) -> str | None:
    try:
        return check_template(str(template)) if template else None
    except BadParameter as error:
        raise BadFile(f"{path}: title: {error.message}") from None


def _each(path: Path, each: Any) -> str | None:
    if each is not None and (not isinstance(each, str) or not each.strip()):
        raise BadFile(f"{path}: each is {each!r}; expected the name of a list, such as 'each: occurrences'")
    return each


def _as_texts(part: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in part.items()}


def _first_days(path: Path, unit: Any) -> FirstDays | None:
    if unit not in (None, "year", "month"):
        raise BadFile(f"{path}: first_days is {unit!r}; expected year or month")
    return unit  # type: ignore[no-any-return]  # one of the two


def _switch(path: Path, name: str, value: Any) -> bool:
    text = "false" if value is None else str(value).lower()
    if text not in ("true", "false"):
        raise BadFile(f"{path}: {name} is {value!r}; expected true or false")
    return text == "true"


def _sheet(path: Path, sheet: Any) -> str | None:
    if sheet is None:
        return None
    if isinstance(sheet, bool) or not isinstance(sheet, str | int | float) or not str(sheet).strip():
        raise BadFile(f"{path}: sheet is {sheet!r}; expected the name of a sheet, or its number")
    return str(sheet)


def _yaml(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file with the keys of a mapping."""
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(f"{path} is larger than {MAX_FILE_BYTES:,} bytes; {_EXAMPLE}")
    try:
        _, content = load_strictly(data)
    except BadFile as error:
        raise BadFile(f"{path} {error}") from None
    if not isinstance(content, dict):
        raise BadFile(f"{path} has no keys; {_EXAMPLE}")
    unknown = sorted(map(str, content.keys() - set(_KEYS)))
    if unknown:
        raise BadFile(f"{path}: there is no key {unknown[0]!r}; {_EXAMPLE}")
    return content


def write_mapping(path: Path, mapping: ColumnMapping) -> None:
    """Write a mapping file, without empty parts."""
    parts = {
        name: dict(part) if isinstance(part, Mapping) else list(part) if isinstance(part, tuple) else part
        for name, part in zip(_KEYS, mapping, strict=True)
    }
    content = {name: part for name, part in parts.items() if part}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
